package holdfast.bench;

import holdfast.bench.json.IperfReport;
import holdfast.conf.ForwardingMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Bulk TCP by iperf3 through each target.
@Command(
        name = "throughput",
        description = "Bulk TCP: iperf3 through NAT and DR of Holdfast, of nftables, and with no director.",
        mixinStandardHelpOptions = true)
final class ThroughputSuite implements Callable<Integer>, Runner.Probe {
    static final int PORT = 5201;
    private static final double WARM_UP_S = 0.5;
    private static final String METRIC = "Gbit/s";

    @Mixin
    private Suite suite = new Suite();

    @Option(
            names = "--streams",
            split = ",",
            defaultValue = "1,4",
            description = "parallel streams (default: ${DEFAULT-VALUE})")
    private List<Integer> streams = List.of();

    @Option(
            names = "--mtu-sized",
            description = "no offloads at either end: packets of the size of a MTU, with whole checksums")
    private boolean mtuSized;

    private int seconds;

    @Override
    public Integer call() {
        seconds = suite.isQuick() ? 1 : 2;
        return suite.run(
                "throughput",
                PORT,
                cells(),
                this,
                this::offloads,
                Map.of(METRIC, "10^9 bits of payload per second"),
                Map.of(
                        "load",
                        "iperf3, TCP, one process at each end, " + seconds + " s per sample",
                        "warm-up",
                        "1 s after each start of a target, and the first " + WARM_UP_S
                                + " s of each sample, do not count",
                        "tcp",
                        "reno",
                        "packets",
                        mtuSized ? "of the size of a MTU" : "of up to 64 KB"));
    }

    private Optional<Process> offloads() {
        if (mtuSized) {
            Network.noOffloads();
        }
        return Optional.empty();
    }

    private List<Cell> cells() {
        var cells = new ArrayList<Cell>();
        for (var down : List.of(false, true)) {
            for (var parallel : streams) {
                cells.add(new Cell(ForwardingMethod.NAT, (down ? "down " : "up ") + parallel, parallel, down));
            }
        }
        for (var parallel : streams) {
            cells.add(new Cell(ForwardingMethod.DR, "up " + parallel, parallel, false));
        }
        return cells;
    }

    @Override
    public void warmUp(Target target, int seconds) {
        iperf(target, new Cell(ForwardingMethod.NAT, "warm-up", 1, false), seconds);
    }

    @Override
    public Runner.Measured measure(Target target, Cell cell) {
        var report = iperf(target, cell, seconds);
        // An upload passes the director whole, except for buffered data at the end; of a download, the ACKs do.
        long sentAtLeast = cell.down() ? 1 : report.bytes() / 10 * 9;
        return new Runner.Measured(Map.of(METRIC, report.bitsPerSecond() / 1e9), sentAtLeast);
    }

    private static IperfReport iperf(Target target, Cell cell, int seconds) {
        var server = new IperfServer();
        try (server) {
            var command =
                    new ArrayList<>(List.of("iperf3", "--client", target.address(cell.method()), "--port", "" + PORT));
            command.addAll(List.of("--bind", Network.CLIENT_ADDRESS, "--parallel", "" + cell.parallel()));
            command.addAll(
                    List.of("--time", "" + seconds, "--interval", "0.25", "--connect-timeout", "3000", "--json"));
            if (cell.down()) {
                command.add("--reverse");
            }
            var output = Program.FILES.resolve("iperf3-client.json");
            var client = Network.CLIENT.start(output, command);
            if (!Program.endsWithin(client, Duration.ofSeconds(seconds + 6))) {
                throw new MeasurementException("iperf3 did not end " + target.address(cell.method()));
            }
            return IperfReport.of(Program.read(output), seconds > 1 ? WARM_UP_S : WARM_UP_S / 2);
        }
    }

    /// iperf3 at real server 1 for one test; a new process each time, since one whose test was cut off stays busy.
    private static final class IperfServer implements AutoCloseable {
        private static final Path OUTPUT = Program.FILES.resolve("iperf3-server.out");
        private static final long START_LIMIT_NS = Duration.ofSeconds(3).toNanos();
        private final Process process;

        IperfServer() {
            process = Network.REAL_SERVER.start(
                    OUTPUT, List.of("iperf3", "--server", "--one-off", "--port", "" + PORT, "--forceflush"));
            long giveUpAt = System.nanoTime() + START_LIMIT_NS;
            while (!Program.read(OUTPUT).contains("Server listening")) {
                if (System.nanoTime() - giveUpAt >= 0 || Program.isEndedAfter(process, Duration.ofMillis(5))) {
                    close();
                    throw new MeasurementException("iperf3 does not listen: " + Program.read(OUTPUT));
                }
            }
        }

        @Override
        public void close() {
            process.destroy();
            Program.endsWithin(process, Duration.ofSeconds(1));
        }
    }
}
