package holdfast.cli;

import holdfast.admin.MaintenanceRequest;
import holdfast.admin.MaintenanceState;
import holdfast.admin.Operations;
import holdfast.admin.Role;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "maintenance",
        description = {
            "Keep a director a standby while you work on it, over its restarts too.",
            "It takes over only if no other director serves: 'systemctl stop' keeps it from that too."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {MaintenanceCommand.On.class, MaintenanceCommand.Off.class, MaintenanceCommand.Show.class})
final class MaintenanceCommand extends Group {
    private static final String ON_SILENCE =
            ", so it may have begun all the same: look with 'holdfast maintenance status'";

    @Command(
            name = "on",
            description = {
                "Begin it. An active director first moves the VIPs, as 'failover' does, or stays active and says why."
            })
    static final class On implements Callable<Integer> {
        @Option(names = "--reason", paramLabel = "TEXT", description = "why, for whoever looks at the pair")
        private @Nullable String reason;

        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Mixin
        private final Confirmation confirmation = new Confirmation();

        @Override
        public Integer call() {
            var status = admin.call(Operations.STATUS);
            if (status.role() == Role.ACTIVE) {
                confirmation.ask(
                        "Maintenance of an active director",
                        () -> StatusText.headline(status) + System.lineSeparator() + "Move the VIPs now?");
            }
            var author = console.environment().author();
            var state =
                    admin.call(Operations.CHANGE_MAINTENANCE, new MaintenanceRequest(true, author, reason), ON_SILENCE);
            console.result(state, text(state));
            return ExitCode.DONE;
        }
    }

    @Command(name = "off", description = "End it: the director takes over again as its priority says.")
    static final class Off implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var author = console.environment().author();
            var state = admin.call(Operations.CHANGE_MAINTENANCE, new MaintenanceRequest(false, author, null));
            console.result(state, text(state));
            return ExitCode.DONE;
        }
    }

    @Command(name = "status", description = "Show whether this director is in maintenance. Exit code 3 if it is.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private final AdminClient admin = new AdminClient();

        @Mixin
        private final Console console = new Console();

        @Override
        public Integer call() {
            var state = admin.call(Operations.MAINTENANCE);
            console.result(state, text(state));
            return state.on() ? ExitCode.NOT_DONE : ExitCode.DONE;
        }
    }

    private static String text(MaintenanceState state) {
        if (!state.on()) {
            return "This director is not in maintenance";
        }
        var why = state.reason() == null || state.reason().isEmpty() ? "" : ": " + state.reason();
        var moved = state.moved() == null ? "" : "; " + state.moved() + " is active now";
        return "This director is in maintenance since %s by %s%s%s.%nIt stands by, and takes over only if no other director serves"
                .formatted(state.since(), state.author(), why, moved);
    }
}
