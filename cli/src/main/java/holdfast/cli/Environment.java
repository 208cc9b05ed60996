package holdfast.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;

/// The command line's view of its process, so that a test can replace it.
///
/// @param in         the process's standard input
/// @param variables  of the process
/// @param runFolder  directory of the directors' sockets
/// @param clock      for the times that are shown
/// @param ask        shows a question and returns the answer; empty if nobody can answer
/// @param isTerminal  whether a person watches the output
/// @param pause       waits; false if nobody wants more
record Environment(
        BufferedReader in,
        PrintWriter out,
        PrintWriter err,
        Map<String, String> variables,
        Path runFolder,
        InstantSource clock,
        Function<String, Optional<String>> ask,
        boolean isTerminal,
        Predicate<Duration> pause) {
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
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()),
                System.getenv(),
                Path.of("/run/holdfast"),
                InstantSource.system(),
                question -> console.map(terminal -> terminal.readLine("%s", question)),
                console.isPresent(),
                Environment::sleep);
    }

    private static boolean sleep(Duration duration) {
        try {
            Thread.sleep(duration);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Who changes something: the user who called sudo, or the user.
    String author() {
        return variables.getOrDefault(
                "SUDO_USER", variables.getOrDefault("USER", System.getProperty("user.name", "unknown")));
    }
}
