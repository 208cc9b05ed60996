package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Round trips of a small message through each target, once on the idle machine and once with a program of the lowest
/// priority on each CPU. A halted virtual CPU takes tens of us to wake up, so on a quiet machine anything that keeps a
/// CPU awake looks faster than even plain routing (packet-io 4.1); with all CPUs awake, only the work counts.
@Command(
        name = "latency",
        description = "Ping-pong of 64 bytes over TCP: p50 and p99, less is better.",
        mixinStandardHelpOptions = true)
final class LatencySuite implements Callable<Integer>, Runner.Probe {
    private static final int PORT = 7007;
    private static final String QUIET = "quiet";
    private static final String AWAKE = "awake";
    /// A process's own time is exact and the machine's is sampled; with both CPUs full they differed by up to 0.17.
    private static final double BURNER_BLUR_CORES = 0.2;

    private static final String P50 = "p50";
    private static final String P99 = "p99";

    @Mixin
    private Suite suite = new Suite();

    @Override
    public Integer call() {
        var unit = new LinkedHashMap<String, String>();
        unit.put(P50, "us of round trip");
        unit.put(P99, "us of round trip");
        return suite.run(
                "latency",
                PORT,
                List.of(
                        new Cell(ForwardingMethod.NAT, QUIET, 1, false),
                        new Cell(ForwardingMethod.NAT, AWAKE, 1, false),
                        new Cell(ForwardingMethod.DR, QUIET, 1, false),
                        new Cell(ForwardingMethod.DR, AWAKE, 1, false)),
                this,
                () -> Optional.of(LoadProcess.responder("echo", PORT)),
                unit,
                Map.of(
                        "load",
                        "one client, one message of 64 bytes at a time",
                        "warm-up",
                        warmUpS() + " s of each sample"));
    }

    @Override
    public void warmUp(Target target, int seconds) {
        run(target, ForwardingMethod.NAT, 0, seconds);
    }

    @Override
    public Runner.Measured measure(Target target, Cell cell) {
        var awake = cell.name().equals(AWAKE) ? burners() : List.<Process>of();
        Map<String, Double> values;
        try {
            values = run(target, cell.method(), warmUpS(), suite.isQuick() ? 1 : 2);
        } finally {
            awake.forEach(burner -> burner.destroyForcibly().onExit().join());
        }
        var told = new LinkedHashMap<String, Double>();
        told.put(P50, values.getOrDefault("p50Us", Double.NaN));
        told.put(P99, values.getOrDefault("p99Us", Double.NaN));
        return new Runner.Measured(told, 1, awake.isEmpty() ? 0 : BURNER_BLUR_CORES);
    }

    /// One for each CPU, in the scheduling class that runs only if nothing else wants to.
    private static List<Process> burners() {
        return IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(cpu -> Program.start(
                        Program.FILES.resolve("burner.out"),
                        List.of(
                                "taskset",
                                "--cpu-list",
                                "" + cpu,
                                "chrt",
                                "--idle",
                                "0",
                                "sh",
                                "-c",
                                "while :; do :; done")))
                .toList();
    }

    private double warmUpS() {
        return suite.isQuick() ? 0.5 : 1;
    }

    private static Map<String, Double> run(Target target, ForwardingMethod method, double warmUpS, double seconds) {
        return LoadProcess.client(
                "PingPong",
                Duration.ofSeconds(10),
                List.of(Network.CLIENT_ADDRESS, target.address(method), "" + PORT, "" + warmUpS, "" + seconds));
    }
}
