package holdfast.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Print the completion of this command for bash and zsh.",
            "bash: holdfast completion > /etc/bash_completion.d/holdfast;",
            "zsh: autoload -U +X bashcompinit && bashcompinit, then source the same."
        })
final class CompletionCommand implements Callable<Integer> {
    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Environment.of(spec)
                .out()
                .println(
                        AutoComplete.bash("holdfast", spec.root().commandLine()).stripTrailing());
        return ExitCode.DONE;
    }
}
