package holdfast.demo;

import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Planned failovers in a row, back and forth under load. The first taker has only just started, so that its first
/// failover is included.
final class Failovers {
    static final int REQUESTS_PER_SECOND = 1000;
    private static final int PROBES_STARTED = 1000;
    private static final Duration UNDER_WAY_MAX = Duration.ofSeconds(20);
    private static final Duration READY_MAX = Duration.ofSeconds(30);
    /// More time than a row of failovers needs for each of them.
    private static final Duration EACH_MAX = Duration.ofSeconds(10);
    /// The failover comes right after a director is ready, so the check is more frequent than elsewhere.
    private static final long LOOK_INTERVAL = 10_000_000;

    private final Pair pair;
    private final Lab lab;
    private final Shoppers shoppers;
    private final int wanted;
    private final Map<Target, Prober> probers = new EnumMap<>(Target.class);
    private final List<String> failures = new ArrayList<>();
    private final List<@Nullable Double> heldMs = new ArrayList<>();
    /// When the first failover was requested; it causes no earlier failure.
    private long firstAt;
    private int moved;
    private int refused;
    private int aborted;
    private @Nullable Double firstReadySeconds;
    private CpuWait.Longest waited = CpuWait.Longest.NONE;

    /// @param wanted  number of failovers
    Failovers(Pair pair, Shoppers shoppers, int wanted) {
        this.pair = pair;
        this.shoppers = shoppers;
        this.wanted = wanted;
        lab = pair.lab();
    }

    FailoverRow run() throws IOException, InterruptedException {
        shoppers.fillCarts();
        for (var target : Target.values()) {
            var lengthMax = UNDER_WAY_MAX.plus(READY_MAX).plus(EACH_MAX.multipliedBy(wanted));
            probers.put(target, Prober.start(target.client(3), target.echo(), lengthMax));
        }
        var load = RequestLoad.start(shoppers.all(), REQUESTS_PER_SECOND);
        try {
            Lab.await(
                    "probes are under way",
                    UNDER_WAY_MAX,
                    () -> probers.values().stream().allMatch(prober -> prober.answered() >= PROBES_STARTED));
            backAndForth(restartedStandby());
        } catch (Lab.NotInTimeException | IllegalStateException | UncheckedIOException e) {
            failures.add("the row broke off: " + e.getMessage());
        }
        return judged(load.stop());
    }

    /// @return the active, whose standby has just been started
    private Director restartedStandby() {
        var active = pair.active();
        var taker = lab.other(active);
        pair.say("kill -9 of the standby " + taker + ", and starting it again");
        taker.kill();
        long beginAt = System.nanoTime();
        taker.start();
        awaitReady(active);
        firstReadySeconds = Math.round((System.nanoTime() - beginAt) / 10_000_000.0) / 100.0;
        return active;
    }

    private void backAndForth(Director first) {
        try (var waits = CpuWait.on(List.of(first, lab.other(first)))) {
            firstAt = System.nanoTime();
            moveFrom(first);
            waits.stop();
            waited = waits.longest(firstAt, System.nanoTime());
        }
    }

    private void moveFrom(Director first) {
        var active = first;
        for (int n = 1; n <= wanted; n++) {
            awaitReady(active);
            var result = pair.handOver(active);
            refused += result.refused();
            aborted += result.aborted();
            int number = n;
            result.failures().forEach(why -> failures.add("number " + number + ": " + why));
            if (!result.moved()) {
                return;
            }
            moved++;
            heldMs.add(result.heldMs());
            active = lab.other(active);
            pair.say("  failover %d of %d: %s is active, packets held for %s ms"
                    .formatted(n, wanted, active, result.heldMs() == null ? "?" : "%.1f".formatted(result.heldMs())));
        }
    }

    private void awaitReady(Director active) {
        long giveUpAt = System.nanoTime() + READY_MAX.toNanos();
        while (!isReady(active)) {
            if (System.nanoTime() - giveUpAt >= 0) {
                throw new IllegalStateException(
                        "waited %d s in vain until %s called a failover safe".formatted(READY_MAX.toSeconds(), active));
            }
            LockSupport.parkNanos(LOOK_INTERVAL);
        }
    }

    /// A director that has only just become active may not answer yet.
    private boolean isReady(Director active) {
        try {
            return pair.isReady(active);
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private FailoverRow judged(RequestLoad.Result load) throws IOException, InterruptedException {
        long from = firstAt == 0 ? System.nanoTime() : firstAt;
        var outage = new Outage(0, 0, 0, 0);
        int lostBeforehand = 0;
        for (var prober : probers.values()) {
            outage = outage.and(prober.stop());
            lostBeforehand += prober.lostBefore(from);
        }
        int failedBeforehand = load.failuresBefore(from);
        load.firstFailure().ifPresent(first -> pair.say("  the first of the failed requests: " + first.why()));
        return new FailoverRow(
                wanted,
                moved,
                refused,
                aborted,
                REQUESTS_PER_SECOND,
                load.perSecond(),
                load.requests(),
                load.failures() - failedBeforehand,
                failedBeforehand,
                outage.sent(),
                outage.lost() - lostBeforehand,
                lostBeforehand,
                Shoppers.COUNT,
                shoppers.countKept(),
                firstReadySeconds,
                Collections.unmodifiableList(heldMs),
                waited.ms(),
                waited.thread(),
                List.copyOf(failures));
    }
}
