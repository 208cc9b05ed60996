package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.Simulation.Node;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whole clusters in virtual time. Each claim is checked after every event, for 500 seeds.
@Tag("slow")
class VipFailoverSimulationTest {
    private static final long MS = Simulation.MS;
    private static final long S = 1000 * MS;
    private static final long INTERVAL = Simulation.INTERVAL;
    private static final int SEEDS = 500;

    /// The longest that one advert is under way, with what a thread wakes late.
    private static final long FLIGHT_MAX = 11 * MS;

    /// An active that was paused for almost three intervals asks; who answers it waits for a down interval from then.
    private static final long UNSERVED_MAX = 7 * INTERVAL;

    /// Until a word is said and heard: it begins when the datapath serves.
    private static final long WORD_MAX = 5 * MS;

    @Test
    void oneDirectorServesOnAWholeLinkWhateverHappenedBefore() {
        forEachSeed((sim, claims) -> {
            sim.loss = 0.2;
            boolean preempt = sim.random.nextBoolean();
            var a = sim.director("a", 200, preempt);
            var b = sim.director("b", 150, preempt);
            var c = sim.director("c", 100, preempt);
            sim.nodes.forEach(node -> sim.at(sim.between(0, S), node::start));
            long at = 0;
            for (int i = 0; i < 5; i++) {
                at += sim.between(S, 8 * S);
                var victim = sim.nodes.get(sim.random.nextInt(3));
                switch (sim.random.nextInt(6)) {
                    case 0 -> fail(sim, victim, at, () -> victim.crash(true));
                    case 1 -> fail(sim, victim, at, () -> victim.crash(false));
                    case 2 -> fail(sim, victim, at, victim::shutDown);
                    case 3 -> pause(sim, victim, at);
                    case 4 -> {
                        boolean both = sim.random.nextBoolean();
                        sim.at(at, () -> sim.partition(true, both));
                        sim.at(at + sim.between(0, 3 * S), () -> sim.partition(false, false));
                    }
                    default -> sim.at(at, () -> failover(a, b, c));
                }
            }
            sim.run(40 * S, () -> {
                if (sim.now - sim.disturbedAt > 3 * S && !sim.partitioned) {
                    claims.that(sim.serving() == 1, "one director serves on a link that has been whole for 3 s");
                }
                long two = Math.min(twoServeFor(sim, claims), sim.now - sim.disturbedAt);
                claims.that(
                        sim.partitioned || two <= 4 * INTERVAL,
                        "no second director serves for longer than two lost adverts explain");
                claims.that(
                        somebodyServesWithin(sim, claims, UNSERVED_MAX), "the addresses are served within 7 intervals");
            });
        });
    }

    @Test
    void aCrashedProcessIsReplacedWithinAFewMilliseconds() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, false);
            sim.director("b", 150, false);
            sim.director("c", 100, false);
            startInOrder(sim);
            // Not while an advert is under way: that restarts the timer of whoever hears it, as it must.
            sim.at(5 * S, () -> sim.at(Math.max(sim.now, a.advertSentAt + FLIGHT_MAX), () -> a.crash(true)));
            sim.run(10 * S, () -> {
                if (sim.now > 4 * S) {
                    claims.that(
                            somebodyServesWithin(sim, claims, 26 * MS),
                            "20 ms until the closed socket is known, 5 ms of crash wait");
                    claims.that(
                            twoServeFor(sim, claims) <= FLIGHT_MAX + WORD_MAX,
                            "two standbys collide for one advert and its word at most");
                }
            });
            claims.that(sim.serving() == 1, "one director serves in the end");
        });
    }

    @Test
    void aHandoverOnAWholeLinkHasNeitherGapNorOverlap() {
        forEachSeed((sim, claims) -> {
            boolean preempt = sim.random.nextBoolean();
            var a = sim.director("a", 200, preempt);
            var b = sim.director("b", 100, preempt);
            startInOrder(sim);
            for (int i = 0; i < 5; i++) {
                sim.at((5 + 3 * i) * S, () -> failover(a, b));
            }
            sim.run(25 * S, () -> handoverHolds(sim, claims));
            claims.that(
                    sim.records.stream().allMatch(record -> record.outcome() == FailoverRecord.Outcome.DONE)
                            && sim.records.size() == 10,
                    "each handover is done, on both sides");
            claims.that(b.state.isActive(), "five handovers end at the other director, whatever the priorities");
        });
    }

    @Test
    void aHandoverWithASlowChannelASlowStandbyOrACrashStaysWithinItsBounds() {
        forEachSeed((sim, claims) -> {
            boolean preempt = sim.random.nextBoolean();
            var a = sim.director("a", 200, preempt);
            var b = sim.director("b", 100, preempt);
            startInOrder(sim);
            sim.syncDelay = () -> sim.between(MS / 10, 80 * MS);
            sim.catchUpDelay = () -> sim.between(0, 120 * MS);
            for (int i = 0; i < 5; i++) {
                sim.at((5 + 4 * i) * S, () -> failover(a, b));
            }
            if (sim.random.nextInt(3) == 0) {
                var victim = sim.random.nextBoolean() ? a : b;
                fail(sim, victim, 9 * S + sim.between(0, 300 * MS), () -> victim.crash(sim.random.nextBoolean()));
                sim.run(9 * S, () -> handoverHolds(sim, claims));
                sim.run(30 * S, () -> {
                    claims.that(
                            somebodyServesWithin(sim, claims, 5 * INTERVAL + S),
                            "a crash costs a down interval and a promise");
                    claims.that(
                            twoServeFor(sim, claims) <= FLIGHT_MAX + 80 * MS + WORD_MAX,
                            "two serve for an advert and its word");
                });
            } else {
                sim.run(30 * S, () -> handoverHolds(sim, claims));
            }
            claims.that(sim.serving() == 1, "one director serves in the end");
        });
    }

    @Test
    void aPauseDuringAHandoverNeverLeavesTwo() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, true);
            var b = sim.director("b", 100, true);
            startInOrder(sim);
            sim.syncDelay = () -> sim.between(MS / 10, 20 * MS);
            sim.at(5 * S, () -> failover(a, b));
            var victim = sim.random.nextBoolean() ? a : b;
            long at = 5 * S + sim.between(0, 60 * MS);
            boolean freeze = sim.random.nextBoolean();
            sim.at(at, () -> victim.pause(freeze));
            sim.at(at + sim.between(30 * MS, 2 * S), victim::resume);
            sim.run(12 * S, () -> {
                claims.that(
                        twoServeFor(sim, claims) <= FLIGHT_MAX + 20 * MS + WORD_MAX,
                        "two serve for an advert and its word, where one preempts, and never else");
                claims.that(
                        somebodyServesWithin(sim, claims, 5 * INTERVAL + S),
                        "a pause costs a down interval and a promise");
            });
            claims.that(sim.serving() == 1, "one director serves in the end");
        });
    }

    /// Every step of giver and taker may take up to two seconds, every message may be lost, late or doubled, and either
    /// thread may stand still for that long at any moment.
    @Test
    void howeverSlowAHandoverIsNeverDoTwoServeAndItEndsOneWayOrTheOther() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, false);
            var b = sim.director("b", 100, false);
            startInOrder(sim);
            sim.at(4 * S, () -> {
                boolean slowWorker = sim.random.nextBoolean();
                sim.workerDelay = () -> slowWorker && sim.random.nextInt(3) == 0 ? sim.between(0, 2 * S) : MS;
                sim.syncDelay = () -> sim.random.nextInt(8) == 0 ? sim.between(0, S) : sim.between(MS / 10, 20 * MS);
                sim.catchUpDelay = () -> sim.between(0, 2 * S);
                sim.messageLoss = 0.2;
                sim.messageTwice = 0.2;
            });
            for (int i = 0; i < 4; i++) {
                long at = (5 + 8 * i) * S;
                sim.at(at, () -> failover(a, b));
                var victim = sim.random.nextBoolean() ? a : b;
                switch (sim.random.nextInt(4)) {
                    case 0 -> pause(sim, victim, at + sim.between(0, 2 * S));
                    case 1 -> fail(sim, victim, at + sim.between(0, 2 * S), () -> victim.crash(true));
                    default -> {}
                }
            }
            sim.run(45 * S, () -> {
                if (sim.now > 4 * S) {
                    claims.that(sim.serving() <= 1, "never do two serve");
                    claims.that(somebodyServesWithin(sim, claims, 8 * S), "somebody serves in the end");
                }
            });
            claims.that(sim.serving() == 1, "one director serves in the end");
        });
    }

    @Test
    void aHogThatStarvesBothLeavesTheAddressesWithWhoHadThem() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, false);
            var b = sim.director("b", 100, false);
            startInOrder(sim);
            for (int i = 0; i < 5; i++) {
                long at = (5 + 3 * i) * S;
                long length = sim.between(350 * MS, S);
                sim.at(at, () -> a.pause(false));
                sim.at(at + sim.between(0, 20 * MS), () -> b.pause(false));
                sim.at(at + length, a::resume);
                sim.at(at + length + sim.between(0, 20 * MS), b::resume);
            }
            sim.run(21 * S, () -> {
                if (sim.now > 4 * S) {
                    claims.that(sim.serving() <= 1, "never do two serve");
                    claims.that(somebodyServesWithin(sim, claims, 60 * MS), "no down interval is waited for");
                }
            });
            claims.that(a.serves(), "who had the addresses has them still");
        });
    }

    @Test
    void anActiveThatIsPausedAloneIsReplacedAndStandsBy() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, false);
            var b = sim.director("b", 100, false);
            startInOrder(sim);
            sim.at(5 * S, () -> a.pause(sim.random.nextBoolean()));
            sim.at(5 * S + sim.between(450 * MS, 3 * S), a::resume);
            sim.run(10 * S, () -> {
                if (sim.now > 4 * S) {
                    claims.that(sim.serving() <= 1, "never do two serve");
                    claims.that(somebodyServesWithin(sim, claims, 5 * INTERVAL), "a pause costs a down interval");
                }
            });
            claims.that(b.serves(), "the standby has taken over for good");
        });
    }

    @Test
    void strangersAdvertsMoveNothingAndDelayATakeoverByABoundedTime() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, false);
            var b = sim.director("b", 100, false);
            startInOrder(sim);
            boolean inTheNameOfB = sim.random.nextBoolean();
            for (long at = 4 * S; at < 20 * S; at += 10 * MS) {
                long interval = sim.random.nextBoolean() ? 40 * S : 10 * MS;
                sim.at(at, () -> sim.forge(254, interval, inTheNameOfB ? b.address : 0x0a000066));
            }
            sim.at(8 * S, () -> a.crash(false));
            sim.run(20 * S, () -> {
                claims.that(sim.now < 3 * S || sim.now >= 8 * S || a.serves(), "the active keeps the addresses");
                claims.that(
                        sim.now < 4 * S || somebodyServesWithin(sim, claims, VirtualRouter.DOUBT_MAX + S),
                        "a dead active is replaced all the same");
            });
            claims.that(b.serves(), "the standby serves in the end");
        });
    }

    @Test
    void aCutInterconnectMovesNothing() {
        forEachSeed((sim, claims) -> {
            var a = sim.director("a", 200, sim.random.nextBoolean());
            sim.director("b", 100, sim.random.nextBoolean());
            startInOrder(sim);
            sim.at(5 * S, () -> sim.interconnectCut = true);
            sim.at(12 * S, () -> sim.interconnectCut = false);
            sim.run(15 * S, () -> claims.that(sim.now < 3 * S || a.serves(), "the active keeps the addresses"));
        });
    }

    private static void handoverHolds(Simulation sim, Claims claims) {
        if (sim.now > 4 * S) {
            var deadlines = Handover.Deadlines.of(INTERVAL);
            claims.that(
                    somebodyServesWithin(
                            sim, claims, deadlines.hold() + deadlines.cap() + deadlines.promise() + 100 * MS),
                    "nobody serves for no longer than the giver holds, promises and waits for the end of a promise");
            claims.that(sim.serving() <= 1, "never do two serve");
        }
    }

    /// The one who starts first is active before the others come.
    private static void startInOrder(Simulation sim) {
        for (int i = 0; i < sim.nodes.size(); i++) {
            sim.at(i * S, sim.nodes.get(i)::start);
        }
    }

    private static void failover(Node... all) {
        for (var from : all) {
            for (var to : all) {
                if (from != to && from.alive && to.alive && from.state.isActive() && !to.state.isActive()) {
                    from.failover(to);
                    return;
                }
            }
        }
    }

    private static void fail(Simulation sim, Node victim, long at, Runnable how) {
        sim.at(at, () -> {
            if (victim.alive) {
                how.run();
            }
        });
        sim.at(at + sim.between(S / 10, 4 * S), () -> {
            if (!victim.alive) {
                victim.start();
            }
        });
    }

    private static void pause(Simulation sim, Node victim, long at) {
        boolean freeze = sim.random.nextBoolean();
        sim.at(at, () -> {
            if (victim.alive) {
                victim.pause(freeze);
            }
        });
        sim.at(at + sim.between(0, 2 * S), victim::resume);
    }

    /// Whether the addresses have been unserved for `bound` at most, of the time in which some director ran.
    private static boolean somebodyServesWithin(Simulation sim, Claims claims, long bound) {
        if (sim.serving() > 0) {
            claims.unservedSince = Long.MAX_VALUE;
            return true;
        }
        claims.unservedSince = Math.min(claims.unservedSince, sim.now);
        long since = sim.nodes.stream()
                .filter(node -> node.alive && !node.isPaused())
                .mapToLong(node -> Math.max(node.runningSince, claims.unservedSince))
                .min()
                .orElse(sim.now);
        return sim.now - since <= bound;
    }

    private static long twoServeFor(Simulation sim, Claims claims) {
        claims.twoSince = sim.serving() < 2 ? Long.MAX_VALUE : Math.min(claims.twoSince, sim.now);
        return sim.now - Math.min(sim.now, claims.twoSince);
    }

    private static void forEachSeed(BiConsumer<Simulation, Claims> scenario) {
        int failed = 0;
        String first = "";
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                scenario.accept(new Simulation(seed, false), new Claims());
            } catch (AssertionError e) {
                failed++;
                first = first.isEmpty() ? seed + ": " + e.getMessage() + "\n" + trace(scenario, seed) : first;
            }
        }
        assertThat(failed).as("seeds that failed; the first is %s", first).isZero();
    }

    private static String trace(BiConsumer<Simulation, Claims> scenario, long seed) {
        var sim = new Simulation(seed, true);
        try {
            scenario.accept(sim, new Claims());
        } catch (AssertionError _) {
            sim.trace.add("here");
        }
        return String.join("\n", sim.trace.subList(Math.max(0, sim.trace.size() - 60), sim.trace.size()));
    }

    /// The claims, and since when each has been in doubt.
    private static final class Claims {
        long unservedSince = Long.MAX_VALUE;
        long twoSince = Long.MAX_VALUE;

        void that(boolean holds, String claim) {
            if (!holds) {
                throw new AssertionError(claim);
            }
        }
    }
}
