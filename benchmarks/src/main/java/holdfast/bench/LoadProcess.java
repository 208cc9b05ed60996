package holdfast.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs programs of [holdfast.bench.load] in the lab's namespaces.
final class LoadProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private LoadProcess() {}

    /// A real server that serves as long as the suite runs; it ends with the outer namespace.
    ///
    /// @param kind  `http` or `echo`
    static Process responder(String kind, int port) {
        var output = Program.FILES.resolve("responder.out");
        var process = Network.REAL_SERVER.start(output, java("Responder", List.of(kind, Integer.toString(port))));
        long giveUpAt = System.nanoTime() + START_LIMIT.toNanos();
        while (!Program.read(output).contains("listening")) {
            if (System.nanoTime() - giveUpAt >= 0 || Program.isEndedAfter(process, Duration.ofMillis(20))) {
                process.destroyForcibly();
                throw new MeasurementException("the real server does not listen: " + Program.read(output));
            }
        }
        return process;
    }

    /// Runs a client to its end.
    ///
    /// @return its output, lines of `key value`
    static Map<String, Double> client(String program, Duration limit, List<String> arguments) {
        return start(program, arguments).values(limit);
    }

    /// Starts a client.
    static Client start(String program, List<String> arguments) {
        var output = Program.FILES.resolve(program + ".out");
        return new Client(program, output, Network.CLIENT.start(output, java(program, arguments)));
    }

    /// A client that runs.
    record Client(String program, Path output, Process process) {
        /// Waits for its end.
        ///
        /// @return its output, lines of `key value`
        Map<String, Double> values(Duration limit) {
            boolean ended = Program.endsWithin(process, limit);
            var printed = Program.read(output).strip();
            if (!ended || process.exitValue() != 0) {
                throw new MeasurementException(program + (ended ? " failed: " : " did not end: ") + printed);
            }
            var values = new HashMap<String, Double>();
            printed.lines().forEach(line -> {
                int space = line.indexOf(' ');
                values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
            return values;
        }
    }

    private static List<String> java(String program, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-Xshare:auto"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "holdfast.bench.load." + program));
        command.addAll(arguments);
        return command;
    }
}
