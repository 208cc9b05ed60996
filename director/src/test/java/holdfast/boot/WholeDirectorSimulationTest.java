package holdfast.boot;

import static holdfast.sim.Timeline.MS;
import static holdfast.sim.Timeline.S;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import holdfast.boot.SimulatedCluster.Link;
import holdfast.control.IdleWorker;
import holdfast.forward.ProbeQueue;
import holdfast.group.RoleChange;
import holdfast.vip.FailoverRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Whole directors in virtual time: election, sync, datapath and their connections, under crashes, pauses, cuts and
/// threads without a processor. Each claim of [SimulatedClaims] is checked after every event, for many seeds.
@Tag("slow")
class WholeDirectorSimulationTest {
    private static final int SEEDS = Integer.getInteger("seeds", 150);
    private static final long HEALED = 5 * S;
    private static final long RESTS = 1500 * MS;

    private static IdleWorker idle;
    private static ProbeQueue probes;

    @BeforeAll
    static void open() {
        idle = new IdleWorker();
        probes = new ProbeQueue();
        // It says each change of a role, which here are thousands.
        ((Logger) LoggerFactory.getLogger(RoleChange.class)).setLevel(Level.OFF);
    }

    @AfterAll
    static void close() {
        ((Logger) LoggerFactory.getLogger(RoleChange.class)).setLevel(null);
        probes.close();
        idle.close();
    }

    @Test
    void aColdBootOfBothEndsWithOneActiveAndEqualTables() {
        forEachSeed(sim -> {
            boolean preempt = sim.timeline.random.nextBoolean();
            var a = sim.machine("a", 200, preempt);
            var b = sim.machine("b", 100, preempt);
            a.disk.begin(sim.timeline.random.nextInt(6));
            b.disk.begin(sim.timeline.random.nextInt(6));
            sim.fault(sim.timeline.between(0, 2 * S), () -> sim.start(a));
            sim.fault(sim.timeline.between(0, 2 * S), () -> sim.start(b));
            comesToRest(sim);
        });
    }

    @Test
    void twoActivesInAnyTermsEndAsOneWithEqualTables() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, sim.timeline.random.nextBoolean());
            var b = sim.machine("b", 100, sim.timeline.random.nextBoolean());
            a.disk.begin(sim.timeline.random.nextInt(6));
            b.disk.begin(sim.timeline.random.nextInt(6));
            sim.start(a);
            sim.start(b);
            boolean wereOnePair = sim.timeline.random.nextBoolean();
            if (!wereOnePair) {
                sim.part(a, b);
            }
            run(sim, 3 * S);
            sim.part(a, b);
            run(sim, sim.timeline.now() + sim.timeline.between(S, 4 * S));
            sim.mend();
            comesToRest(sim);
        });
    }

    /// The better priority and an empty table, after a reboot behind ports that do not forward yet.
    @Test
    void aDirectorThatStartedCutOffTakesNobodysConnections() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(b);
            sim.fault(2 * S, () -> sim.start(a));
            run(sim, 5 * S);
            sim.crash(a, sim.timeline.random.nextBoolean());
            sim.part(a, b);
            sim.start(a);
            run(sim, sim.timeline.now() + sim.timeline.between(2 * S, 4 * S));
            var elder = sim.director("b").orElseThrow();
            var before = List.copyOf(elder.datapath.keys());
            sim.mend();
            comesToRest(sim);
            SimulatedClaims.that(elder.election.isActive(), "the director with the older tables stays active");
            SimulatedClaims.that(
                    before.stream().filter(sim.claims.live()::contains).allMatch(elder.datapath::knows),
                    "no connection of its clients is lost");
        });
    }

    @Test
    void aStormOfRestartsEndsInRest() {
        forEachSeed(sim -> {
            machines(sim);
            sim.machines.forEach(machine -> sim.fault(sim.timeline.between(0, S), () -> sim.start(machine)));
            long end = 12 * S;
            for (long at = S; at < end; at += sim.timeline.between(50 * MS, 1500 * MS)) {
                var victim = any(sim);
                boolean hostToo = sim.timeline.random.nextBoolean();
                sim.fault(at, () -> sim.crash(victim, hostToo));
                sim.fault(at + sim.timeline.between(10 * MS, 2 * S), () -> sim.start(victim));
            }
            comesToRest(sim);
        });
    }

    @Test
    void plannedFailoversAtAnyMomentLoseNothing() {
        forEachSeed(sim -> {
            var machines = machines(sim);
            var a = machines.getFirst();
            var b = machines.get(1);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            if (machines.size() > 2) {
                sim.fault(3 * S, () -> sim.start(machines.get(2)));
            }
            // Straight after the start, then whenever, at times from two sides at once.
            sim.fault(2 * S + sim.timeline.between(0, S), () -> sim.failover(a));
            for (long at = 6 * S; at < 18 * S; at += sim.timeline.between(S, 4 * S)) {
                long about = at;
                machines.forEach(machine -> sim.fault(at(sim, about), () -> sim.failover(machine)));
            }
            run(sim, 4 * S);
            sim.claims.twoMax = 0;
            comesToRest(sim);
            SimulatedClaims.that(
                    sim.claims.records.stream()
                            .allMatch(record -> record.outcome() == FailoverRecord.Outcome.DONE
                                    || record.outcome() == FailoverRecord.Outcome.REFUSED),
                    "a failover that is begun is done");
            SimulatedClaims.that(
                    sim.claims.records.stream().anyMatch(record -> record.outcome() == FailoverRecord.Outcome.DONE),
                    "some failover is done");
        });
    }

    private static long at(SimulatedCluster sim, long about) {
        return about + sim.timeline.between(0, sim.timeline.random.nextBoolean() ? 5 * MS : 300 * MS);
    }

    @Test
    void howeverSlowEachThreadIsNeverDoTwoServeAndNothingIsLost() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S);
            sim.claims.twoMax = 0;
            slow(sim);
            for (long at = 5 * S; at < 22 * S; at += sim.timeline.between(2 * S, 6 * S)) {
                sim.fault(at, () -> sim.failover(a));
                sim.fault(at, () -> sim.failover(b));
                var victim = sim.timeline.random.nextBoolean() ? a : b;
                long faultAt = at + sim.timeline.between(0, 2 * S);
                switch (sim.timeline.random.nextInt(4)) {
                    case 0 -> pause(sim, victim, faultAt);
                    case 1 -> crash(sim, victim, faultAt);
                    default -> {}
                }
            }
            run(sim, 26 * S);
            quick(sim);
            comesToRest(sim);
        });
    }

    /// Its last word vouches for a second, and what nobody vouches for makes a standby wait for five.
    @Test
    void forgedAdvertsOfADeadActiveDelayTheTakeoverBySecondsOnly() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S + sim.timeline.between(0, S));
            diesUnderForgedAdverts(sim, a);
        });
    }

    private static void diesUnderForgedAdverts(SimulatedCluster sim, SimulatedMachine active) {
        sim.crash(active, true);
        long diedAt = sim.timeline.now();
        for (long at = diedAt; at < diedAt + 8 * S; at += sim.timeline.between(50 * MS, 150 * MS)) {
            sim.timeline.at(at, () -> sim.forgeAdvert(active));
        }
        run(sim, diedAt + 7 * S);
        SimulatedClaims.that(
                sim.directors().stream().anyMatch(SimulatedDirector::accepts),
                "the standby serves 7 s after the active died, whoever sends adverts in its name");
    }

    /// Somebody on the way holds its last words back and lets them go one by one.
    @Test
    void wordsOfADeadActiveThatWereHeldBackDelayTheTakeoverNoLonger() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S + sim.timeline.between(0, S));
            long diesAt = sim.timeline.now() + 800 * MS;
            var held = new AtomicInteger();
            sim.messageDelay = () -> diesAt - sim.timeline.now() + 400 * MS * held.getAndIncrement();
            run(sim, diesAt);
            sim.messageDelay = () -> MS;
            diesUnderForgedAdverts(sim, a);
        });
    }

    /// Both write in the first term and do not hear each other; the third director hears both.
    @Test
    void ofTwoActivesInOneTermAThirdFollowsOne() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 200, false);
            var c = sim.machine("c", 100, false);
            sim.part(a, b);
            sim.start(c);
            sim.fault(sim.timeline.between(0, 5 * MS), () -> sim.start(a));
            sim.fault(sim.timeline.between(0, 5 * MS), () -> sim.start(b));
            run(sim, 4 * S);
            sim.hasClients = false;
            run(sim, 5 * S);
            var third = sim.director("c").orElseThrow();
            SimulatedClaims.that(
                    third.election.tables().equal()
                            && Stream.of("a", "b")
                                    .flatMap(name -> sim.director(name).stream())
                                    .anyMatch(
                                            writer -> writer.datapath.content().equals(third.datapath.content())),
                    "the third one has the tables of one of both");
        });
    }

    /// The silence of an active that is late within a turn began with its last advert, not with that turn. The skew of
    /// either is longer than an advert is under way.
    @Test
    void noTwoServeWhereElectionThreadsAreLateByATakeoverTime() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 100, false);
            var b = sim.machine("b", 200, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S);
            sim.claims.twoMax = 0;
            sim.claims.stallMax = 350 * MS;
            sim.electionStall = () -> sim.timeline.chance(0.01) ? sim.timeline.between(220 * MS, 320 * MS) : 0;
            sim.fault(20 * S, () -> quick(sim));
            run(sim, 20 * S);
            comesToRest(sim);
        });
    }

    /// What a standby hears late in a long turn was said a moment ago, not when the turn began.
    @Test
    void noTwoServeWhereAStandbyHearsLateInItsTurns() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S);
            sim.claims.twoMax = 0;
            sim.claims.stallMax = 300 * MS;
            stalls(sim, "a", 0.03, 150 * MS, 195 * MS);
            stalls(sim, "b", 0.1, 100 * MS, 195 * MS);
            run(sim, 15 * S);
        });
    }

    private static void stalls(SimulatedCluster sim, String name, double chance, long lengthMin, long lengthMax) {
        sim.director(name)
                .orElseThrow()
                .election
                .strand()
                .stalls(() -> sim.timeline.chance(chance) ? sim.timeline.between(lengthMin, lengthMax) : 0);
    }

    /// A standby in doubt waits, and a taker without confirmation lets go.
    @Test
    void noTwoServeWhileAdvertsComeWithoutWords() {
        forEachSeed(sim -> {
            var a = sim.machine("a", 200, false);
            var b = sim.machine("b", 100, false);
            sim.start(a);
            sim.fault(2 * S, () -> sim.start(b));
            run(sim, 5 * S);
            sim.claims.twoMax = 0;
            for (long at = 5 * S; at < 30 * S; at += 15 * S) {
                sim.fault(at, () -> sim.losesMulticast = true);
                if (sim.timeline.random.nextBoolean()) {
                    sim.fault(at + sim.timeline.between(0, 900 * MS), () -> sim.machines.forEach(sim::failover));
                    sim.fault(at + sim.timeline.between(0, 1500 * MS), () -> sim.messageLoss = 1);
                    sim.fault(at + sim.timeline.between(2 * S, 5 * S), () -> isHeardAgain(sim));
                } else {
                    long pausedAt = at + sim.timeline.between(3 * S, 5 * S);
                    long resumedAt = pausedAt + sim.timeline.between(S, 2 * S);
                    sim.fault(pausedAt, () -> pauseStandby(sim, resumedAt - pausedAt));
                    sim.fault(resumedAt + sim.timeline.between(S, 4 * S), () -> isHeardAgain(sim));
                }
            }
            comesToRest(sim);
        });
    }

    private static void pauseStandby(SimulatedCluster sim, long length) {
        sim.directors().stream()
                .filter(director -> !director.election.isActive())
                .findFirst()
                .ifPresent(standby -> sim.pause(standby.machine, sim.timeline.random.nextBoolean(), length));
    }

    private static void isHeardAgain(SimulatedCluster sim) {
        sim.disturbed("words are heard again");
        sim.losesMulticast = false;
        sim.messageLoss = 0;
    }

    @Test
    void pausesOfAnyLengthAtAnyStepEndInRest() {
        forEachSeed(sim -> {
            var machines = machines(sim);
            machines.forEach(sim::start);
            for (long at = 3 * S; at < 15 * S; at += sim.timeline.between(100 * MS, 3 * S)) {
                pause(sim, any(sim), at);
                long when = at + sim.timeline.between(0, S);
                if (sim.timeline.chance(0.3)) {
                    machines.forEach(machine -> sim.fault(when, () -> sim.failover(machine)));
                }
            }
            comesToRest(sim);
        });
    }

    @Test
    void anythingAtAllEndsInRest() {
        forEachSeed(sim -> {
            var machines = machines(sim);
            machines.forEach(machine -> machine.disk.begin(sim.timeline.random.nextInt(4)));
            machines.forEach(machine -> sim.fault(sim.timeline.between(0, S), () -> sim.start(machine)));
            if (sim.timeline.random.nextBoolean()) {
                slow(sim);
            }
            sim.advertLoss = sim.timeline.random.nextDouble() * 0.2;
            long end = 16 * S;
            for (long at = S; at < end; at += sim.timeline.between(50 * MS, 2 * S)) {
                long when = at;
                sim.fault(when, () -> fault(sim));
            }
            run(sim, end);
            sim.mend();
            quick(sim);
            machines.forEach(machine -> sim.links(machine, List.of()));
            machines.forEach(machine -> sim.fault(end + 3 * S, () -> sim.start(machine)));
            comesToRest(sim);
        });
    }

    /// The readout promises that this standby would serve, and what it would know; so it is held to it.
    @Test
    void whereTheReadoutSaysSafeTheStandbyServesWhenTheActiveDies() {
        forEachSeed(sim -> {
            var machines = machines(sim);
            machines.forEach(machine -> sim.fault(sim.timeline.between(0, S), () -> sim.start(machine)));
            for (long at = S; at < 6 * S; at += sim.timeline.between(50 * MS, 2 * S)) {
                sim.timeline.at(at, () -> fault(sim));
            }
            run(sim, 6 * S + sim.timeline.between(0, 2 * S));
            sim.mend();
            machines.forEach(machine -> sim.links(machine, List.of()));
            boolean[] isKilled = new boolean[1];
            for (long at = sim.timeline.now(); at < 14 * S; at += sim.timeline.between(20 * MS, 300 * MS)) {
                sim.timeline.at(at, () -> isKilled[0] |= !isKilled[0] && killIfSafe(sim));
            }
            run(sim, 20 * S);
        });
    }

    /// Kills the active where nothing was done to any other director for the second in which words count.
    private static boolean killIfSafe(SimulatedCluster sim) {
        var safe = sim.directors().stream()
                .filter(director -> director.isRunning()
                        && director.election.isActive()
                        && director.readout().safe() == holdfast.admin.FailoverReadiness.Safe.YES)
                .findFirst();
        if (safe.isEmpty() || sim.timeline.now() - sim.disturbedAt < S + 100 * MS) {
            return false;
        }
        sim.crash(safe.get().machine, sim.timeline.random.nextBoolean());
        long diedAt = sim.timeline.now();
        sim.timeline.at(
                diedAt + 6 * sim.interval,
                () -> SimulatedClaims.that(
                        sim.directors().stream().anyMatch(SimulatedDirector::accepts),
                        "the standby that the readout called safe serves"));
        return true;
    }

    private static void fault(SimulatedCluster sim) {
        var victim = any(sim);
        var other = any(sim);
        long now = sim.timeline.now();
        switch (sim.timeline.random.nextInt(10)) {
            case 0, 1 -> crash(sim, victim, now);
            case 2, 3 -> pause(sim, victim, now);
            case 4 -> sim.part(victim, other);
            case 5 -> sim.cut(sim.timeline.random.nextBoolean() ? Link.FRONT : Link.INTERCONNECT, victim, other);
            case 6 -> {
                sim.links(victim, List.of("front has no carrier"));
                sim.fault(now + sim.timeline.between(0, 2 * S), () -> sim.links(victim, List.of()));
            }
            case 7 -> sim.machines.forEach(machine -> sim.timeline.at(at(sim, now), () -> sim.failover(machine)));
            default -> sim.mend();
        }
    }

    private static List<SimulatedMachine> machines(SimulatedCluster sim) {
        boolean preempt = sim.timeline.random.nextBoolean();
        sim.machine("a", 200, preempt);
        sim.machine("b", 100, preempt);
        if (sim.timeline.random.nextInt(3) == 0) {
            sim.machine("c", 150, preempt);
        }
        return sim.machines;
    }

    private static SimulatedMachine any(SimulatedCluster sim) {
        return sim.machines.get(sim.timeline.random.nextInt(sim.machines.size()));
    }

    private static void crash(SimulatedCluster sim, SimulatedMachine victim, long at) {
        boolean hostToo = sim.timeline.random.nextBoolean();
        sim.fault(at, () -> sim.crash(victim, hostToo));
        sim.fault(at + sim.timeline.between(10 * MS, 3 * S), () -> sim.start(victim));
    }

    /// Between two events, or between two steps of a thread.
    private static void pause(SimulatedCluster sim, SimulatedMachine victim, long at) {
        boolean isFrozen = sim.timeline.random.nextBoolean();
        long length = sim.timeline.between(0, sim.timeline.random.nextBoolean() ? S : 3 * S);
        int steps = sim.timeline.random.nextInt(60);
        sim.fault(
                at,
                () -> sim.director(victim.name).ifPresent(director -> {
                    if (steps < 20) {
                        sim.pause(victim, isFrozen, length);
                    } else {
                        director.process.pauseAtStep(steps, () -> sim.pause(victim, isFrozen, length));
                    }
                }));
    }

    private static void slow(SimulatedCluster sim) {
        sim.electionStall = () -> stall(sim, 0.002);
        sim.syncStall = () -> stall(sim, 0.002);
        sim.datapathStall = () -> stall(sim, 0.002);
        sim.messageLoss = sim.timeline.random.nextDouble() * 0.2;
        sim.messageTwice = 0.1;
        sim.messageDelay =
                () -> sim.timeline.chance(0.1) ? sim.timeline.between(0, S) : sim.timeline.between(MS / 10, 20 * MS);
        sim.claims.stallMax = 2 * S;
        if (sim.claims.twoMax > 0) {
            // An advert is believed once a word says the same: two sync threads carry it, each of which may be late.
            sim.claims.twoMax += 2 * sim.claims.stallMax;
        }
    }

    private static long stall(SimulatedCluster sim, double chance) {
        return sim.timeline.chance(chance) ? sim.timeline.between(0, 2 * S) : 0;
    }

    private static void quick(SimulatedCluster sim) {
        sim.electionStall = () -> 0;
        sim.syncStall = () -> 0;
        sim.datapathStall = () -> 0;
        sim.messageLoss = 0;
        sim.messageTwice = 0;
        sim.messageDelay = () -> sim.timeline.between(MS / 10, 2 * MS);
        sim.fault(sim.timeline.now() + 2 * S, () -> sim.disturbed("quick"));
    }

    private static void run(SimulatedCluster sim, long until) {
        sim.timeline.run(until, sim.claims::check);
    }

    /// Rest that lasts: one that is preempted meanwhile was none.
    private static void comesToRest(SimulatedCluster sim) {
        while (sim.timeline.now() <= sim.lastFaultAt) {
            run(sim, sim.lastFaultAt + 1);
        }
        long restsSince = sim.timeline.now();
        while (sim.timeline.now() - restsSince < RESTS) {
            run(sim, sim.timeline.now() + 50 * MS);
            var trouble = sim.claims.restlessness();
            if (trouble.isPresent()) {
                restsSince = sim.timeline.now();
                SimulatedClaims.that(
                        restsSince - sim.disturbedAt <= HEALED,
                        "at rest within 5 s of the last fault: " + trouble.get());
            }
        }
        slowest = Math.max(slowest, restsSince - sim.disturbedAt);
        sim.hasClients = false;
        run(sim, sim.timeline.now() + 500 * MS);
        sim.claims.tablesAreTheSame();
        for (int i = 0; i < 5 && !sim.claims.isNothingUnsynced(); i++) {
            run(sim, sim.timeline.now() + 7 * MS);
        }
        SimulatedClaims.that(sim.claims.isNothingUnsynced(), "at rest the readout says that nothing is unsynced");
    }

    private static long slowest;

    /// Ends at the first seed that fails. `-Dseed=N` runs that one alone, with its trace.
    private static void forEachSeed(Consumer<SimulatedCluster> scenario) {
        slowest = 0;
        long only = Long.getLong("seed", -1);
        if (only >= 0) {
            holds(scenario, only, true);
            return;
        }
        for (long seed = 0; seed < SEEDS; seed++) {
            holds(scenario, seed, false);
        }
        System.out.printf("%d seeds, rest after %d ms at most%n", SEEDS, slowest / MS);
    }

    private static void holds(Consumer<SimulatedCluster> scenario, long seed, boolean isTraced) {
        try (var sim = new SimulatedCluster(seed, isTraced, idle, probes)) {
            try {
                scenario.accept(sim);
            } catch (AssertionError | RuntimeException e) {
                var text = "seed %d: %s%n%s%n%s".formatted(seed, e, sim.timeline.trace(), sim.describe());
                throw new AssertionError(text, e);
            }
        }
    }
}
