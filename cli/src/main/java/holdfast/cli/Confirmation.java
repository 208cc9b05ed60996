package holdfast.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The question before a command that ends or moves something.
final class Confirmation {
    @SuppressWarnings("NullAway.Init")
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--yes", description = "do not ask first")
    private boolean yes;

    /// Returns if the operator agrees.
    ///
    /// @param what      names the action for an operator without a terminal: "A failover"
    /// @param question  evaluated only if it is asked
    void ask(String what, Supplier<String> question) {
        if (yes) {
            return;
        }
        var answer = Environment.of(spec)
                .ask()
                .apply(question.get() + " [y/N] ")
                .orElseThrow(() -> new Failure(
                        ExitCode.WRONG_INPUT, what + " asks first, but there is no terminal; say --yes to go ahead"));
        if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
            throw new Failure(ExitCode.NOT_DONE, "Nothing was done");
        }
    }

    /// Whether a question would be asked.
    boolean isWanted() {
        return !yes;
    }
}
