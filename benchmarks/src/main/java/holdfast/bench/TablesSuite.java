package holdfast.bench;

import holdfast.bench.TablesReport.Cost;
import holdfast.bench.TablesReport.Footprint;
import holdfast.bench.TablesReport.Storm;
import holdfast.bench.json.ReportJson;
import holdfast.bench.tables.Lookup;
import holdfast.bench.tables.Turnover;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The director's tables beside Java's maps: lookups, turnover, memory, and a storm of expiries.
@Command(
        name = "tables",
        description = "The director's tables beside ConcurrentHashMap and Agrona's map; needs no network.",
        mixinStandardHelpOptions = true)
final class TablesSuite implements Callable<Integer> {
    static final String TEMPLATES = "templates";
    static final String CONNECTIONS = "connections";
    static final List<String> PEERS = List.of("ConcurrentHashMap", "Agrona");

    private static final List<String> OTHERS = List.of("templates-ipv6", CONNECTIONS, "connections-ipv6");
    private static final int MILLION = 1_000_000;
    private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, MILLION, 8 * MILLION, 16 * MILLION);
    private static final List<Integer> TURNOVER_SIZES = List.of(MILLION, 8 * MILLION);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final List<String> JVM =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    /// Our tables run with a director's settings.
    private static final List<String> OUR_JVM = List.of("-XX:+UseZGC", "-Xms128m", "-Xmx128m");
    /// The peers run with the settings that suit them best.
    private static final List<String> PEER_JVM =
            List.of("-XX:+UseParallelGC", "-Xms6g", "-Xmx6g", "-XX:+UseTransparentHugePages");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--quick", description = "two sizes and short iterations, about two minutes; only for a look")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "where the report goes, with its plot beside it (default: build/bench/tables.json)")
    private Optional<Path> json = Optional.empty();

    private final List<Cost> costs = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException {
        var startedAt = Instant.now();
        for (var subject : subjects()) {
            for (int entries : sizes(subject)) {
                measure(subject, entries);
            }
        }
        var footprints = footprints();
        var storms = storms();
        var report = new TablesReport(
                "tables",
                command(),
                startedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
                Duration.between(startedAt, Instant.now()).toMillis() / 1000.0,
                quick,
                Machine.here(),
                method(),
                costs,
                footprints,
                storms,
                TablesBars.of(costs, footprints, storms));
        var file = json.orElseGet(() -> Suite.home().resolve("build/bench/tables.json"));
        Program.write(file, ReportJson.write(report));
        Program.write(
                file.resolveSibling(file.getFileName().toString().replaceAll("\\.json$", "") + ".svg"),
                TablesPlot.of(costs));
        System.out.print(TablesTable.of(report));
        return 0;
    }

    private static List<String> subjects() {
        var subjects = new ArrayList<>(List.of(TEMPLATES));
        subjects.addAll(PEERS);
        subjects.addAll(OTHERS);
        return subjects;
    }

    private List<Integer> sizes(String subject) {
        if (quick) {
            return OTHERS.contains(subject) ? List.of(MILLION) : List.of(1_000, MILLION);
        }
        return OTHERS.contains(subject) ? TURNOVER_SIZES : SIZES;
    }

    private void measure(String subject, int entries) throws RunnerException {
        var options = new OptionsBuilder()
                .include("^" + Lookup.class.getName() + "\\.")
                .param("subject", subject)
                .param("entries", Integer.toString(entries))
                .forks(1)
                .warmupIterations(quick ? 2 : 3)
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 300))
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(TimeValue.milliseconds(quick ? 200 : 300))
                .addProfiler(GCProfiler.class)
                .jvmArgs(jvm(subject).toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (TURNOVER_SIZES.contains(entries)) {
            options.include("^" + Turnover.class.getName() + "\\.");
        }
        for (var result : new org.openjdk.jmh.runner.Runner(options.build()).run()) {
            var cost = cost(subject, entries, result);
            costs.add(cost);
            progress("%-18s %9d  %-16s %s ns"
                    .formatted(subject, entries, cost.operation(), cost.ns().text(1)));
        }
    }

    private static Cost cost(String subject, int entries, RunResult result) {
        var ns = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(iteration -> iteration.getPrimaryResult().getScore())
                .toList();
        double allocated = result.getSecondaryResults().keySet().stream()
                .filter(name -> name.endsWith("gc.alloc.rate.norm"))
                .mapToDouble(name -> Objects.requireNonNull(
                                result.getSecondaryResults().get(name))
                        .getScore())
                .findFirst()
                .orElse(Double.NaN);
        return new Cost(subject, entries, result.getPrimaryResult().getLabel(), Summary.of(ns), allocated);
    }

    private List<Footprint> footprints() {
        var found = new ArrayList<Footprint>();
        int entries = quick ? MILLION : 8 * MILLION;
        for (var subject : subjects()) {
            found.add(footprint(subject, entries));
        }
        if (!quick) {
            found.add(footprint(TEMPLATES, 16 * MILLION));
        }
        return found;
    }

    private static Footprint footprint(String subject, int entries) {
        var printed = run(subject, "Footprint", List.of(subject, Integer.toString(entries)));
        var footprint = new Footprint(subject, entries, number(printed, "residentBytes"), number(printed, "heapBytes"));
        progress("%-18s %9d  %.1f bytes per entry".formatted(subject, entries, footprint.bytesPerEntry()));
        return footprint;
    }

    private List<Storm> storms() {
        var storms = run(TEMPLATES, "Storm", quick ? List.of("1", "1000") : List.of("4", "2000"))
                .lines()
                .map(TablesSuite::storm)
                .toList();
        storms.forEach(storm -> progress(storm.toString()));
        return storms.subList(1, storms.size()); // the first was for the compilers
    }

    private static Storm storm(String line) {
        var fields = line.split(" ", -1);
        long[] n = Arrays.stream(fields).skip(1).mapToLong(Long::parseLong).toArray();
        return new Storm(fields[0], n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    }

    private static String run(String subject, String program, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm(subject));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "holdfast.bench.tables." + program));
        command.addAll(arguments);
        return Program.run(LIMIT, command);
    }

    private static List<String> jvm(String subject) {
        var jvm = new ArrayList<>(JVM);
        jvm.addAll(PEERS.contains(subject) ? PEER_JVM : OUR_JVM);
        return jvm;
    }

    private static long number(String printed, String name) {
        return printed.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new MeasurementException("no " + name + " in: " + printed));
    }

    private static Map<String, String> method() {
        return Map.of(
                "costs",
                "JMH, one fork for each, average time of a thread that has a CPU for itself; every table is full",
                "single",
                "each client comes from the result before, with a full fence between",
                "footprint",
                "VmRSS before and after filling; for the peers the larger one of that and of the heap after a collection",
                "storm",
                "a packet each 10 us, timers with 64 templates a turn; idle rounds beside",
                "our JVM",
                String.join(" ", OUR_JVM),
                "peers' JVM",
                String.join(" ", PEER_JVM));
    }

    private String command() {
        var typed = Objects.requireNonNull(spec, "picocli sets it")
                .root()
                .commandLine()
                .getParseResult()
                .originalArgs();
        return "bin/bench " + String.join(" ", typed);
    }

    private static void progress(String line) {
        System.err.println(line);
    }
}
