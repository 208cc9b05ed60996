package holdfast.bench;

import holdfast.bench.seal.Datagrams;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;

/// The cost of the interconnect's seal for each datagram, and the cost of a stranger's datagram.
@Command(
        name = "seal",
        description = "The seal of the interconnect, for each datagram; needs no network, takes two minutes.",
        mixinStandardHelpOptions = true)
final class SealSuite implements Callable<Integer> {
    /// An acknowledgement, a full frame, a batch of 200 deltas, a fragment.
    private static final String[] SIZES = {"100", "1400", "4000", "50000"};

    @Override
    public Integer call() throws RunnerException {
        var options = new OptionsBuilder()
                .include("^" + Datagrams.class.getName() + "\\.")
                .param("bytes", SIZES)
                .forks(1)
                .jvmArgsAppend("-XX:+UseZGC", "-Xms128m", "-Xmx128m")
                .warmupIterations(4)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(3)
                .measurementTime(TimeValue.milliseconds(300))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        System.out.println("| datagram | bytes | us | bytes allocated |");
        System.out.println("|---|---|---|---|");
        for (RunResult result : List.copyOf(new Runner(options).run())) {
            System.out.printf(
                    "| %s | %s | %.2f | %.0f |%n",
                    result.getPrimaryResult().getLabel(),
                    result.getParams().getParam("bytes"),
                    result.getPrimaryResult().getScore() / 1000,
                    Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                            .getScore());
        }
        return 0;
    }
}
