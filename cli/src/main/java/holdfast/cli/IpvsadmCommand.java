package holdfast.cli;

import holdfast.cli.ipvsadm.Ipvsadm;
import holdfast.cli.ipvsadm.SystemNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "ipvsadm",
        description = "Take the options of ipvsadm 1.31 and print what it prints, for scripts written for it.",
        preprocessor = IpvsadmCommand.TakesAll.class)
final class IpvsadmCommand implements Callable<Integer> {
    private final List<String> args = new ArrayList<>();

    @Mixin
    private final AdminClient admin = new AdminClient();

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var environment = Environment.of(spec);
        var program = new Ipvsadm(
                new DirectorOverApi(admin, environment.author()),
                new SystemNames(),
                environment.in(),
                environment.out(),
                environment.err());
        try {
            return program.run(args);
        } catch (Failure failure) {
            environment.err().println(failure.getMessage());
            environment.err().println("ipvsadm has no options for that: $HOLDFAST_SOCKET names the director's socket.");
            return ExitCode.WRONG_INPUT; // as if the kernel had no IPVS
        }
    }

    /// Keeps the arguments from picocli, whose rules for options are others than those of ipvsadm.
    static final class TakesAll implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's type
        public boolean preprocess(Stack<String> args, CommandSpec spec, ArgSpec option, Map<String, Object> info) {
            var command = (IpvsadmCommand) spec.userObject();
            while (!args.isEmpty()) {
                command.args.add(args.pop());
            }
            return true;
        }
    }
}
