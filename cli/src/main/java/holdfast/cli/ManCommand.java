package holdfast.cli;

import holdfast.conf.ProgramVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "man",
        description = {
            "Print the manual page of a command for man(1), or write those of all commands.",
            "One page: holdfast man config apply | man -l -",
            "All: holdfast man --folder /usr/local/share/man/man1"
        })
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "such as status, or config apply")
    private List<String> path = List.of();

    @Option(names = "--folder", paramLabel = "DIR", description = "write all pages there; the folder must exist")
    private @Nullable Path folder;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var version = "holdfast " + ProgramVersion.TEXT;
        var root = spec.root().commandLine();
        if (folder == null) {
            var command = HelpCommand.below(root, path).getCommandSpec();
            Environment.of(spec).out().print(new ManPage(command).text(version));
            return ExitCode.DONE;
        }
        if (!path.isEmpty()) {
            throw new Failure(ExitCode.WRONG_INPUT, "--folder takes the pages of all commands; leave COMMAND out");
        }
        var pages = ManPage.all(root).toList();
        for (var page : pages) {
            write(folder.resolve(page.name() + ".1"), page.text(version));
        }
        Environment.of(spec).out().println(Text.count(pages.size(), "page") + " written to " + folder);
        return ExitCode.DONE;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.WRONG_INPUT,
                    "Cannot write " + file + ": " + e + "; name a folder that exists and is yours");
        }
    }
}
