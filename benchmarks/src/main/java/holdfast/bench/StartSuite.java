package holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The time from the start of a command to its end, beside that of the smallest Java program. `status` asks a director
/// that runs for it.
@Command(
        name = "start",
        description = "The start of the command line beside that of a plain Java program; takes half a minute.",
        mixinStandardHelpOptions = true)
final class StartSuite implements Callable<Integer> {
    private static final int PORT = 7009;
    private static final int WARM_UPS = 2;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "starts of each command (default: ${DEFAULT-VALUE})")
    private int rounds;

    /// @param ms  its samples
    private record Row(String name, List<String> command, List<Double> ms) {
        Row(String name, String... command) {
            this(name, List.of(command), new ArrayList<>());
        }
    }

    @Override
    public Integer call() {
        var rows = rows();
        try (var _ = new HoldfastTarget("holdfast", List.of(), false, "", PORT).start()) {
            measure(rows);
        }
        var table = new ArrayList<List<String>>();
        table.add(List.of("command", "ms: median [min-max]"));
        rows.forEach(row -> table.add(List.of(row.name(), Summary.of(row.ms()).text(0))));
        var machine = Machine.here();
        System.out.printf(
                "%s, %d cores; Linux %s; %s; commit %s; %d starts each, in turn%n%n%s",
                machine.cpu(),
                machine.cores(),
                machine.kernel(),
                machine.jdk(),
                machine.commit(),
                rounds,
                Table.aligned(table));
        return 0;
    }

    private static List<Row> rows() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var here = StartSuite.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        var holdfast = Suite.home().resolve("bin/holdfast").toString();
        var example = Suite.home().resolve("conf/examples/d1.yaml").toString();
        var socket = HoldfastTarget.SOCKET.toString();
        return List.of(
                new Row("java Hello", java, "-cp", here, "holdfast.bench.start.Hello"),
                new Row("holdfast --version", holdfast, "--version"),
                new Row("holdfast config check --offline", holdfast, "config", "check", "--offline", example),
                new Row("holdfast status", holdfast, "status", "--socket", socket),
                new Row("holdfast list", holdfast, "list", "--socket", socket));
    }

    /// In turn, and in the other direction in every second round, so that a drift of the machine affects all.
    private void measure(List<Row> rows) {
        for (int round = -WARM_UPS; round < rounds; round++) {
            for (var row : Rounds.order(rows, Math.abs(round))) {
                double ms = run(row.command());
                if (round >= 0) {
                    row.ms().add(ms);
                }
            }
        }
    }

    private static double run(List<String> command) {
        long startedAt = System.nanoTime();
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new MeasurementException(String.join(" ", command) + " ended with exit code " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new MeasurementException("interrupted", e);
        }
        return (System.nanoTime() - startedAt) / 1e6;
    }
}
