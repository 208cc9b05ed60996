package holdfast.cli;

import holdfast.admin.Operations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "sync",
        description = "Synchronisation between directors.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SyncCommand.SyncStatus.class)
final class SyncCommand extends Group {
    @Command(name = "status", description = "Show how far each other director is, and what it lacks.")
    static final class SyncStatus implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var sync = admin.call(Operations.SYNC);
            console.result(sync, SyncText.of(sync));
            return ExitCode.DONE;
        }
    }
}
