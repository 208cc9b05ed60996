package holdfast.sync;

import holdfast.sync.History.Totals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The active's side of one term. It cuts the worker's records into numbered batches, remembers which standby
/// acknowledged which batch, and knows what each standby would lack if we failed now. No thread, clock or socket:
/// callers pass records, messages and the time, and take the effects.
///
/// - A batch is cut when it is full, else at the end of a turn. Part-filled batches are cut at most once every
///   [#FLUSH_INTERVAL], so that a trickle is quick and a flood is dense.
/// - Within a batch a newer record of a key replaces the older one, but never across a barrier (a checkpoint or a
/// snapshot's
///   begin or end). An END stays before a later record of its key, which may need the records in between.
/// - The worker's sequence has a gap when its ring was full. The lost changes are unknown, so the batch after the gap
///   carries their number, and every standby needs a snapshot that begins after it.
final class StreamSender {
    static final int HISTORY_BATCHES = 2048;
    static final long FLUSH_INTERVAL = TimeUnit.MICROSECONDS.toNanos(200);
    /// A standby that was silent for this long is unknown.
    static final long SILENT_INTERVAL = Peer.SILENT_INTERVAL;
    /// A standby with a batch unacknowledged for this long is behind, whatever it reports.
    static final long BEHIND_INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

    /// The readout's lag covers one to two of these, so that an old stall does not hide the present lag.
    static final long LAG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private static final long ASK_AGAIN_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    /// Unacknowledged batches of an awake standby at which a snapshot pauses; a fraction of JGroups' credits.
    private static final int SNAPSHOT_WINDOW = 256;
    private static final long AWAKE_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int RESENDS_PER_REQUEST = 64;
    private static final int INDEX_SIZE = 512;
    private static final long NEVER = Long.MIN_VALUE;

    private final int term;
    private final List<SyncEffect> effects;
    private final History history;
    private final Map<MemberId, Standby> standbys = new HashMap<>();

    private final Batch.Builder open = new Batch.Builder(Batch.RECORDS_MAX);
    private final int[] index = new int[INDEX_SIZE];
    private long openedAt;
    private long lostBeforeOpen;
    private long lastCutAt = NEVER;

    private long lastSequence;
    private long newestVersion = Version.NONE;

    private @Nullable Checkpoint checkpoint;
    private boolean snapshotOpen;
    private long snapshotBegin;
    private long wantedFrom;
    private long askedAt = NEVER;

    private long deltasSent;
    private long coalesced;
    private long lost;
    private long resent;
    private long snapshotsAsked;

    /// The counts of the last checkpoint, and the stream's totals when it was cut.
    private record Checkpoint(int templates, int connections, Totals at) {}

    private static final class Standby {
        Histogram lagMicros = newHistogram();
        Histogram lagMicrosBefore = newHistogram();
        long lagSince;
        final long since;
        long acked;
        Totals ackedTotals = Totals.ZERO;
        long ackedAt = NEVER;
        long oldestUnackedStamp = NEVER;
        boolean complete;
        SyncState says = SyncState.UNKNOWN;

        Standby(long now) {
            since = now;
            lagSince = now;
        }
    }

    private static Histogram newHistogram() {
        return new Histogram(TimeUnit.MINUTES.toMicros(10), 2);
    }

    /// The active's knowledge of one standby; empty values are unknown.
    record Readout(
            SyncState state,
            Optional<SyncStatus.Lag> lag,
            OptionalLong ackAgeNanos,
            OptionalLong backlogBatches,
            OptionalLong backlogDeltas,
            OptionalLong templates,
            OptionalLong connections,
            OptionalLong oldestAgeNanos) {}

    /// Numbers since the term began.
    record Counts(long batches, long deltas, long coalesced, long lost, long resent, long snapshotsAsked) {
        Counts plus(Counts other) {
            return new Counts(
                    batches + other.batches,
                    deltas + other.deltas,
                    coalesced + other.coalesced,
                    lost + other.lost,
                    resent + other.resent,
                    snapshotsAsked + other.snapshotsAsked);
        }
    }

    StreamSender(int term, int historyBatches, List<SyncEffect> effects) {
        this.term = term;
        this.effects = effects;
        history = new History(historyBatches);
    }

    int term() {
        return term;
    }

    long position() {
        return history.newest();
    }

    long oldest() {
        return history.oldest();
    }

    long newestVersion() {
        return newestVersion;
    }

    boolean snapshotOpen() {
        return snapshotOpen;
    }

    /// Entries in the worker's tables at its last checkpoint.
    Optional<TableSize> holds() {
        return Optional.ofNullable(checkpoint).map(last -> new TableSize(last.connections(), last.templates()));
    }

    /// Whether to take another record from the worker's ring. A snapshot waits for standbys that keep
    /// acknowledging, until the ring is so full that live changes could be lost.
    boolean mayTake(DeltaRing out, long now) {
        if (!snapshotOpen || out.size() > out.capacity() / 4 * 3) {
            return true;
        }
        for (Standby standby : standbys.values()) {
            boolean awake = standby.ackedAt != NEVER && now - standby.ackedAt < AWAKE_INTERVAL;
            if (awake && history.newest() - standby.acked > SNAPSHOT_WINDOW) {
                return false;
            }
        }
        return true;
    }

    /// Takes one record from the worker.
    void offer(Delta delta, long now) {
        if (isStale(delta)) {
            return;
        }
        noticeHole(delta, now);
        if (open.count() == 0) {
            openedAt = now;
        }
        if (delta.op().isBarrier()) {
            clearIndex();
            noteBarrier(delta);
            open.next().copyOf(delta);
        } else if (!coalesces(delta)) {
            open.next().copyOf(delta);
        }
        if (delta.op() == Delta.Op.CHECKPOINT) {
            int templates = delta.templates();
            int connections = delta.connections();
            cut(now);
            checkpoint = new Checkpoint(templates, connections, history.totalsOf(history.newest()));
        } else if (open.count() == Batch.RECORDS_MAX) {
            cut(now);
        }
    }

    /// End of a turn: cuts the open batch unless a part-filled batch was sent a moment ago.
    void flush(long now) {
        if (open.count() > 0 && (lastCutAt == NEVER || now - lastCutAt >= FLUSH_INTERVAL)) {
            cut(now);
        }
        if (wantedFrom > 0 && !snapshotOpen && (askedAt == NEVER || now - askedAt >= ASK_AGAIN_INTERVAL)) {
            askedAt = now;
            snapshotsAsked++;
            effects.add(new SyncEffect.AskSnapshot());
        }
    }

    /// End of the term: cuts the open batch in any case.
    void finish(long now) {
        cut(now);
    }

    /// ns until [#flush] is due.
    long idleFor(long now) {
        long least = Long.MAX_VALUE;
        if (open.count() > 0) {
            least = lastCutAt == NEVER ? 0 : lastCutAt + FLUSH_INTERVAL - now;
        }
        if (wantedFrom > 0 && !snapshotOpen) {
            least = Math.min(least, askedAt == NEVER ? 0 : askedAt + ASK_AGAIN_INTERVAL - now);
        }
        return least;
    }

    void joined(MemberId standby, long now) {
        standbys.putIfAbsent(standby, new Standby(now));
    }

    void left(MemberId standby) {
        standbys.remove(standby);
    }

    void acked(MemberId from, SyncMessage.Ack ack, long now) {
        Standby standby = standbys.get(from);
        if (standby == null || ack.batch() > history.newest()) {
            return;
        }
        standby.ackedAt = now;
        if (ack.batch() < standby.acked) {
            return; // overtaken by a newer one; acks may arrive in any order
        }
        if (standby.complete && ack.complete()) {
            recordLag(standby, ack, now);
        }
        standby.acked = ack.batch();
        standby.complete = ack.complete();
        standby.says = ack.state();
        if (ack.batch() == 0 || history.holds(ack.batch())) {
            standby.ackedTotals = history.totalsOf(ack.batch());
        }
        Batch next = history.batch(ack.batch() + 1);
        if (next != null) {
            standby.oldestUnackedStamp = next.stampNanos();
        } else if (ack.batch() == history.newest()) {
            standby.oldestUnackedStamp = NEVER;
        }
    }

    /// Sends batches of the history again. For older batches the standby learns from our position that they are no
    /// longer held, and asks for a snapshot.
    void resend(MemberId to, SyncMessage.Resend request) {
        long last = Math.min(Math.min(request.to(), history.newest()), request.from() + RESENDS_PER_REQUEST - 1);
        for (long number = Math.max(request.from(), history.oldest()); number <= last; number++) {
            Batch batch = history.batch(number);
            if (batch != null) {
                effects.add(new SyncEffect.Unicast(to, batch));
                resent++;
            }
        }
    }

    /// Records that a standby needs a snapshot that begins in batch `from` or later.
    void wantSnapshot(long from) {
        boolean comes = snapshotBegin >= from && snapshotBegin > 0;
        if (!comes) {
            wantedFrom = Math.max(wantedFrom, from);
        }
    }

    /// The state and losses of a standby.
    ///
    /// @param queued  records that the worker has written and we have not taken, or that the ring lost and we have
    ///     not noticed; each may be a connection or a template
    Readout readout(MemberId member, long queued, long now) {
        Standby standby = standbys.get(member);
        if (standby == null) {
            return new Readout(
                    SyncState.UNKNOWN,
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty());
        }
        long waiting = queued + open.count() + lostBeforeOpen;
        Totals unacked = history.totalsOf(history.newest()).minus(standby.ackedTotals);
        boolean acked = standby.ackedAt != NEVER;
        return new Readout(
                state(standby, now),
                lag(standby),
                acked ? OptionalLong.of(now - standby.ackedAt) : OptionalLong.empty(),
                acked ? OptionalLong.of(history.newest() - standby.acked) : OptionalLong.empty(),
                acked ? OptionalLong.of(unacked.deltas() + waiting) : OptionalLong.empty(),
                atRisk(standby, unacked.templates(), waiting, Checkpoint::templates, Totals::templates),
                atRisk(standby, unacked.connections(), waiting, Checkpoint::connections, Totals::connections),
                oldestAge(standby, waiting, now));
    }

    /// The state alone, to notice its change.
    SyncState state(MemberId member, long now) {
        Standby standby = standbys.get(member);
        return standby == null ? SyncState.UNKNOWN : state(standby, now);
    }

    Counts counts() {
        return new Counts(history.newest(), deltasSent, coalesced, lost, resent, snapshotsAsked);
    }

    private boolean isStale(Delta delta) {
        boolean ofThisTerm = Version.term(delta.version()) == term;
        boolean isCopy = snapshotOpen && !delta.op().isBarrier();
        return !ofThisTerm && !isCopy; // left over from an earlier time as active
    }

    private void noticeHole(Delta delta, long now) {
        if (Version.term(delta.version()) != term) {
            return;
        }
        long sequence = Version.sequence(delta.version());
        boolean isChange = !delta.op().isBarrier();
        long missing = isChange ? sequence - lastSequence - 1 : sequence - lastSequence;
        if (missing > 0) {
            cut(now);
            lost += missing;
            lostBeforeOpen += missing;
            wantSnapshotAfterHole();
        }
        if (sequence > lastSequence) {
            lastSequence = sequence;
            newestVersion = delta.version();
        }
    }

    private void wantSnapshotAfterHole() {
        wantedFrom = Math.max(wantedFrom, history.newest() + 1);
    }

    private void noteBarrier(Delta delta) {
        if (delta.op() == Delta.Op.SNAPSHOT_BEGIN) {
            snapshotOpen = true;
            snapshotBegin = history.newest() + 1;
            askedAt = NEVER;
            if (snapshotBegin >= wantedFrom) {
                wantedFrom = 0;
            }
        } else if (delta.op() == Delta.Op.SNAPSHOT_END) {
            snapshotOpen = false;
        }
    }

    /// Replaces an older delta of the same key, if the open batch has one that may be replaced.
    private boolean coalesces(Delta delta) {
        int slot = delta.keyHash() & INDEX_SIZE - 1;
        while (index[slot] != 0) {
            Delta held = open.record(index[slot] - 1);
            if (held.hasKeyOf(delta)) {
                return replace(held, delta, slot);
            }
            slot = slot + 1 & INDEX_SIZE - 1;
        }
        index[slot] = open.count() + 1;
        return false;
    }

    private boolean replace(Delta held, Delta delta, int slot) {
        if (delta.version() < held.version()) {
            coalesced++; // the snapshot's copy of an entry that has changed since
            return true;
        }
        boolean isOfAnother = held.op().isEnd() && !delta.op().isEnd();
        if (isOfAnother || held.isMove() || delta.isMove()) {
            index[slot] = open.count() + 1;
            return false;
        }
        held.copyOf(delta);
        coalesced++;
        return true;
    }

    private void cut(long now) {
        if (open.count() == 0) {
            return;
        }
        Batch batch = open.build(term, 0, history.newest() + 1, openedAt, lostBeforeOpen);
        open.clear();
        clearIndex();
        lostBeforeOpen = 0;
        lastCutAt = now;
        for (Standby standby : standbys.values()) {
            if (standby.acked == history.newest() && standby.oldestUnackedStamp == NEVER) {
                standby.oldestUnackedStamp = batch.stampNanos();
            }
        }
        history.add(batch);
        deltasSent += batch.count();
        effects.add(new SyncEffect.Multicast(batch));
    }

    private void clearIndex() {
        java.util.Arrays.fill(index, 0);
    }

    private void recordLag(Standby standby, SyncMessage.Ack ack, long now) {
        for (long number = Math.max(standby.acked + 1, history.oldest()); number <= ack.batch(); number++) {
            Batch batch = history.batch(number);
            if (batch != null) {
                record(standby, now - batch.stampNanos(), now);
            }
        }
        if (ack.batch() > standby.acked && !history.holds(ack.batch())) {
            record(standby, now - ack.stampNanos(), now);
        }
    }

    private static void record(Standby standby, long lagNanos, long now) {
        if (now - standby.lagSince > LAG_INTERVAL) {
            Histogram reused = standby.lagMicrosBefore;
            standby.lagMicrosBefore = standby.lagMicros;
            reused.reset();
            standby.lagMicros = reused;
            standby.lagSince = now;
        }
        long micros = Math.clamp(lagNanos / 1000, 0, standby.lagMicros.getHighestTrackableValue());
        standby.lagMicros.recordValue(micros);
    }

    private static Optional<SyncStatus.Lag> lag(Standby standby) {
        Histogram lag = standby.lagMicrosBefore.copy();
        lag.add(standby.lagMicros);
        return lag.getTotalCount() == 0
                ? Optional.empty()
                : Optional.of(new SyncStatus.Lag(
                        lag.getValueAtPercentile(50),
                        lag.getValueAtPercentile(99),
                        lag.getMaxValue(),
                        lag.getTotalCount()));
    }

    private SyncState state(Standby standby, long now) {
        if (standby.ackedAt == NEVER || now - standby.ackedAt > SILENT_INTERVAL) {
            return SyncState.UNKNOWN;
        }
        boolean late = standby.oldestUnackedStamp != NEVER && now - standby.oldestUnackedStamp > BEHIND_INTERVAL;
        return late && standby.says == SyncState.EQUAL ? SyncState.BEHIND : standby.says;
    }

    /// A standby that has everything before its position lacks at most what it has not acknowledged. A standby that
    /// joins may lack the whole table, whose size the last checkpoint gave.
    private OptionalLong atRisk(
            Standby standby,
            long unacked,
            long waiting,
            java.util.function.ToLongFunction<Checkpoint> inTable,
            java.util.function.ToLongFunction<Totals> inStream) {
        if (standby.complete) {
            return OptionalLong.of(unacked + waiting);
        }
        if (checkpoint == null) {
            return OptionalLong.empty();
        }
        long since = inStream.applyAsLong(history.totalsOf(history.newest())) - inStream.applyAsLong(checkpoint.at());
        return OptionalLong.of(inTable.applyAsLong(checkpoint) + since + waiting);
    }

    private OptionalLong oldestAge(Standby standby, long waiting, long now) {
        if (!standby.complete) {
            long since = standby.oldestUnackedStamp == NEVER ? standby.since : standby.oldestUnackedStamp;
            return OptionalLong.of(now - Math.min(since, standby.since));
        }
        if (standby.oldestUnackedStamp != NEVER) {
            return OptionalLong.of(now - standby.oldestUnackedStamp);
        }
        return OptionalLong.of(waiting > 0 && open.count() > 0 ? now - openedAt : 0);
    }
}
