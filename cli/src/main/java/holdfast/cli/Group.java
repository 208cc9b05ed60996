package holdfast.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only holds others.
abstract class Group implements Runnable {
    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), missing(spec));
    }

    /// `A command is missing; there are list, show`.
    static String missing(CommandSpec spec) {
        var commands = spec.subcommands().keySet();
        return "A command is missing; there " + (commands.size() == 1 ? "is " : "are ") + String.join(", ", commands);
    }
}
