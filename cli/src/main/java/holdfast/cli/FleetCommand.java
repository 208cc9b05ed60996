package holdfast.cli;

import holdfast.admin.FleetHistoryRequest;
import holdfast.admin.Nothing;
import holdfast.admin.Operations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "fleet",
        description = "Show all directors of the site, of this pair and of others, as this director has heard them.",
        synopsisSubcommandLabel = "[history]",
        subcommands = FleetCommand.FleetHistory.class)
final class FleetCommand extends Look {
    @Override
    int look() {
        var fleet = admin.call(Operations.FLEET, new Nothing());
        console.result(fleet, FleetText.of(fleet));
        return ExitCode.DONE;
    }

    @Command(
            name = "history",
            description = "List the failovers and operators' changes on all directors of the site, the newest first.")
    static final class FleetHistory implements Callable<Integer> {
        private static final int MOST = 10_000;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "100",
                description = "most entries to list (default: ${DEFAULT-VALUE}, at most " + MOST + ")")
        private int limit;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            if (limit < 1 || limit > MOST) {
                throw new Failure(ExitCode.WRONG_INPUT, "--limit " + limit + " must be 1 to " + MOST);
            }
            // A failover has several events, and they are listed as one.
            var history = admin.call(Operations.FLEET_HISTORY, new FleetHistoryRequest(MOST));
            var record = FleetRecord.of(history, limit);
            console.result(record, record.text());
            return ExitCode.DONE;
        }
    }
}
