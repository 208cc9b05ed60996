package holdfast.cli;

import holdfast.admin.Operations;
import holdfast.admin.ZeroRequest;
import holdfast.conf.ServiceKey;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "zero",
        description = "Begin the sums and rates of a service, or of all, anew, as 'ipvsadm -Z' does; connections stay.")
final class ZeroCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SERVICE", arity = "0..1", description = "such as tcp/192.0.2.10:80; all without it")
    private @Nullable ServiceKey service;

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        var result = admin.call(Operations.ZERO, new ZeroRequest(service));
        console.result(result, "The numbers of " + Text.count(result.services(), "service") + " begin anew");
        return ExitCode.DONE;
    }
}
