package holdfast.cli;

import holdfast.admin.AdminPaths;
import holdfast.admin.Sync;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "sync",
        description = "Synchronisation between directors.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SyncCommand.StatusCommand.class)
final class SyncCommand implements Runnable {
    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }

    @Command(name = "status", description = "Show how far each other director is, and what it lacks.")
    static final class StatusCommand implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var sync = admin.get(AdminPaths.SYNC, Sync.class);
            console.result(sync, SyncText.of(sync));
            return ExitCode.DONE;
        }
    }
}
