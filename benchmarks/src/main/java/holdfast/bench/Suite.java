package holdfast.bench;

import holdfast.bench.json.ReportJson;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The common part of all suites: their options, targets and reports.
final class Suite {
    private static final int DONE = 0;
    private static final int NOT_MEASURED = 1;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", description = "rounds (default: 4, with --quick 2)")
    private Optional<Integer> rounds = Optional.empty();

    @Option(names = "--quick", description = "short samples, about a minute; for a look, not for a comparison")
    private boolean quick;

    @Option(names = "--variants", description = "also Holdfast with shield off, spin-us 0, and both")
    private boolean variants;

    @Option(
            names = "--targets",
            split = ",",
            paramLabel = "NAME",
            description = "some of plain, nft and holdfast (default: all)")
    private List<String> targets = List.of("plain", "nft", "holdfast");

    @Option(
            names = "--limit-s",
            paramLabel = "S",
            description = "begin no round that would end later (default: 235, with --variants 480)")
    private Optional<Integer> limitS = Optional.empty();

    @Option(
            names = "--patience-s",
            paramLabel = "S",
            defaultValue = "20",
            description = "wait so long in all for others to leave the machine alone (default: ${DEFAULT-VALUE})")
    private int patienceS;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "where the report goes (default: build/bench/SUITE.json)")
    private Optional<Path> json = Optional.empty();

    private List<String> datapath = List.of();
    private boolean isSticky;
    private String sections = "";

    /// Gives directors a persistent service, and these lines of the section `datapath`.
    Suite sticky(List<String> lines) {
        datapath = List.copyOf(lines);
        isSticky = true;
        return this;
    }

    /// Gives directors these sections of the configuration too.
    Suite with(String sections) {
        this.sections = sections;
        return this;
    }

    /// Measures this target alone, whatever `--targets` says: the suite means nothing for the others.
    Suite only(String target) {
        targets = List.of(target);
        return this;
    }

    boolean isQuick() {
        return quick;
    }

    /// Measures, prints the table and writes the report.
    ///
    /// @param prepare  called last before the rounds; returns the real server that it started, if any
    /// @return the exit code: 0 if every cell has a value on every target
    int run(
            String name,
            int port,
            List<Cell> cells,
            Runner.Probe probe,
            Supplier<Optional<Process>> prepare,
            Map<String, String> unit,
            Map<String, String> method) {
        var chosen = chosen(port);
        var startedAt = Instant.now();
        Network.make(port);
        var own = new ArrayList<>(List.of(ProcessHandle.current().pid()));
        prepare.get().ifPresent(process -> own.add(process.pid()));
        var runner = new Runner(chosen, cells, probe, own, Duration.ofSeconds(patienceS));
        int wanted = rounds.orElse(quick ? 2 : 4);
        int done = runner.run(wanted, Duration.ofSeconds(limitS.orElse(variants ? 480 : 235)));
        var results = Results.of(runner.samples());
        var report = new Report(
                name,
                command(),
                startedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
                Duration.between(startedAt, Instant.now()).toMillis() / 1000.0,
                done,
                wanted,
                Machine.here(),
                method,
                unit,
                results,
                runner.samples(),
                runner.starts());
        Program.write(json.orElseGet(() -> home().resolve("build/bench/" + name + ".json")), ReportJson.write(report));
        System.out.print(Table.of(report));
        return results.size() == chosen.size() * cells.size() * unit.size() ? DONE : NOT_MEASURED;
    }

    private List<Target> chosen(int port) {
        var chosen = new ArrayList<Target>();
        for (var target : targets) {
            switch (target) {
                case "plain" -> chosen.add(KernelTarget.PLAIN);
                case "nft" -> chosen.add(KernelTarget.NFT);
                case "holdfast" -> chosen.addAll(holdfast(port));
                default -> throw wrong("there is no target '" + target + "'; there are plain, nft and holdfast");
            }
        }
        if (rounds.orElse(1) < 1) {
            throw wrong("--rounds must be 1 or more");
        }
        return chosen;
    }

    private List<Target> holdfast(int port) {
        var holdfast = new ArrayList<Target>();
        holdfast.add(holdfast("", List.of(), port));
        if (variants) {
            holdfast.add(holdfast(", no shield", List.of("shield: false"), port));
            holdfast.add(holdfast(", no spin", List.of("spin-us: 0"), port));
            holdfast.add(holdfast(", neither", List.of("shield: false", "spin-us: 0"), port));
        }
        return holdfast;
    }

    private Target holdfast(String variant, List<String> lines, int port) {
        var all = Stream.concat(datapath.stream(), lines.stream()).toList();
        return new HoldfastTarget("holdfast" + variant, all, isSticky, sections, port);
    }

    private ParameterException wrong(String what) {
        return new ParameterException(self().commandLine(), what);
    }

    private CommandSpec self() {
        return Objects.requireNonNull(spec, "picocli sets it");
    }

    private String command() {
        var typed = self().root().commandLine().getParseResult().originalArgs();
        return "bin/bench " + String.join(" ", typed);
    }

    static Path home() {
        return Path.of(System.getenv().getOrDefault("HOLDFAST_HOME", "."));
    }
}
