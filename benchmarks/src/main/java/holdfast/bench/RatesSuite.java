package holdfast.bench;

import holdfast.conf.ForwardingMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// New HTTP connections per second through each target.
@Command(
        name = "rates",
        description = "New HTTP connections per second, one request each.",
        mixinStandardHelpOptions = true)
final class RatesSuite implements Callable<Integer>, Runner.Probe {
    private static final int PORT = 8008;
    private static final String METRIC = "conn/s";

    @Mixin
    private Suite suite = new Suite();

    @Override
    public Integer call() {
        return suite.run(
                "rates",
                PORT,
                List.of(
                        new Cell(ForwardingMethod.NAT, "32 clients", 32, false),
                        new Cell(ForwardingMethod.NAT, "128 clients", 128, false),
                        new Cell(ForwardingMethod.DR, "32 clients", 32, false)),
                this,
                () -> Optional.of(LoadProcess.responder("http", PORT)),
                Map.of(METRIC, "connections per second, each with one request and one answer"),
                Map.of(
                        "load",
                        "one thread at each end, one request per connection",
                        "warm-up",
                        warmUpS() + " s of each sample"));
    }

    @Override
    public void warmUp(Target target, int seconds) {
        run(target, new Cell(ForwardingMethod.NAT, "warm-up", 32, false), 0, seconds);
    }

    @Override
    public Runner.Measured measure(Target target, Cell cell) {
        var values = run(target, cell, warmUpS(), suite.isQuick() ? 1 : 2);
        double failed = values.getOrDefault("failed", Double.NaN);
        if (failed != 0) {
            throw new MeasurementException("%.0f of %.0f connections failed"
                    .formatted(failed, failed + values.getOrDefault("connections", Double.NaN)));
        }
        return new Runner.Measured(Map.of(METRIC, values.getOrDefault("connectionsPerS", Double.NaN)), 1);
    }

    private double warmUpS() {
        return suite.isQuick() ? 0.5 : 1;
    }

    private static Map<String, Double> run(Target target, Cell cell, double warmUpS, double seconds) {
        return LoadProcess.client(
                "Connector",
                Duration.ofSeconds(12),
                List.of(
                        Network.CLIENT_NETWORK,
                        target.address(cell.method()),
                        "" + PORT,
                        "" + warmUpS,
                        "" + seconds,
                        "" + cell.parallel()));
    }
}
