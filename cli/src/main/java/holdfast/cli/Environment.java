package holdfast.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What the command line takes from its process, so that a test can give it.
///
/// @param variables  of the process
/// @param runFolder  where directors put their sockets
/// @param ask        shows a question and gives the answer; empty where there is nobody to ask
record Environment(
        PrintWriter out,
        PrintWriter err,
        Map<String, String> variables,
        Path runFolder,
        Function<String, Optional<String>> ask) {
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
