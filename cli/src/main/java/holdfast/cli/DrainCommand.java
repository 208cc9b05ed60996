package holdfast.cli;

import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.ServiceKey;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "drain",
        description = {
            "Give a real server no new clients, as weight 0 does, and say what is left on it.",
            "Ask again to see how far it is: exit code 3 while something is left, 0 when it is empty.",
            "It is in force on every director, and lasts until --off."
        })
final class DrainCommand implements Callable<Integer> {
    private static final String ON_SILENCE = ", so it may have been obeyed all the same: look with 'holdfast list'";

    @Parameters(index = "0", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80")
    @SuppressWarnings("NullAway.Init")
    private ServiceKey service;

    @Parameters(index = "1", paramLabel = "REAL", description = "real server, such as 10.0.0.11 or 10.0.0.11:8080")
    @SuppressWarnings("NullAway.Init")
    private Host real;

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

    @Override
    public Integer call() {
        checkCombination();
        if (confirmation.isWanted() && !off) {
            var drain = mode == null ? configured() : mode;
            if (drain == DrainMode.NOW || drain == DrainMode.UNTIL_DEADLINE) {
                confirmation.ask("A drain that ends connections", () -> question(drain));
            }
        }
        var request = new DrainRequest(service, real, mode, deadline == null ? null : deadline.toSeconds(), off);
        var result = admin.call(Operations.DRAIN, request, ON_SILENCE);
        console.result(result, text(result));
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
    private @Nullable DrainMode configured() {
        var meant = admin.call(Operations.SERVICES).services().stream()
                .filter(one -> one.service().equals(service))
                .flatMap(one -> one.realServers().stream())
                .filter(one -> real.fits(new Endpoint(Ipv4.of(one.address()), one.port())))
                .toList();
        return meant.size() != 1 || meant.getFirst().weight() == 0
                ? null
                : meant.getFirst().drain();
    }

    private String question(DrainMode drain) {
        return "%s of %s has %s connections and templates, which end %s. Go ahead?"
                .formatted(real, service, Filter.count(admin, new EntryFilter(null, real, service)), when(drain));
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
