package holdfast.cli;

import holdfast.admin.AdminPaths;
import holdfast.admin.Status;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Show whether the director is active, whether a failover is safe now, and what it would lose.")
final class Show implements Callable<Integer> {
    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        var status = admin.get(AdminPaths.STATUS, Status.class);
        console.result(status, StatusText.of(status));
        return ExitCode.DONE;
    }
}
