package holdfast.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `bin/bench SUITE`: runs inside the outer namespace of a lab that has its network but no director; `tables` and
/// `seal` need no network.
@Command(
        name = "bin/bench",
        description = "Benchmarks beside their peers in the same run, in a lab of their own.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "SUITE",
        subcommands = {
            ThroughputSuite.class,
            RatesSuite.class,
            LatencySuite.class,
            FloodSuite.class,
            ApiSuite.class,
            TablesSuite.class,
            SealSuite.class,
            StartSuite.class,
            SyncSuite.class
        })
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
