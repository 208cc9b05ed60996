package holdfast.cli;

import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.ServiceKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "drain",
        description = {
            "Give a real server no new clients, as weight 0 does, and say what is left on it.",
            "Ask again to see how far it is: exit code 3 while something is left, 0 when it is empty.",
            "It is in force on every director, and lasts until --off. 'holdfast drain list' begins none."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = DrainListCommand.class)
final class DrainCommand implements Callable<Integer> {
    private static final String ON_SILENCE = ", so it may have been obeyed all the same: look with 'holdfast list'";

    @Parameters(index = "0", arity = "0..1", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80")
    private @Nullable ServiceKey service;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REAL",
            description = "real server, such as 10.0.0.11 or 10.0.0.11:8080")
    private @Nullable Host real;

    @Option(
            names = "--all-services",
            paramLabel = "REAL",
            description = "this real server in every service that has it")
    private @Nullable Host everywhere;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = {
                "keep-all: connections stay, sticky clients come back;",
                "keep-connections: connections stay, sticky clients move;",
                "until-deadline: likewise, and what is left then is ended;",
                "now: all is ended at once",
                "(default: what the configuration says)"
            })
    private @Nullable DrainMode mode;

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            description = "for until-deadline, such as 90s, 30m or 1h30m")
    private @Nullable Duration deadline;

    @Option(names = "--off", description = "give it its configured weight back")
    private boolean off;

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    /// A real server of one service.
    private record Target(ServiceKey service, Host real) {}

    @Override
    public Integer call() {
        checkCombination();
        if (everywhere == null) {
            return ended(List.of(drain(target())));
        }
        var targets = targets(everywhere);
        targets.forEach(this::confirm);
        return ended(targets.stream().map(this::drained).toList());
    }

    /// What became of each drain, for JSON.
    record Results(List<DrainResult> drains) {
        Results {
            drains = List.copyOf(drains);
        }
    }

    private int ended(List<DrainResult> results) {
        console.result(
                new Results(results),
                results.stream().map(DrainCommand::text).collect(Collectors.joining(System.lineSeparator())));
        return results.stream().mapToInt(this::exitCode).max().orElse(ExitCode.DONE);
    }

    private Target target() {
        if (service == null || real == null) {
            throw new ParameterException(
                    spec.commandLine(), "Missing required parameters: 'SERVICE' and 'REAL', or --all-services REAL");
        }
        return new Target(service, real);
    }

    private List<Target> targets(Host wanted) {
        if (service != null) {
            throw new Failure(ExitCode.WRONG_INPUT, "--all-services names the real server; leave SERVICE and REAL out");
        }
        var targets = admin.call(Operations.SERVICES).services().stream()
                .filter(one -> one.realServers().stream().anyMatch(each -> isOf(each, wanted)))
                .map(one -> new Target(one.service(), wanted))
                .toList();
        if (targets.isEmpty()) {
            throw new Failure(ExitCode.WRONG_INPUT, "No service has " + wanted + "; see 'holdfast list'");
        }
        return targets;
    }

    private static boolean isOf(ServiceList.RealServer listed, Host wanted) {
        return wanted.fits(new Endpoint(Ipv4.of(listed.address()), listed.port()));
    }

    private DrainResult drain(Target target) {
        confirm(target);
        return drained(target);
    }

    private void confirm(Target target) {
        if (confirmation.isWanted() && !off) {
            var drain = mode == null ? configured(target) : mode;
            if (drain == DrainMode.NOW || drain == DrainMode.UNTIL_DEADLINE) {
                confirmation.ask("A drain that ends connections", () -> question(target, drain));
            }
        }
    }

    private DrainResult drained(Target target) {
        var seconds = deadline == null ? null : deadline.toSeconds();
        var request = new DrainRequest(target.service(), target.real(), mode, seconds, off);
        return admin.call(Operations.DRAIN, request, ON_SILENCE);
    }

    private int exitCode(DrainResult result) {
        if (result.mode() == null) {
            return ExitCode.DONE;
        }
        if (off) {
            console.note("The configuration gives it weight 0; another weight is set there: see 'holdfast config'");
            return ExitCode.NOT_DONE;
        }
        return result.connections() == 0 && result.templates() == 0 ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private void checkCombination() {
        if (off && (mode != null || deadline != null)) {
            throw new Failure(ExitCode.WRONG_INPUT, "--off ends a drain; leave --mode and --deadline out");
        }
        if (mode == DrainMode.UNTIL_DEADLINE && deadline == null) {
            throw new Failure(ExitCode.WRONG_INPUT, "--mode until-deadline needs a deadline, such as --deadline 30m");
        }
        if (mode != DrainMode.UNTIL_DEADLINE && deadline != null) {
            throw new Failure(
                    ExitCode.WRONG_INPUT, "--deadline is only for --mode until-deadline; add that, or leave it out");
        }
    }

    /// The mode that the configuration gives the drain. Null if the real server is drained already, so that nothing
    /// more ends, and if there is none or more than one such server, which the director reports.
    private @Nullable DrainMode configured(Target target) {
        var meant = admin.call(Operations.SERVICES).services().stream()
                .filter(one -> one.service().equals(target.service()))
                .flatMap(one -> one.realServers().stream())
                .filter(one -> isOf(one, target.real()))
                .toList();
        return meant.size() != 1 || meant.getFirst().weight() == 0
                ? null
                : meant.getFirst().drain();
    }

    private String question(Target target, DrainMode drain) {
        return "%s of %s has %s connections and templates, which end %s. Go ahead?"
                .formatted(
                        target.real(),
                        target.service(),
                        Filter.count(admin, new EntryFilter(null, target.real(), target.service())),
                        when(drain));
    }

    private String when(DrainMode drain) {
        if (drain == DrainMode.NOW) {
            return "at once";
        }
        return deadline == null
                ? "when the deadline of the configuration has passed"
                : "in " + Text.ms(deadline.toMillis()) + " at the latest";
    }

    private static String text(DrainResult result) {
        var subject = result.real() + " of " + result.service();
        if (result.mode() == null) {
            return subject + " is not drained any more; its weight is " + result.weight();
        }
        var drained = subject + " is drained (" + KebabCase.of(result.mode()) + ")";
        if (result.connections() == 0 && result.templates() == 0) {
            return drained + " and empty";
        }
        return drained + "; left are " + Text.count(result.connections(), "connection") + " and "
                + Text.count(result.templates(), "template") + "; " + end(result);
    }

    private static String end(DrainResult result) {
        if (result.deadlineMs() != null) {
            return "they are ended in " + Text.ms(result.deadlineMs());
        }
        if (result.templates() == 0) {
            return "it is empty when they end";
        }
        if (result.templatesGoneMs() != null) {
            return "the last template goes in " + Text.ms(result.templatesGoneMs()) + " at the latest";
        }
        return result.mode() == DrainMode.KEEP_ALL
                ? "sticky clients may renew their templates without end"
                : "a template stays while connections go through it, and a pinned one until it is unpinned";
    }
}
