package holdfast.cli;

import holdfast.admin.FailoverRequest;
import holdfast.admin.Operations;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "failover",
        description = "Move the VIPs to the standby now, or stay put and say why.",
        synopsisSubcommandLabel = "[plan|last|history]",
        subcommands = {FailoverPlanCommand.class, FailoverHistoryCommand.Last.class, FailoverHistoryCommand.class})
final class FailoverCommand implements Callable<Integer> {
    private static final String ON_SILENCE = ", so the failover may still be under way: look with 'holdfast status'";

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the record")
    private @Nullable String reason;

    @Option(
            names = "--accept",
            paramLabel = "REASON",
            description = "fail over although the standby runs another configuration, and record why")
    private @Nullable String accept;

    @Override
    public Integer call() {
        confirmation.ask("A failover", () -> {
            var status = admin.call(Operations.STATUS);
            return StatusText.headline(status) + System.lineSeparator() + "Move the VIPs now?";
        });
        var result = admin.call(Operations.FAILOVER, new FailoverRequest(reason, accept), ON_SILENCE);
        if (console.isJson() || result.done()) {
            console.result(result, FailoverText.of(result));
        }
        if (result.done()) {
            return ExitCode.DONE;
        }
        console.note(FailoverText.of(result));
        return ExitCode.NOT_DONE;
    }
}
