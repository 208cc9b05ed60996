package holdfast.cli;

import holdfast.admin.Operations;
import picocli.CommandLine.Command;

@Command(
        name = "sync",
        description = "Synchronisation between directors.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SyncCommand.SyncStatus.class)
final class SyncCommand extends Group {
    @Command(name = "status", description = "Show how far each other director is, and what it lacks.")
    static final class SyncStatus extends Look {
        @Override
        int look() {
            var sync = admin.call(Operations.SYNC);
            console.result(sync, SyncText.of(sync));
            return ExitCode.DONE;
        }
    }
}
