package holdfast.boot;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Warms a director up on the thread `rehearsal`, while it already stands by. It runs everything that a failover needs
/// on throw-away instances ([RehearsedPair]) until it hardly gets faster ([Warmth]), and then waits for the compiler.
///
/// A JVM loads a class at its first use, links each call site at its first call, and interprets code that has run less
/// than some hundred times. Without the rehearsal, a first failover after a start took five times the CPU time of a
/// fifth one, and on a slow machine longer than its deadline.
final class Rehearsal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final long TIME_MAX_NS = 10_000_000_000L;
    private static final int REST_PART = 4; // of each lap's time, so that a datapath gets its CPU

    private static final long COMPILED_MAX_NS = 1_000_000_000L;
    private static final long LOOK_NS = 50_000_000;
    private static final int BUSY_PART = 4; // a compiler that works less than this part of the time is done

    private final Runnable readout;
    private final Runnable done;
    private final Thread thread =
            Thread.ofPlatform().name(RehearsedPair.THREAD).daemon().unstarted(this::run);
    private final long startedAt = System.nanoTime();
    private volatile boolean isOver;
    private volatile boolean isClosed;
    private volatile int rounds;

    private Rehearsal(Runnable readout, Runnable done) {
        this.readout = readout;
        this.done = done;
    }

    /// @param readout  a question of an operator; called once in each lap
    /// @param done     called once, when [#obstacle] is gone; on the thread `rehearsal`
    static Rehearsal start(Runnable readout, Runnable done) {
        var rehearsal = new Rehearsal(readout, done);
        rehearsal.thread.start();
        return rehearsal;
    }

    /// Why this director is not ready yet; empty once it is.
    Optional<String> obstacle() {
        return isOver
                ? Optional.empty()
                : Optional.of("it is warming up for %d s; that ends by itself"
                        .formatted((System.nanoTime() - startedAt) / 1_000_000_000));
    }

    /// Number of rounds run so far.
    int rounds() {
        return rounds;
    }

    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            rehearse();
            awaitCompiler();
            if (isClosed) {
                return;
            }
            log.info("director warm rounds={} took-ms={}", rounds, (System.nanoTime() - startedAt) / 1_000_000);
        } catch (RuntimeException | Error e) {
            log.warn("rehearsal failed action=go-on-cold cause=\"{}\"", e.toString(), e); // a cold one beats none
        }
        isOver = true;
        done.run();
    }

    private void rehearse() {
        var threads = ManagementFactory.getThreadMXBean();
        var warmth = Warmth.COLD;
        try (var pair = new RehearsedPair()) {
            while (goesOn() && !warmth.isReached()) {
                long lapAt = System.nanoTime();
                long cpu = threads.getCurrentThreadCpuTime();
                for (int round = 0; round < Warmth.ROUNDS && goesOn(); round++) {
                    pair.round();
                    rounds = pair.rounds();
                }
                warmth = warmth.after(threads.getCurrentThreadCpuTime() - cpu);
                readout.run();
                LockSupport.parkNanos((System.nanoTime() - lapAt) / REST_PART);
            }
        }
    }

    /// Waits while the rehearsed code is being compiled, on the CPUs that a failover would need.
    private void awaitCompiler() {
        var compiler = Optional.ofNullable(ManagementFactory.getCompilationMXBean());
        long before = 0;
        long worked = Long.MAX_VALUE;
        for (long waited = 0;
                waited < COMPILED_MAX_NS && worked > LOOK_NS / BUSY_PART && !isClosed;
                waited += LOOK_NS) {
            LockSupport.parkNanos(LOOK_NS);
            long now = TimeUnit.MILLISECONDS.toNanos(
                    compiler.map(bean -> bean.getTotalCompilationTime()).orElse(0L));
            worked = now - before;
            before = now;
        }
    }

    private boolean goesOn() {
        return !isClosed && System.nanoTime() - startedAt < TIME_MAX_NS;
    }

    /// Ends the rehearsal with the present round; [#obstacle] stays.
    void stop() {
        isClosed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void close() {
        stop();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
