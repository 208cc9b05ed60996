package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// SYNs of forged sources through each target, and their effect on clients. The director's service is sticky, and its
/// tables are full within the first seconds; nftables has the kernel's table of 262144 connections.
@Command(
        name = "flood",
        description = "Clients under a flood of SYNs at three rates: who is let in, who is kept, which SYNs arrive.",
        mixinStandardHelpOptions = true)
final class FloodSuite implements Callable<Integer>, Runner.Probe {
    private static final int PORT = 7008;
    private static final int SECONDS = 5;
    private static final int FIRST = 21;
    private static final int CLIENTS_MAX = 52; // in each cell
    private static final int TABLES_MAX = 10_000;

    private static final String LET_IN = "let in";
    private static final String TOOK = "took";
    private static final String KEPT = "kept";
    private static final String ARRIVED = "arrived";

    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

    @Mixin
    private Suite suite = new Suite();

    @Override
    public Integer call() {
        var unit = new LinkedHashMap<String, String>();
        unit.put(LET_IN, "% of the newcomers, within 5 s");
        unit.put(TOOK, "ms that a newcomer took in the median");
        unit.put(KEPT, "% of the 20 connections that were there before");
        unit.put(ARRIVED, "% of the SYNs, at the real server");
        return suite.sticky(List.of("connections-max: " + TABLES_MAX, "templates-max: " + TABLES_MAX))
                .run(
                        "flood",
                        PORT,
                        Stream.of(2_000, 10_000, 20_000)
                                .map(rate -> new Cell(ForwardingMethod.NAT, rate + "/s", rate, false))
                                .toList(),
                        this,
                        FloodSuite::server,
                        unit,
                        Map.of("load", SECONDS + " s of SYNs, ten newcomers a second", "warm-up", "500 SYNs a second"));
    }

    private static Optional<Process> server() {
        Network.REAL_SERVER.nft("""
                table ip flood {
                    chain input {
                        type filter hook input priority -300
                        ip saddr 100.64.0.0/10 tcp dport %d counter
                    }
                }
                """.formatted(PORT));
        return Optional.of(LoadProcess.responder("echo", PORT));
    }

    @Override
    public void warmUp(Target target, int seconds) {
        run(target, 500, seconds, FIRST + 3 * CLIENTS_MAX);
    }

    @Override
    public Runner.Measured measure(Target target, Cell cell) {
        long before = arrived();
        int number = cell.parallel() == 2_000 ? 0 : cell.parallel() / 10_000;
        var values = run(target, cell.parallel(), SECONDS, FIRST + number * CLIENTS_MAX);
        var told = new LinkedHashMap<String, Double>();
        told.put(LET_IN, values.getOrDefault("letIn", Double.NaN));
        told.put(TOOK, values.getOrDefault("medianMs", Double.NaN));
        told.put(KEPT, values.getOrDefault("kept", Double.NaN));
        told.put(ARRIVED, 100.0 * (arrived() - before) / values.getOrDefault("sent", Double.NaN));
        return new Runner.Measured(told, 1);
    }

    private static long arrived() {
        var counter = PACKETS.matcher(Network.REAL_SERVER.run("nft", "list", "chain", "ip", "flood", "input"));
        if (!counter.find()) {
            throw new MeasurementException("the real server counts no SYNs");
        }
        return Long.parseLong(counter.group(1));
    }

    private static Map<String, Double> run(Target target, int perSecond, int seconds, int first) {
        return LoadProcess.client(
                "Flood",
                Duration.ofSeconds(20),
                List.of(
                        Network.CLIENT_NETWORK,
                        target.address(ForwardingMethod.NAT),
                        "" + PORT,
                        "" + perSecond,
                        "" + seconds,
                        "" + first));
    }
}
