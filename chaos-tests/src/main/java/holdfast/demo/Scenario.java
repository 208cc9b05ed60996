package holdfast.demo;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The demo's story: carts are filled, then the active director dies, comes back, is relieved, and is frozen, each time
/// under the same load.
final class Scenario {
    private static final int CLIENTS = 200;
    private static final int CLIENTS_AT_ONCE = 16;
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration TAKEOVER_MAX = Duration.ofSeconds(15);
    private static final Duration HAND_OVER_MAX = Duration.ofSeconds(5);
    private static final Duration REJOIN_MAX = Duration.ofSeconds(30);
    /// For so many advert intervals a director that came back is watched for taking the VIPs.
    private static final int INTERVALS_WATCHED = 20;
    private static final long WATCH_INTERVAL = 10_000_000;

    private final Lab lab;
    private final boolean synchronised;
    private final Consumer<String> progress;
    private final List<Shopper> shoppers = Stream.of(Target.values())
            .flatMap(target -> IntStream.rangeClosed(1, CLIENTS / 2).mapToObj(n -> new Shopper(n, target)))
            .toList();
    private final List<String> failures = new ArrayList<>();
    private Report.@Nullable Outcome crash;
    private Report.@Nullable Rejoin rejoin;
    private Report.@Nullable Outcome planned;
    private Report.@Nullable Outcome freeze;

    /// @param synchronised  false where the directors are configured not to; then the crash alone is the story
    /// @param progress      takes a line for each thing that happens
    Scenario(Lab lab, boolean synchronised, Consumer<String> progress) {
        this.lab = lab;
        this.synchronised = synchronised;
        this.progress = progress;
    }

    /// What was found so far.
    Report report() {
        return Report.of(crash, rejoin, planned, freeze, failures);
    }

    /// What no number of the report shows, as sentences.
    List<String> failures() {
        return List.copyOf(failures);
    }

    /// Tells the whole story, or as much as is possible without synchronisation.
    void run() throws IOException, InterruptedException {
        start();
        fillCarts();
        var died = crash();
        if (!synchronised) {
            return;
        }
        rejoin(died);
        planned();
        freeze();
    }

    private void start() throws IOException, InterruptedException {
        progress.accept("starting three real servers and two directors");
        lab.startRealServers();
        warmUp();
        lab.d1().start();
        lab.d2().start();
        awaitPair();
        progress.accept(active() + " is active, " + lab.other(active()) + " stands by"
                + (synchronised ? " with equal tables" : ", not synchronised"));
    }

    /// Lets the lab's own programs be compiled before anything is measured: they share their machine with the
    /// directors.
    private void warmUp() throws IOException, InterruptedException {
        for (var target : Target.values()) {
            Workload.Hashes.of(target);
        }
        var directly = lab.realServers().stream()
                .flatMap(server -> IntStream.rangeClosed(1, CLIENTS / 2)
                        .mapToObj(n -> new Shopper(
                                n,
                                Target.DR,
                                new InetSocketAddress(server, Target.DR.http().getPort()))))
                .toList();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            forAll(directly, shopper -> {
                shopper.fillCart(PATIENCE);
                return true;
            });
        }
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

    private Director active() {
        return lab.active().orElseThrow(() -> new IllegalStateException("not exactly one director is active"));
    }

    private void fillCarts() throws IOException, InterruptedException {
        forAll(shoppers, shopper -> {
            shopper.fillCart(PATIENCE);
            return true;
        });
        progress.accept(CLIENTS + " clients have logged in and filled their carts, half by NAT and half by DR");
    }

    /// @return the director that died
    private Director crash() throws IOException, InterruptedException {
        var victim = active();
        crash = underLoad("crash", active -> {
            progress.accept("kill -9 of " + active);
            active.kill();
        });
        return victim;
    }

    private void rejoin(Director died) {
        var active = lab.other(died);
        progress.accept("starting " + died + " again");
        long beginAt = System.nanoTime();
        died.start();
        boolean equal = true;
        try {
            Lab.await(died + " has equal tables again", REJOIN_MAX, () -> lab.hasEqualStandby(active));
        } catch (Lab.NotInTimeException e) {
            equal = false;
        }
        double seconds = secondsSince(beginAt);
        rejoin = new Report.Rejoin(equal, seconds, takesOver(died, active));
        progress.accept(died + (equal ? " is equal again" : " did not become equal"));
    }

    /// Whether a director that came back does not stay the standby for as long as it is watched.
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
            progress.accept("holdfast failover, asked of " + active);
            handOver(active);
        });
    }

    /// Asks until the other one serves: a director whose peer gets no processor for a tenth of a second refuses and
    /// says why, and one that saw no sign of the peer in time may have to give way after all.
    private void handOver(Director active) {
        Lab.await(active + " hands over", HAND_OVER_MAX, () -> {
            if (active.is(Role.STANDBY) && lab.other(active).is(Role.ACTIVE)) {
                return true;
            }
            var result = active.failover("demo");
            if (!result.done()) {
                progress.accept("  " + result.outcome() + ": " + String.join(" ", result.blocking()));
            }
            return result.done();
        });
    }

    private void freeze() throws IOException, InterruptedException {
        lab.awaitEqualPair();
        var frozen = active();
        var watch = WireWatch.on(lab, frozen);
        freeze = underLoad("freeze", active -> {
            progress.accept("SIGSTOP of " + active);
            active.freeze();
            awaitTakeover(active);
            progress.accept("SIGCONT of " + active + ", which must not claim anything");
            watch.isBackNow();
            active.thaw();
        });
        awaitStandsBy(frozen);
        failures.addAll(watch.stop());
    }

    private void awaitTakeover(Director old) {
        var next = lab.other(old);
        Lab.await(next + " serves", TAKEOVER_MAX, () -> next.is(Role.ACTIVE));
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
        void strike(Director active);
    }

    private Report.Outcome underLoad(String step, Fault fault) throws IOException, InterruptedException {
        var active = active();
        var workload = Workload.start(shoppers);
        var before = active.connections();
        var predicted = active.peer(lab.other(active));
        long beginAt = System.nanoTime();
        fault.strike(active);
        awaitTakeover(active);
        var next = lab.other(active);
        if (workload.isDownloadOver()) {
            failures.add(step + ": a download did not span the fault, so it proves nothing.");
        }
        var after = next.connections();
        var losses = Losses.between(before, after, Duration.ofNanos(System.nanoTime() - beginAt));
        int kept = countKept();
        progress.accept(
                next + " is active; " + kept + " of " + CLIENTS + " carts are there; waiting for the downloads");
        var seen = workload.finish(beginAt);
        seen.problems().forEach(problem -> progress.accept("  " + problem));
        progress.accept("%s: blackout %.1f ms, %d of %d probes lost, %d of %d requests failed"
                .formatted(
                        step,
                        seen.outage().blackoutMs(),
                        seen.outage().lost(),
                        seen.outage().sent(),
                        seen.load().failures(),
                        seen.load().requests()));
        return new Report.Outcome(
                CLIENTS,
                kept,
                seen.downloadsIntact(),
                seen.echoIntact(),
                seen.outage().blackoutMs(),
                seen.outage().lost(),
                seen.load().failures(),
                losses.templates(),
                predicted.map(peer -> peer.unsyncedTemplates()).orElse(null),
                losses.connections(),
                predicted.map(peer -> peer.unsyncedConnections()).orElse(null));
    }

    private int countKept() throws IOException, InterruptedException {
        return forAll(shoppers, shopper -> shopper.keepsCart(PATIENCE));
    }

    private interface Visit {
        boolean by(Shopper shopper) throws IOException;
    }

    /// Lets all do the same, some at once.
    ///
    /// @return how many succeeded
    private static int forAll(List<Shopper> shoppers, Visit visit) throws IOException, InterruptedException {
        try (var pool = Executors.newFixedThreadPool(CLIENTS_AT_ONCE)) {
            var visits = new ArrayList<Future<Boolean>>();
            for (var shopper : shoppers) {
                visits.add(pool.submit(() -> visit.by(shopper)));
            }
            int succeeded = 0;
            for (var done : visits) {
                succeeded += done.get() ? 1 : 0;
            }
            return succeeded;
        } catch (ExecutionException e) {
            throw new IOException("a client could not do its shopping: " + e.getCause(), e);
        }
    }

    private static double secondsSince(long beginAt) {
        return Math.round((System.nanoTime() - beginAt) / 10_000_000.0) / 100.0;
    }
}
