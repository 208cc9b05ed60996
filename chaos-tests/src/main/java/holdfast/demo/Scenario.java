package holdfast.demo;

import holdfast.admin.Role;
import holdfast.admin.Sync;
import holdfast.demo.Round.Outcome;
import holdfast.demo.Round.Rejoin;
import holdfast.demo.Workload.Window;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The demo's story: carts are filled, then the active director dies, returns, is relieved, and is frozen, each time
/// under the same load. It ends with an equal pair, so that it can be repeated.
final class Scenario {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration REJOIN_MAX = Duration.ofSeconds(30);
    /// Advert intervals for which a director that returned is watched for taking the VIPs.
    private static final int INTERVALS_WATCHED = 20;
    private static final long WATCH_INTERVAL = 10_000_000;
    /// Number of readouts just before a fault.
    private static final int LAST_LOOKS = 5;
    /// A standby whose tables are further behind is not safe.
    private static final long YOUNG = 100_000_000;

    private final Pair pair;
    private final Lab lab;
    private final Shoppers shoppers;
    private final boolean synchronised;
    private List<String> failures = new ArrayList<>();
    private @Nullable Outcome crash;
    private @Nullable Rejoin rejoin;
    private @Nullable Outcome planned;
    private @Nullable Outcome freeze;

    /// @param synchronised  false if the directors do not replicate; then the crash alone is the story
    Scenario(Pair pair, Shoppers shoppers, boolean synchronised) {
        this.pair = pair;
        this.shoppers = shoppers;
        this.synchronised = synchronised;
        lab = pair.lab();
    }

    /// Starts everything.
    ///
    /// @return seconds from the start of both directors until they were a pair
    double start() throws IOException, InterruptedException {
        pair.say("starting three real servers and two directors");
        lab.startRealServers();
        Shoppers.warmUp(lab);
        long beginAt = System.nanoTime();
        lab.d1().start();
        lab.d2().start();
        awaitPair();
        double seconds = secondsSince(beginAt);
        var active = pair.active();
        pair.say(active + " is active, " + lab.other(active) + " stands by"
                + (synchronised ? " with equal tables" : ", not synchronised"));
        return seconds;
    }

    private void awaitPair() {
        if (synchronised) {
            lab.awaitEqualPair();
        } else {
            Lab.await(
                    "one director is active and the other one stands by",
                    START_MAX,
                    () -> lab.active()
                            .filter(active -> lab.other(active).is(Role.STANDBY))
                            .isPresent());
        }
    }

    /// Runs the whole story, or as much as is possible without synchronisation; if it ends early, the round shows
    /// it.
    Round tell(int number) throws InterruptedException {
        failures = new ArrayList<>();
        crash = null;
        rejoin = null;
        planned = null;
        freeze = null;
        boolean brokeOff = false;
        try {
            steps();
        } catch (Lab.NotInTimeException | IllegalStateException | IOException | UncheckedIOException e) {
            brokeOff = true;
            failures.add("the round broke off: " + e.getMessage());
        }
        return new Round(number, crash, rejoin, planned, freeze, brokeOff, failures);
    }

    private void steps() throws IOException, InterruptedException {
        shoppers.fillCarts();
        pair.say(Shoppers.COUNT + " clients have logged in and filled their carts, half by NAT and half by DR");
        var died = crash();
        if (!synchronised) {
            return;
        }
        rejoin(died);
        planned();
        freeze();
    }

    /// @return the director that died
    private Director crash() throws IOException, InterruptedException {
        var victim = pair.active();
        crash = underLoad("crash", active -> {
            pair.say("kill -9 of " + active);
            active.kill();
            return Strike.now();
        });
        return victim;
    }

    private void rejoin(Director died) {
        var active = lab.other(died);
        pair.say("starting " + died + " again");
        long beginAt = System.nanoTime();
        died.start();
        var equal = new Since(beginAt);
        var ready = new Since(beginAt);
        try {
            Lab.await(died + " has equal tables again and a failover to it is safe", REJOIN_MAX, () -> {
                boolean isEqual = equal.isSo(lab.hasEqualStandby(active));
                boolean isReady = ready.isSo(pair.isReady(active));
                return isEqual && isReady;
            });
        } catch (Lab.NotInTimeException e) {
            pair.say("  " + e.getMessage());
        }
        boolean isEqual = equal.seconds != null;
        double seconds = equal.seconds == null ? secondsSince(beginAt) : equal.seconds;
        rejoin = new Rejoin(isEqual, seconds, ready.seconds, takesOver(died, active));
        pair.say("%s %s after %.2f s".formatted(died, isEqual ? "is equal again" : "is not equal", seconds));
    }

    /// When a condition first held.
    private static final class Since {
        private final long beginAt;
        private @Nullable Double seconds;

        Since(long beginAt) {
            this.beginAt = beginAt;
        }

        boolean isSo(boolean now) {
            if (now && seconds == null) {
                seconds = secondsSince(beginAt);
            }
            return seconds != null;
        }
    }

    /// Whether a director that returned becomes active while it is watched.
    private boolean takesOver(Director joined, Director active) {
        long watch = active.status().adverts().intervalMs() * 1_000_000L * INTERVALS_WATCHED;
        for (long beginAt = System.nanoTime(); System.nanoTime() - beginAt < watch; ) {
            if (joined.is(Role.ACTIVE) || !active.is(Role.ACTIVE)) {
                return true;
            }
            LockSupport.parkNanos(WATCH_INTERVAL);
        }
        return false;
    }

    private void planned() throws IOException, InterruptedException {
        lab.awaitEqualPair();
        planned = underLoad("planned", active -> {
            pair.say("holdfast failover, asked of " + active);
            var result = pair.handOver(active);
            result.failures().forEach(why -> failures.add("planned: " + why));
            return new Strike(System.nanoTime(), Optional.ofNullable(result.heldMs()));
        });
    }

    private void freeze() throws IOException, InterruptedException {
        lab.awaitEqualPair();
        var frozen = pair.active();
        var watch = WireWatch.on(lab, frozen);
        freeze = underLoad("freeze", active -> {
            pair.say("SIGSTOP of " + active);
            active.freeze();
            var strike = Strike.now();
            pair.awaitTakeoverFrom(active);
            pair.say("SIGCONT of " + active + ", which must not claim anything");
            watch.isBackNow();
            active.thaw();
            return strike;
        });
        awaitStandsBy(frozen);
        failures.addAll(watch.stop());
    }

    private void awaitStandsBy(Director thawed) {
        try {
            Lab.await(
                    thawed + " stands by with equal tables", REJOIN_MAX, () -> lab.hasEqualStandby(lab.other(thawed)));
        } catch (Lab.NotInTimeException e) {
            failures.add("freeze: " + thawed + " did not become an equal standby afterwards.");
        }
    }

    private interface Fault {
        Strike strike(Director active);
    }

    /// @param by      when the active had stopped, [System#nanoTime]
    /// @param heldMs  how long packets were held on purpose
    private record Strike(long by, Optional<Double> heldMs) {
        static Strike now() {
            return new Strike(System.nanoTime(), Optional.empty());
        }
    }

    private Outcome underLoad(String step, Fault fault) throws IOException, InterruptedException {
        var active = pair.active();
        var next = lab.other(active);
        try (var workload = Workload.start(shoppers.all());
                var waits = CpuWait.on(List.of(active, next))) {
            var before = active.connections();
            long listedAt = System.nanoTime();
            var predicted = lastLooks(active, next);
            long struckAt = System.nanoTime();
            var strike = fault.strike(active);
            pair.awaitTakeoverFrom(active);
            var lasted = new Window(struckAt, System.nanoTime());
            if (workload.isDownloadOver()) {
                failures.add(step + ": a download did not span the fault, so it proves nothing.");
            }
            var after = next.connections();
            var losses = Losses.between(before, after, Duration.ofNanos(System.nanoTime() - listedAt));
            int kept = shoppers.countKept();
            waits.stop();
            pair.say("%s is active; %d of %d carts are there; waiting for the downloads"
                    .formatted(next, kept, Shoppers.COUNT));
            var seen = workload.finish(lasted);
            var waited = waits.longest(struckAt, seen.dark().to());
            var outcome = outcome(kept, seen, predicted, losses, strike, waited, struckAt);
            seen.problems().forEach(problem -> pair.say("  " + problem));
            pair.say(summary(step, outcome, seen));
            return outcome;
        }
    }

    private static Outcome outcome(
            int kept,
            Workload.Result seen,
            List<Sync.Peer> predicted,
            Losses losses,
            Strike strike,
            CpuWait.Longest waited,
            long struckAt) {
        return new Outcome(
                Shoppers.COUNT,
                kept,
                seen.downloadsIntact(),
                seen.echoIntact(),
                seen.outage().blackoutMs(),
                seen.outage().lost(),
                seen.load().requests(),
                seen.load().failures() - seen.load().failuresBefore(struckAt),
                seen.load().lostBefore(struckAt),
                seen.load().lostOutside(struckAt, new Window(struckAt - YOUNG, strike.by())),
                losses.templates(),
                most(predicted, Sync.Peer::unsyncedTemplates),
                losses.connections(),
                most(predicted, Sync.Peer::unsyncedConnections),
                strike.heldMs().orElse(null),
                waited.ms(),
                waited.thread(),
                seen.proberLateMs());
    }

    private static String summary(String step, Outcome outcome, Workload.Result seen) {
        var held = outcome.heldMs() == null ? "" : ", packets held for %.1f ms".formatted(outcome.heldMs());
        return ("%s: blackout %.1f ms%s, %d of %d probes lost, %d of %d requests failed;"
                        + " longest wait for a CPU %.1f ms (%s), prober late by %.1f ms")
                .formatted(
                        step,
                        outcome.blackoutMs(),
                        held,
                        outcome.packetsLost(),
                        seen.outage().sent(),
                        outcome.requestsFailed(),
                        outcome.requests(),
                        outcome.longestCpuWaitMs(),
                        outcome.longestCpuWaitOf(),
                        outcome.proberLateMs());
    }

    /// The active's readouts of the other director just before a fault; empty if it did not know it once.
    private static List<Sync.Peer> lastLooks(Director active, Director next) {
        var looks = new ArrayList<Sync.Peer>();
        for (int i = 0; i < LAST_LOOKS; i++) {
            active.peer(next).ifPresent(looks::add);
        }
        return looks.size() == LAST_LOOKS ? looks : List.of();
    }

    /// The greatest number in these readouts; null if one was unknown, or there were none.
    private static @Nullable Long most(List<Sync.Peer> looks, Function<Sync.Peer, @Nullable Long> number) {
        var seen = looks.stream()
                .flatMap(look -> Optional.ofNullable(number.apply(look)).stream())
                .toList();
        return seen.isEmpty() || seen.size() < looks.size()
                ? null
                : seen.stream().max(Long::compare).orElseThrow();
    }

    private static double secondsSince(long beginAt) {
        return Math.round((System.nanoTime() - beginAt) / 10_000_000.0) / 100.0;
    }
}
