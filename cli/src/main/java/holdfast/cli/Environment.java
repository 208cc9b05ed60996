package holdfast.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/// The command line's view of its process, so that a test can replace it.
///
/// @param variables  of the process
/// @param runFolder  directory of the directors' sockets
/// @param ask        shows a question and returns the answer; empty if nobody can answer
record Environment(
        PrintWriter out,
        PrintWriter err,
        Map<String, String> variables,
        Path runFolder,
        Function<String, Optional<String>> ask) {
    /// The root command, which is given its environment.
    interface Holder {
        Environment environment();
    }

    /// Of the root command of this one.
    static Environment of(CommandSpec spec) {
        return ((Holder) spec.root().userObject()).environment();
    }

    static Environment ofProcess() {
        var console = Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
        return new Environment(
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                System.getenv(),
                Path.of("/run/holdfast"),
                question -> console.map(terminal -> terminal.readLine("%s", question)));
    }
}
