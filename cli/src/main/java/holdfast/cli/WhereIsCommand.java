package holdfast.cli;

import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "whereis",
        description = {
            "Show where a client is: its template, whether the standbys have that too, and what its next connection gets.",
            "With --weight, --with, --without or --netmask, also what it would get then; nothing is changed."
        })
final class WhereIsCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "CLIENT",
            description = "an address; with a port where the scheduler counts it")
    @SuppressWarnings("NullAway.Init")
    private Host client;

    @Parameters(index = "1", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80 or mark/7")
    @SuppressWarnings("NullAway.Init")
    private ServiceKey service;

    @Option(
            names = "--weight",
            paramLabel = "REAL=W",
            converter = Converters.Weight.class,
            description = "if a real server had this weight")
    private List<WhereIsRequest.Weighted> weights = new ArrayList<>();

    @Option(names = "--with", paramLabel = "REAL[=W]", description = "if there were this real server too")
    private List<WhereIsRequest.Weighted> added = new ArrayList<>();

    @Option(names = "--without", paramLabel = "REAL", description = "if there were not this real server")
    private List<Host> removed = new ArrayList<>();

    @Option(
            names = "--netmask",
            paramLabel = "M",
            converter = Converters.Netmask.class,
            description = "if persistence had this netmask, such as /24")
    private @Nullable Ipv4 netmask;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        boolean isAsIs = weights.isEmpty() && added.isEmpty() && removed.isEmpty() && netmask == null;
        var change = isAsIs ? null : new WhereIsRequest.Change(weights, added, removed, netmask);
        var answer = admin.call(Operations.WHEREIS, new WhereIsRequest(client, service, change));
        console.result(answer, text(answer));
        return ExitCode.DONE;
    }

    private static String text(WhereIs answer) {
        var lines = new ArrayList<String>();
        lines.add("%s of %s now gets %s".formatted(answer.client(), answer.service(), pick(answer.now())));
        if (answer.then() != null) {
            lines.add("Changed so it would get " + pick(answer.then()));
        }
        var template = answer.template();
        lines.add("");
        if (template == null) {
            lines.add("template  none");
            return String.join(System.lineSeparator(), lines);
        }
        lines.add("template  %s to %s, renewed %s ago, %s"
                .formatted(
                        template.client().address(), template.real(), Text.ms(template.renewedAgoMs()), end(template)));
        lines.add("controls  " + Text.count(template.controlled(), "connection"));
        lines.add("copies    "
                + (answer.copies().isEmpty()
                        ? "none: no other director was seen"
                        : answer.copies().stream().map(WhereIsCommand::copy).collect(Collectors.joining(", "))));
        return String.join(System.lineSeparator(), lines);
    }

    private static String pick(WhereIs.Pick pick) {
        return (pick.real() == null ? "NO REAL SERVER" : pick.real()) + ": " + pick.why();
    }

    private static String end(WhereIs.Template template) {
        return template.pinned()
                ? "pinned: it never goes"
                : "goes in %s unless renewed for %s"
                        .formatted(Text.ms(template.expiresMs()), Text.ms(template.timeoutS() * 1000));
    }

    private static String copy(WhereIs.Copy copy) {
        return copy.director()
                + switch (copy.held()) {
                    case YES -> " has it";
                    case NO -> " DOES NOT HAVE it";
                    case UNKNOWN -> " UNKNOWN";
                };
    }
}
