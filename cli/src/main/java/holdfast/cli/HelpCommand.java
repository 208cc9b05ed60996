package holdfast.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "help", description = "Show what a command does and takes, as --help behind it does.")
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "such as status, or config apply")
    private List<String> path = List.of();

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        below(spec.root().commandLine(), path).usage(Environment.of(spec).out());
        return ExitCode.DONE;
    }

    /// The command of a path.
    ///
    /// @throws ParameterException if there is none, with those that there are
    static CommandLine below(CommandLine root, List<String> path) {
        var command = root;
        for (var name : path) {
            var next = command.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        command,
                        Unknown.command(
                                command.getCommandSpec().qualifiedName() + " " + name,
                                command.getSubcommands().keySet().stream().toList()));
            }
            command = next;
        }
        return command;
    }
}
