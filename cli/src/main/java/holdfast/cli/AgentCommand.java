package holdfast.cli;

import holdfast.admin.AgentRequest;
import holdfast.admin.Host;
import holdfast.admin.Operations;
import holdfast.conf.ServiceKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "agent",
        description = {
            "Tell the director what a real server's agent says it can take, for the scheduler least-load.",
            "Call it from the agent; 100 is all of its weight, 0 is nothing new.",
            "It counts on every director, over failovers and restarts, until the next report about that real server."
        })
final class AgentCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SERVICE", description = "such as tcp/192.0.2.10:80")
    @SuppressWarnings("NullAway.Init")
    private ServiceKey service;

    @Parameters(index = "1", paramLabel = "REAL", description = "real server, such as 10.0.0.11 or 10.0.0.11:8080")
    @SuppressWarnings("NullAway.Init")
    private Host real;

    @Parameters(index = "2", paramLabel = "PERCENT", description = "0 to 100")
    private int percent;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (percent < 0 || percent > 100) {
            throw new Failure(ExitCode.WRONG_INPUT, "PERCENT " + percent + " must be 0 to 100");
        }
        var result = admin.call(Operations.AGENT, new AgentRequest(service, real, percent));
        console.result(
                result,
                "%s of %s says that it can take %d %%".formatted(result.real(), result.service(), result.percent()));
        if (!result.heeded()) {
            console.note("The scheduler " + result.scheduler().word()
                    + " does not ask for that; only least-load does, so nothing changes");
        }
        return ExitCode.DONE;
    }
}
