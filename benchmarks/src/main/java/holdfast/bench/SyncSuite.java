package holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How a standby gets and keeps the active's tables: two processes in two namespaces, with real tables and sync and
/// no packets.
@Command(
        name = "sync",
        description = "Joins, a cut, and the lag between two directors' tables; takes some minutes.",
        mixinStandardHelpOptions = true)
final class SyncSuite implements Callable<Integer> {
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE = 120 * SECOND;
    private static final Namespace ACTIVE = new Namespace("d1");
    private static final Namespace STANDBY = new Namespace("d2");

    @Option(
            names = "--templates",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "in the tables (default: ${DEFAULT-VALUE})")
    private int templates;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "of each row (default: ${DEFAULT-VALUE})")
    private int rounds;

    private final Map<String, Row> copies = new TreeMap<>();

    private static final class Row {
        final List<Double> seconds = new ArrayList<>();
        final List<Double> megabytes = new ArrayList<>();
        final List<Double> records = new ArrayList<>();
    }

    private final List<List<String>> rows = new ArrayList<>();

    @Override
    public Integer call() {
        Network.make(7010);
        try (var active = new Director(ACTIVE, "d1", "10.255.0.1", 2 * templates)) {
            active.order("active 1");
            active.order("fill " + templates);
            for (int round = 1; round <= rounds; round++) {
                join(active, "join at rest", 0);
                join(active, "join beside 50,000 changes/s", 50_000);
                cut(active, "cut of 10 s at 5,000 changes/s");
            }
            try (var _ = standby()) {
                awaitPeer(active, "EQUAL");
                for (int rate : new int[] {10_000, 100_000, 200_000, 500_000}) {
                    lag(active, rate);
                }
            }
        }
        print();
        return 0;
    }

    private Director standby() {
        return new Director(STANDBY, "d2", "10.255.0.2", 2 * templates);
    }

    private void join(Director active, String row, int rate) {
        active.order("rate " + rate);
        var before = active.status();
        long bytes = ACTIVE.sentBytes("sync");
        long start = System.nanoTime();
        try (var _ = standby()) {
            long ready = System.nanoTime();
            awaitPeer(active, "EQUAL");
            note(row, start, bytes, before, active.status());
            note(row + ", from the start of its process", ready, bytes, before, active.status());
        }
        active.order("rate 0");
        awaitPeer(active, "GONE");
    }

    private void cut(Director active, String row) {
        try (var _ = standby()) {
            awaitPeer(active, "EQUAL");
            active.order("rate 5000");
            STANDBY.run("ip", "link", "set", "sync", "down");
            pause(10 * SECOND);
            active.order("rate 0");
            var before = active.status();
            STANDBY.run("ip", "link", "set", "sync", "up");
            long bytes = ACTIVE.sentBytes("sync");
            long start = System.nanoTime();
            awaitPeer(active, "EQUAL");
            note(row, start, bytes, before, active.status());
        }
        awaitPeer(active, "GONE");
    }

    private void lag(Director active, int rate) {
        active.order("rate " + rate);
        pause(22 * SECOND); // the readout's lag covers 10 to 20 s
        var before = active.status();
        var cpu = Cpu.OfProcess.now(active.pid());
        long bytes = ACTIVE.sentBytes("sync");
        pause(5 * SECOND);
        var after = active.status();
        double deltas = number(after, "deltas") - number(before, "deltas");
        long ticks = Cpu.OfProcess.now(active.pid()).minus(cpu).user()
                + Cpu.OfProcess.now(active.pid()).minus(cpu).system();
        rows.add(List.of(
                "%,d changes/s".formatted(rate),
                "%,.0f".formatted(deltas / 5),
                after.getOrDefault("lag-p50-us", "-"),
                after.getOrDefault("lag-p99-us", "-"),
                "%.1f".formatted((ACTIVE.sentBytes("sync") - bytes) / deltas),
                "%.2f".formatted(ticks / 500.0),
                after.getOrDefault("peer", "-"),
                "%,.0f".formatted(number(after, "lost"))));
        System.err.println(rows.getLast());
        active.order("rate 0");
        pause(SECOND);
    }

    private void note(String row, long start, long bytesBefore, Map<String, String> before, Map<String, String> after) {
        double took = (System.nanoTime() - start) / 1e9;
        double sent = (ACTIVE.sentBytes("sync") - bytesBefore) / 1e6;
        double copied = number(after, "records-copied") - number(before, "records-copied");
        var samples = copies.computeIfAbsent(row, _ -> new Row());
        samples.seconds.add(took);
        samples.megabytes.add(sent);
        samples.records.add(copied);
        System.err.printf("%s: %.2f s, %.1f MB, %,.0f records; %s%n", row, took, sent, copied, after);
    }

    private void print() {
        var machine = Machine.here();
        var table = new ArrayList<List<String>>();
        table.add(List.of("", "s: median [min-max]", "MB sent", "records copied"));
        copies.forEach((row, samples) -> table.add(List.of(
                row,
                Summary.of(samples.seconds).text(2),
                Summary.of(samples.megabytes).text(1),
                Summary.of(samples.records).text(0))));
        rows.addFirst(List.of(
                "load", "deltas/s", "lag p50 us", "lag p99 us", "bytes/delta", "active's CPUs", "standby", "lost"));
        System.out.printf(
                "%s, %d cores; Linux %s; %s; commit %s; %,d templates; %d rounds%n%n%s%n%s",
                machine.cpu(),
                machine.cores(),
                machine.kernel(),
                machine.jdk(),
                machine.commit(),
                templates,
                rounds,
                Table.aligned(table),
                Table.aligned(rows));
    }

    private static void awaitPeer(Director active, String state) {
        await(active, status -> status.getOrDefault("peer", "").equals(state), "the standby is " + state);
    }

    private static void await(Director process, Predicate<Map<String, String>> isSo, String what) {
        long end = System.nanoTime() + PATIENCE;
        while (!isSo.test(process.status())) {
            if (System.nanoTime() - end > 0) {
                throw new MeasurementException("not within two minutes: " + what + "; " + process.status());
            }
            pause(SECOND / 50);
        }
    }

    private static double number(Map<String, String> status, String name) {
        return Double.parseDouble(status.getOrDefault(name, "0"));
    }

    private static void pause(long nanos) {
        try {
            Thread.sleep(nanos / 1_000_000);
        } catch (InterruptedException e) {
            throw new MeasurementException("interrupted", e);
        }
    }

    /// A [holdfast.bench.sync.Member] in a namespace.
    private static final class Director implements AutoCloseable {
        private final Process process;
        private final PrintWriter orders;
        private final BufferedReader answers;

        Director(Namespace in, String name, String address, int entriesMax) {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var command = List.of(
                    "ip",
                    "netns",
                    "exec",
                    in.name(),
                    java,
                    "-Xmx512m",
                    "-XX:+UseZGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "holdfast.bench.sync.Member",
                    name,
                    address,
                    Integer.toString(entriesMax));
            try {
                process = new ProcessBuilder(command)
                        .redirectError(Program.FILES.resolve(name + ".log").toFile())
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            if (!answer().equals("ready")) {
                throw new MeasurementException("member " + name + " does not start");
            }
        }

        long pid() {
            return process.pid();
        }

        String order(String line) {
            orders.println(line);
            return answer();
        }

        Map<String, String> status() {
            var status = new HashMap<String, String>();
            for (var pair : order("status").split(" ", -1)) {
                int equals = pair.indexOf('=');
                status.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            return status;
        }

        private String answer() {
            try {
                for (var line = answers.readLine(); line != null; line = answers.readLine()) {
                    if (line.equals("ready") || line.equals("done") || line.startsWith("state=")) {
                        return line;
                    }
                }
                throw new MeasurementException("a member has ended");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
