package holdfast.bench;

import holdfast.bench.Report.Sample;
import holdfast.bench.Report.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures every cell on every target, round by round.
///
/// One target runs at a time, from its start to its end, so that no target is measured beside another's idle process.
final class Runner {
    /// More busy CPUs than this before a sample mean that foreign programs use the machine.
    private static final double QUIET_CORES = 0.25;
    /// The trial's bound (packet-io 3).
    private static final double FOREIGN_CORES = 0.12;

    private static final int KERNEL_WARM_UP_S = 1;
    /// The compilers of a young JVM take a third of a CPU from it for its first seconds.
    private static final int PROCESS_WARM_UP_S = 4;
    private static final Duration LOOK = Duration.ofMillis(200);

    private final List<Target> targets;
    private final List<Cell> cells;
    private final Probe probe;
    private final List<Long> own;
    private final List<Sample> samples = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();
    private long patienceNs;

    /// The measurement of a suite.
    interface Probe {
        /// Puts load on a target that has just been started.
        void warmUp(Target target, int seconds);

        Measured measure(Target target, Cell cell);
    }

    /// The result of a probe.
    ///
    /// @param values     by metric
    /// @param sentBytes  minimum that the client sent, so that its carrier must have seen it
    /// @param blurCores  how far the CPU time of the load may differ from the machine's ticks for it
    record Measured(Map<String, Double> values, long sentBytes, double blurCores) {
        Measured(Map<String, Double> values, long sentBytes) {
            this(values, sentBytes, 0);
        }
    }

    /// @param own       ids of the processes that make the load, including their children
    /// @param patience  total time to wait for a quiet machine
    Runner(List<Target> targets, List<Cell> cells, Probe probe, List<Long> own, Duration patience) {
        this.targets = List.copyOf(targets);
        this.cells = List.copyOf(cells);
        this.probe = probe;
        this.own = List.copyOf(own);
        patienceNs = patience.toNanos();
    }

    List<Sample> samples() {
        return samples;
    }

    List<Start> starts() {
        return starts;
    }

    /// Runs whole rounds only: starts no round that would end after `limit`, judging by the longest one so far.
    ///
    /// @return number of rounds done
    int run(int rounds, Duration limit) {
        long startedAt = System.nanoTime();
        long longest = 0;
        for (int round = 0; round < rounds; round++) {
            long roundAt = System.nanoTime();
            if (roundAt - startedAt + longest > limit.toNanos()) {
                progress("no time for round %d of %d within %d s".formatted(round + 1, rounds, limit.toSeconds()));
                return round;
            }
            for (var target : Rounds.order(targets, round)) {
                measure(round, target);
            }
            longest = Math.max(longest, System.nanoTime() - roundAt);
        }
        return rounds;
    }

    private void measure(int round, Target target) {
        long startedAt = System.nanoTime();
        try (var running = target.start()) {
            double startS = seconds(System.nanoTime() - startedAt);
            probe.warmUp(target, running.pid().isPresent() ? PROCESS_WARM_UP_S : KERNEL_WARM_UP_S);
            for (var cell : cells) {
                var sample = sample(round, target, running, cell);
                samples.add(sample);
                progress(line(sample));
            }
            starts.add(new Start(round + 1, target.name(), startS, running.counters(), null));
        } catch (MeasurementException e) {
            progress("round %d  %s: %s".formatted(round + 1, target.name(), e.getMessage()));
            starts.add(new Start(
                    round + 1, target.name(), seconds(System.nanoTime() - startedAt), Map.of(), e.getMessage()));
        }
    }

    private Sample sample(int round, Target target, Target.Running running, Cell cell) {
        try {
            double busyBefore = awaitQuiet();
            var carrier = target.carrier(cell.method());
            long receivedBefore = received(carrier);
            var directorBefore = director(running);
            var ownBefore = own();
            var before = Cpu.now();
            var measured = probe.measure(target, cell);
            var machine = Cpu.now().minus(before);
            var own = own().minus(ownBefore);
            var director = director(running).minus(directorBefore);
            if (carrier.isPresent() && received(carrier) - receivedBefore < measured.sentBytes()) {
                throw new MeasurementException(
                        "the traffic did not pass " + carrier.get().name());
            }
            double foreign = machine.cores(Math.max(0, machine.user() - director.user() - own.user() - own.children()));
            return new Sample(
                    round + 1,
                    target.name(),
                    cell.method().name(),
                    cell.name(),
                    measured.values(),
                    busyBefore,
                    machine.cores(machine.user() + machine.system()),
                    running.pid().isPresent() ? machine.cores(director.user() + director.system()) : null,
                    foreign,
                    machine.cores(machine.steal()),
                    busyBefore > QUIET_CORES || foreign > FOREIGN_CORES + measured.blurCores(),
                    null);
        } catch (MeasurementException e) {
            return Sample.failed(round + 1, target.name(), cell, String.valueOf(e.getMessage()));
        }
    }

    private static Cpu.OfProcess director(Target.Running running) {
        return running.pid().map(Cpu.OfProcess::now).orElse(Cpu.OfProcess.NONE);
    }

    /// CPU time of this program, the real server and the ended clients.
    private Cpu.OfProcess own() {
        return own.stream().map(Cpu.OfProcess::now).reduce(Cpu.OfProcess.NONE, Cpu.OfProcess::plus);
    }

    private static long received(Optional<Namespace> carrier) {
        return carrier.map(namespace -> namespace.receivedBytes("front")).orElse(0L);
    }

    /// Waits until the machine is quiet or the run's patience is used up.
    ///
    /// @return CPUs busy at the last reading
    private double awaitQuiet() {
        while (true) {
            long lookedAt = System.nanoTime();
            double busy = look();
            if (busy <= QUIET_CORES || patienceNs <= 0) {
                return busy;
            }
            patienceNs -= System.nanoTime() - lookedAt;
        }
    }

    private static double look() {
        var before = Cpu.now();
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            throw new MeasurementException("interrupted", e);
        }
        var spent = Cpu.now().minus(before);
        return spent.cores(spent.user() + spent.system());
    }

    private static String line(Sample sample) {
        return "round %d  %-28s %-3s %-10s %s%s"
                .formatted(
                        sample.round(),
                        sample.target(),
                        sample.method(),
                        sample.cell(),
                        sample.failure() == null ? Table.values(sample.values()) : "failed: " + sample.failure(),
                        sample.disturbed() ? "  (disturbed)" : "");
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private static void progress(String line) {
        System.err.println(line);
    }
}
