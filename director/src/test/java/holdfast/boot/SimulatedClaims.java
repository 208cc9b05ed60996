package holdfast.boot;

import static holdfast.sim.Timeline.MS;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.sync.SyncState;
import holdfast.vip.FailoverRecord;
import holdfast.vip.Standing;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The claims about a [SimulatedCluster] that must always hold.
final class SimulatedClaims {
    private static final long LOOK_INTERVAL = 50 * MS;
    /// The readout calls nobody safe whose last word is older.
    private static final long WORD_MAX = 1000 * MS;
    /// What a director that takes over from a live one may lack at most: it was proved equal so lately.
    private static final long PREEMPT_LAG_MAX = 1500 * MS;

    /// A sync thread that sleeps looks at its states at least so often.
    private static final long NOTICED_MAX = 100 * MS;
    private static final long SPLIT_MAX = 5000 * MS;
    /// Who was paused while another director started may not know that it lives.
    private static final long NEWCOMER_MAX = 5000 * MS;
    /// Who hears no word for longer takes over although adverts come: threads that are late again and again may make
    /// two of one so.
    private static final long DOUBT_MAX = 4000 * MS;

    /// Two standbys that take over within it do not know of each other: the advert of either is under way for 10 ms,
    /// and
    /// what comes in the 10 ms after its last look no standby hears (Vrrp#promptInterval).
    private static final long TIE_MAX = 20 * MS;

    /// Two may accept connections at a time for so long, where no service link is cut.
    long twoMax;
    /// What threads may be late by.
    long stallMax;

    final List<FailoverRecord> records = new ArrayList<>();
    private final SimulatedCluster cluster;
    private final Map<Integer, Known> connections = new LinkedHashMap<>();
    private final List<Integer> live = new ArrayList<>();
    private final Map<SimulatedDirector, Vrrp.Promotion> promotions = new HashMap<>();
    private final Map<SimulatedDirector, Long> tookOverAt = new HashMap<>();
    private final Map<SimulatedDirector, Long> falseSince = new HashMap<>();
    private final Map<SimulatedDirector, Long> brokenSince = new HashMap<>();
    private long deafAt = Long.MIN_VALUE / 2;
    private long twoSince = Long.MAX_VALUE;
    long unservedSince = Long.MAX_VALUE;

    /// A connection that a director accepted and that has not ended.
    private static final class Known {
        final long acceptedAt;
        /// Runs that had it when a readout said that nothing would be lost.
        final Set<SimulatedDirector> on = new HashSet<>();
        /// Two served at a time, and one of them never knew it: nothing is promised of it any more.
        boolean isContested;

        Known(long acceptedAt, boolean isContested) {
            this.acceptedAt = acceptedAt;
            this.isContested = isContested;
        }

        void contest() {
            isContested = true;
            on.clear();
        }
    }

    SimulatedClaims(SimulatedCluster cluster) {
        this.cluster = cluster;
        twoMax = 4 * cluster.interval;
        cluster.timeline.at(0, this::look);
    }

    List<Integer> live() {
        return live;
    }

    static void that(boolean holds, String claim) {
        if (!holds) {
            throw new AssertionError(claim);
        }
    }

    void accepted(SimulatedDirector by, int key) {
        connections.put(key, new Known(now(), twoSince != Long.MAX_VALUE));
        live.add(key);
    }

    void ended(int key) {
        connections.remove(key);
        live.removeIf(open -> open == key);
    }

    /// After every event.
    void check() {
        var accepting =
                cluster.directors().stream().filter(SimulatedDirector::accepts).toList();
        twoSince = accepting.size() < 2 ? Long.MAX_VALUE : Math.min(twoSince, now());
        unservedSince = !accepting.isEmpty() ? Long.MAX_VALUE : Math.min(unservedSince, now());
        if (accepting.size() >= 2 && !cluster.isFrontCut()) {
            long since = Math.max(twoSince, cluster.frontCutAt);
            boolean hasNewcomer = cluster.directors().stream().anyMatch(each -> now() - each.startedAt < NEWCOMER_MAX);
            boolean isDeaf = now() - deafAt < NEWCOMER_MAX;
            long bound = hasNewcomer || isDeaf || isTie(accepting)
                    ? Math.max(twoMax, 4 * cluster.interval + stallMax)
                    : twoMax;
            that(now() - since <= bound, "two accept connections for " + bound / MS + " ms at most");
        }
    }

    private boolean isTie(List<SimulatedDirector> accepting) {
        var times = accepting.stream()
                .mapToLong(director -> tookOverAt.getOrDefault(director, Long.MIN_VALUE / 2))
                .summaryStatistics();
        return times.getMin() > 0 && times.getMax() - times.getMin() < TIE_MAX;
    }

    void promoted(SimulatedDirector director, Vrrp.Promotion promotion) {
        promotions.put(director, promotion);
        switch (promotion.cause()) {
            case HANDOVER, NOBODY_TOOK_OVER -> tookOverAt.remove(director); // the other one has promised
            default -> tookOverAt.put(director, now());
        }
        if (now() - director.election.wordAt() > DOUBT_MAX) {
            deafAt = now();
        }
        if (promotion.cause() == Vrrp.Cause.NOBODY_TOOK_OVER) {
            that(
                    cluster.directors().stream()
                            .filter(other -> other != director && other.election.isActive() && other.accepts())
                            .noneMatch(other -> couldKnow(director, other)),
                    director.name + " goes on as if nobody had taken over meanwhile, and another one has");
        }
    }

    /// Whether a director that was paused has something that shows another one to be active: answers that it waits for,
    /// or an advert that came meanwhile.
    private boolean couldKnow(SimulatedDirector director, SimulatedDirector other) {
        long advertAt = director.election.advertAt(other.machine.address);
        boolean isUnread = advertAt > director.pausedAt && advertAt <= director.runsSince;
        boolean isKnown = stallMax == 0
                && director.pausedAt - other.startedAt > NEWCOMER_MAX
                && cluster.isWhole()
                && director.pausedAt - cluster.mendedAt > WORD_MAX;
        return isUnread || isKnown;
    }

    /// Its worker begins to serve.
    void begins(SimulatedDirector director) {
        connections.forEach((key, known) -> {
            if (!director.datapath.knows(key)) {
                that(
                        isSplit() || !known.on.contains(director),
                        "%s serves and does not know connection %d, of which a readout said that it would not be lost"
                                .formatted(director.name, key));
                that(
                        known.on.stream().noneMatch(this::isUndisturbed),
                        "%s serves and does not know connection %d, and another one does that was called safe"
                                .formatted(director.name, key));
                known.contest();
            }
        });
        var promotion = promotions.get(director);
        if (promotion != null && promotion.cause() == Vrrp.Cause.PREEMPTED) {
            cluster.directors().stream()
                    .filter(other -> other.machine.address == promotion.from() && other.accepts())
                    .forEach(other -> preempts(director, other));
        }
    }

    private void preempts(SimulatedDirector director, SimulatedDirector other) {
        for (int key : other.datapath.keys()) {
            var known = connections.get(key);
            that(
                    known == null
                            || known.isContested
                            || now() - known.acceptedAt < PREEMPT_LAG_MAX + stallMax
                            || director.datapath.knows(key),
                    "%s takes over from %s, which lives, and does not know connection %d of %d ms ago"
                            .formatted(
                                    director.name,
                                    other.name,
                                    key,
                                    known == null ? 0 : (now() - known.acceptedAt) / MS));
        }
    }

    void finished(SimulatedDirector director, FailoverRecord record) {
        records.add(record);
        boolean isGiver = record.side() == FailoverRecord.Side.GIVER;
        // "the peer is active" would say that it took over by itself meanwhile, of which the giver heard late
        boolean isConfirmed = record.steps().getLast().name().equals("taken");
        if (!isGiver || record.outcome() != FailoverRecord.Outcome.DONE || !isConfirmed) {
            return;
        }
        var taker = cluster.director(record.peer())
                .filter(found -> found.clock() - found.startedAt >= 0)
                .filter(found -> now() - found.startedAt > director.clock() - record.startedAt());
        taker.ifPresent(found -> director.datapath
                .keys()
                .forEach(key -> that(
                        found.datapath.knows(key),
                        "a planned failover to %s is done and connection %d is lost".formatted(found.name, key))));
    }

    /// Nothing kept it from taking over.
    private boolean isUndisturbed(SimulatedDirector director) {
        boolean isWell = director.isRunning()
                && now() - director.runsSince > WORD_MAX
                && director.machine.faults.isEmpty()
                && !director.election.isHandingOver();
        return isWell && stallMax == 0 && cluster.isWhole() && now() - cluster.mendedAt > WORD_MAX;
    }

    /// Two that serve at once, each with clients of its own, promise nothing: one of them will yield.
    private boolean isSplit() {
        return cluster.isFrontCut() || now() - cluster.frontCutAt < SPLIT_MAX;
    }

    private void look() {
        if (isSplit()) {
            connections.values().forEach(Known::contest);
        }
        for (var director : cluster.directors()) {
            if (director.isRunning()) {
                look(director);
            }
        }
        cluster.timeline.at(now() + LOOK_INTERVAL, this::look);
    }

    private void look(SimulatedDirector director) {
        if (!director.election.isActive()) {
            standsBy(director);
            return;
        }
        brokenSince.remove(director);
        var readout = director.readout();
        var to = Optional.ofNullable(readout.to()).flatMap(cluster::director);
        if (readout.safe() == Safe.YES) {
            safe(director, readout, to);
        }
    }

    private void standsBy(SimulatedDirector director) {
        boolean isWhole = director.tables().filter(SimulatedClaims::isWhole).isPresent();
        if (isWhole || !director.election.tables().equal()) {
            brokenSince.remove(director);
            return;
        }
        long since = Math.max(brokenSince.computeIfAbsent(director, _ -> now()), director.runsSince);
        that(
                now() - since <= NOTICED_MAX + stallMax,
                director.name + " goes on as equal although its stream is not whole");
    }

    private static boolean isWhole(SyncState state) {
        return state == SyncState.EQUAL || state == SyncState.BEHIND;
    }

    /// The readout of `director` says that the other one would serve.
    private void safe(SimulatedDirector director, FailoverReadiness readout, Optional<SimulatedDirector> to) {
        boolean isLate = now() - cluster.disturbedAt <= WORD_MAX + stallMax;
        that(isLate || to.filter(SimulatedDirector::isRunning).isPresent(), "safe names a director that runs");
        var unsynced = unsynced(readout);
        that(unsynced.isPresent(), "safe says how much would be lost");
        to.filter(found -> now() - found.startedAt > WORD_MAX + stallMax && !found.election.isActive())
                .ifPresent(standby -> compare(director, standby, unsynced.getAsLong()));
    }

    private static OptionalLong unsynced(FailoverReadiness readout) {
        var templates = readout.templatesAtRisk();
        var connections = readout.connectionsAtRisk();
        return templates == null || connections == null
                ? OptionalLong.empty()
                : OptionalLong.of(templates + connections);
    }

    private void compare(SimulatedDirector director, SimulatedDirector standby, long unsynced) {
        long lacks = director.datapath.ahead(standby.datapath);
        if (lacks <= unsynced) {
            falseSince.remove(director);
        } else {
            long since = falseSince.computeIfAbsent(director, _ -> now());
            that(
                    now() - since <= NOTICED_MAX + stallMax,
                    "%s lacks %d entries of %s, whose readout says %d"
                            .formatted(standby.name, lacks, director.name, unsynced));
        }
        if (lacks == 0 && unsynced == 0 && !isSplit()) {
            director.datapath.keys().stream()
                    .flatMap(key -> Optional.ofNullable(connections.get(key)).stream())
                    .filter(known -> !known.isContested)
                    .forEach(known -> known.on.add(standby));
        }
    }

    /// Why the cluster is not at rest yet; empty where it is: one active that serves, all others equal, and every
    /// readout says so.
    Optional<String> restlessness() {
        var running = cluster.directors();
        var actives = running.stream()
                .filter(director -> director.election.isActive())
                .toList();
        if (actives.size() != 1) {
            return Optional.of(actives.size() + " directors are active");
        }
        var active = actives.getFirst();
        if (!active.accepts()) {
            return Optional.of(active.name + " is active and does not serve");
        }
        for (var director : running) {
            var readout = director.readout();
            if (running.size() > 1 && readout.safe() != Safe.YES) {
                return Optional.of(director.name + " says " + readout.safe() + " " + readout.reasons());
            }
            if (director == active) {
                continue;
            }
            if (director.accepts() || director.election.standing() != Standing.STANDBY) {
                return Optional.of(director.name + " is " + director.election.standing());
            }
            if (director.tables().filter(state -> state == SyncState.EQUAL).isEmpty()
                    || !director.election.tables().equal()) {
                return Optional.of(director.name + " is not equal");
            }
        }
        return Optional.empty();
    }

    /// Once no client has done anything for a moment.
    void tablesAreTheSame() {
        var active = cluster.directors().stream()
                .filter(director -> director.election.isActive())
                .findFirst()
                .orElseThrow();
        for (var director : cluster.directors()) {
            that(
                    director.datapath.content().equals(active.datapath.content()),
                    director.name + " says that it is equal and is not");
        }
    }

    /// What has been written a moment ago, also a checkpoint, counts as unsynced.
    boolean isNothingUnsynced() {
        return cluster.directors().stream()
                .filter(director -> director.election.isActive())
                .map(SimulatedDirector::readout)
                .allMatch(readout -> readout.to() == null || unsynced(readout).orElse(1) == 0);
    }

    private long now() {
        return cluster.timeline.now();
    }
}
