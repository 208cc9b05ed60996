package holdfast.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        console.line(AutoComplete.bash("holdfast", spec.root().commandLine()).stripTrailing());
        return ExitCode.DONE;
    }
}
