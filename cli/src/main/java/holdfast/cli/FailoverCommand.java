package holdfast.cli;

import holdfast.admin.AdminPaths;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Status;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "failover", description = "Move the VIPs to the standby now, or stay put and say why.")
final class FailoverCommand implements Callable<Integer> {
    private static final String ON_SILENCE = ", so the failover may still be under way: look with 'holdfast status'";

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the record")
    private @Nullable String reason;

    @Option(names = "--yes", description = "do not ask first")
    private boolean yes;

    @Override
    public Integer call() {
        if (!yes) {
            confirm();
        }
        var result = admin.post(AdminPaths.FAILOVER, new FailoverRequest(reason), FailoverResult.class, ON_SILENCE);
        if (console.isJson() || result.done()) {
            console.result(result, FailoverText.of(result));
        }
        if (result.done()) {
            return ExitCode.DONE;
        }
        console.note(FailoverText.of(result));
        return ExitCode.NOT_DONE;
    }

    private void confirm() {
        var status = admin.get(AdminPaths.STATUS, Status.class);
        var question = StatusText.headline(status) + System.lineSeparator() + "Move the VIPs now? [y/N] ";
        var answer = console.environment()
                .ask()
                .apply(question)
                .orElseThrow(() -> new Failure(
                        ExitCode.WRONG_INPUT,
                        "A failover asks first, but there is no terminal; say --yes to go ahead"));
        if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
            throw new Failure(ExitCode.NOT_DONE, "Nothing was done");
        }
    }
}
