package holdfast.sync;

import holdfast.sync.History.Totals;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The active's side of one term. It cuts the worker's records into numbered batches, remembers which standby
/// acknowledged which batch, and knows what each standby would lack if we failed now. No thread, clock or socket:
/// callers pass records, messages and the time, and take the effects.
///
/// - A batch is cut when it is full, else at the end of a turn. Part-filled batches are cut at most once every
///   [#FLUSH_INTERVAL], so that a trickle is quick and a flood is dense.
/// - The worker's sequence has a gap when its ring was full. The lost changes are unknown, so the batch after the gap
///   carries their number, and every standby needs a copy of what changed since.
/// - One copy is written at a time, for one standby; the others get only the numbers of its batches. A copy waits
///   for its standby, and ends when that is silent.
/// - Copies and live changes are in batches of their own. Of two open ones that of the copy is cut first, so that
/// no end overtakes an older copy of its entry. Digests and moves of templates keep their place among live changes.
final class StreamSender {
    static final int HISTORY_BATCHES = 2048;
    static final long FLUSH_INTERVAL = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long COPY_FLUSH_INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);
    /// A standby that was silent for this long is unknown.
    static final long SILENT_INTERVAL = Peer.SILENT_INTERVAL;
    /// A standby with a batch unacknowledged for this long is behind, whatever it reports.
    static final long BEHIND_INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

    /// The readout's lag covers one to two of these, so that an old stall does not hide the present lag.
    static final long LAG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private static final long ASK_AGAIN_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    /// Records of a copy that its standby has not applied, at which the copy pauses: some 300 kB, which a socket's
    /// buffer takes.
    private static final int COPY_WINDOW = 64 * Batch.RECORDS_MAX;

    private static final int RESENDS_PER_REQUEST = 64;
    private static final long NEVER = Long.MIN_VALUE;

    private final int term;
    private final List<SyncEffect> effects;
    private final History history;
    private final Map<MemberId, Standby> standbys = new HashMap<>();

    private final OpenBatch live = new OpenBatch();
    private final OpenBatch copied = new OpenBatch(); // for the standby of the present copy, or of the last one
    private @Nullable MemberId copiedFor;
    private long lostBeforeOpen;
    private long lastCutAt = NEVER;

    private long lastSequence;
    private long newestVersion = Version.NONE;

    private @Nullable Checkpoint checkpoint;
    private final Map<MemberId, SyncMessage.CopyRequest> wanted = new LinkedHashMap<>();
    private @Nullable Copying copying;
    private boolean copyOpen; // between COPY_BEGIN and COPY_END in the worker's records
    private int tickets;

    private long deltasSent;
    private long lost;
    private long resent;
    private final long[] copies = new long[CopyOrder.Kind.values().length];
    private long recordsCopied;

    /// A copy that the worker was asked for and has not finished.
    private static final class Copying {
        final MemberId to;
        final CopyOrder order;
        long askedAt;
        long begin; // the batch in which its latest part begins; 0 before the first
        int taken; // records
        int applied;
        final ArrayDeque<OnTheWay> onTheWay = new ArrayDeque<>();

        Copying(MemberId to, CopyOrder order, long askedAt) {
            this.to = to;
            this.order = order;
            this.askedAt = askedAt;
        }
    }

    /// @param taken  records of the copy up to this batch
    private record OnTheWay(long batch, int taken) {}

    /// The counts of the last checkpoint, and the stream's totals when it was cut.
    private record Checkpoint(int templates, int connections, Totals at) {}

    private static final class Standby {
        Histogram lagMicros = newHistogram();
        Histogram lagMicrosBefore = newHistogram();
        long lagSince;
        final long since;
        long acked;
        Totals ackedTotals = Totals.ZERO;

        @Nullable
        Totals wholeTotals; // up to the last batch before which it lacked nothing

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
    record Counts(
            long batches,
            long deltas,
            long coalesced,
            long lost,
            long resent,
            long copiesOfChanges,
            long copiesOfDigests,
            long copiesOfBuckets,
            long recordsCopied) {
        static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    batches + other.batches,
                    deltas + other.deltas,
                    coalesced + other.coalesced,
                    lost + other.lost,
                    resent + other.resent,
                    copiesOfChanges + other.copiesOfChanges,
                    copiesOfDigests + other.copiesOfDigests,
                    copiesOfBuckets + other.copiesOfBuckets,
                    recordsCopied + other.recordsCopied);
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

    boolean isCopying() {
        return copying != null;
    }

    /// Entries in the worker's tables at its last checkpoint.
    Optional<TableSize> holds() {
        return Optional.ofNullable(checkpoint).map(last -> new TableSize(last.connections(), last.templates()));
    }

    /// Records that the worker may have written of the copy so far; and the ticket of the copy. Its standby must
    /// have applied all but the last [#COPY_WINDOW] of them.
    CopyCredit copyCredit() {
        Copying copy = copying;
        if (copy == null) {
            return CopyCredit.NONE;
        }
        return new CopyCredit(copy.order.ticket(), copy.applied + COPY_WINDOW);
    }

    /// Takes one record from the worker.
    void offer(Delta delta, long now) {
        boolean isLive = isLive(delta);
        if (!isLive && copying != null) {
            copying.taken++;
        }
        if (!isLive && !isOfPresentCopy(delta)) {
            return;
        }
        if (isLive || delta.op().isBarrier()) {
            noticeHole(delta, now);
        }
        if (isLive) {
            addLive(delta, now);
        } else {
            addCopied(delta, now);
        }
    }

    private void addLive(Delta delta, long now) {
        live.add(delta, now);
        if (delta.op() == Delta.Op.CHECKPOINT) {
            int templates = delta.templates();
            int connections = delta.connections();
            cut(now);
            checkpoint = new Checkpoint(templates, connections, history.totalsOf(history.newest()));
        } else if (live.isFull() || delta.isMove()) {
            cut(now);
        }
    }

    private void addCopied(Delta delta, long now) {
        Copying copy = Objects.requireNonNull(copying);
        boolean isOfAnother = !copy.to.equals(copiedFor);
        boolean keepsItsPlace = delta.op() == Delta.Op.BUCKET && live.count() > 0;
        if (isOfAnother || keepsItsPlace || delta.op() == Delta.Op.COPY_BEGIN) {
            cut(now);
        }
        copiedFor = copy.to;
        if (isMark(delta)) {
            follow(copy, delta);
            if (copyOpen) {
                copies[delta.copyKind().code()]++;
            }
        }
        copied.add(delta, now);
        if (copied.isFull()) {
            cutCopied(now);
        }
    }

    /// End of a turn: cuts the open batches unless a part-filled batch was sent a moment ago.
    void flush(long now) {
        if (isOpen() && (lastCutAt == NEVER || now - lastCutAt >= flushInterval())) {
            cut(now);
        }
        giveUpSilent(now);
        if (copying == null && !wanted.isEmpty()) {
            var next = wanted.entrySet().iterator().next();
            wanted.remove(next.getKey());
            var order = new CopyOrder(
                    ++tickets, next.getValue().since(), next.getValue().buckets());
            copying = new Copying(next.getKey(), order, now);
            effects.add(new SyncEffect.AskCopy(order));
        } else if (copying != null && copying.begin == 0 && now - copying.askedAt >= ASK_AGAIN_INTERVAL) {
            copying.askedAt = now;
            effects.add(new SyncEffect.AskCopy(copying.order));
        }
    }

    private boolean isOpen() {
        return live.count() > 0 || copied.count() > 0;
    }

    /// Beside a copy, few large batches leave its standby more time.
    private long flushInterval() {
        return copying == null ? FLUSH_INTERVAL : COPY_FLUSH_INTERVAL;
    }

    private void giveUpSilent(long now) {
        Copying copy = copying;
        Standby standby = copy == null ? null : standbys.get(copy.to);
        if (standby == null || now - Math.max(standby.ackedAt, standby.since) > SILENT_INTERVAL) {
            giveUp();
        }
    }

    /// The worker keeps what it has not written, until another order replaces it.
    private void giveUp() {
        copying = null;
        copyOpen = false;
    }

    /// End of the term: cuts the open batch in any case.
    void finish(long now) {
        cut(now);
    }

    /// ns until [#flush] is due.
    long idleFor(long now) {
        long least = Long.MAX_VALUE;
        if (isOpen()) {
            least = lastCutAt == NEVER ? 0 : lastCutAt + flushInterval() - now;
        }
        if (copying == null) {
            return wanted.isEmpty() ? least : 0;
        }
        return copying.begin == 0 ? Math.min(least, copying.askedAt + ASK_AGAIN_INTERVAL - now) : least;
    }

    void joined(MemberId standby, long now) {
        standbys.putIfAbsent(standby, new Standby(now));
    }

    void left(MemberId standby) {
        standbys.remove(standby);
        wanted.remove(standby);
        if (copying != null && copying.to.equals(standby)) {
            giveUp();
        }
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
        noteApplied(from, ack.batch());
        standby.acked = ack.batch();
        standby.complete = ack.complete();
        standby.says = ack.state();
        if (ack.batch() == 0 || history.holds(ack.batch())) {
            standby.ackedTotals = history.totalsOf(ack.batch());
            if (ack.complete()) {
                standby.wholeTotals = standby.ackedTotals;
            }
        }
        Batch next = history.batch(ack.batch() + 1);
        if (next != null) {
            standby.oldestUnackedStamp = next.stampNanos();
        } else if (ack.batch() == history.newest()) {
            standby.oldestUnackedStamp = NEVER;
        }
    }

    private void noteApplied(MemberId standby, long batch) {
        Copying copy = copying;
        if (copy == null || !copy.to.equals(standby)) {
            return;
        }
        while (!copy.onTheWay.isEmpty() && copy.onTheWay.peekFirst().batch() <= batch) {
            copy.applied = copy.onTheWay.removeFirst().taken();
        }
    }

    /// Sends batches of the history again. For older batches the standby learns from our position that they are no
    /// longer held, and asks for a copy.
    void resend(MemberId to, SyncMessage.Resend request) {
        long last = Math.min(Math.min(request.to(), history.newest()), request.from() + RESENDS_PER_REQUEST - 1);
        for (long number = Math.max(request.from(), history.oldest()); number <= last; number++) {
            Batch batch = history.batch(number, to);
            if (batch != null) {
                effects.add(new SyncEffect.Unicast(to, batch));
                resent++;
            }
        }
    }

    /// Records that a standby needs a copy. A copy for it that is being written serves if its latest part begins
    /// late enough.
    void wantCopy(MemberId from, SyncMessage.CopyRequest request) {
        Copying copy = copying;
        boolean comes = copy != null
                && copy.to.equals(from)
                && copy.order.since() == request.since()
                && copy.order.buckets().isEmpty() == request.buckets().isEmpty()
                && (copy.begin == 0 || copy.begin >= request.from());
        if (!comes && standbys.containsKey(from)) {
            wanted.put(from, request);
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
        long waiting = queued + live.count() + lostBeforeOpen;
        Totals newest = history.totalsOf(history.newest());
        Totals unacked = newest.minus(standby.ackedTotals);
        boolean acked = standby.ackedAt != NEVER;
        return new Readout(
                state(standby, now),
                lag(standby),
                acked ? OptionalLong.of(now - standby.ackedAt) : OptionalLong.empty(),
                acked ? OptionalLong.of(history.newest() - standby.acked) : OptionalLong.empty(),
                acked ? OptionalLong.of(unacked.deltas() + waiting) : OptionalLong.empty(),
                atRisk(standby, newest, waiting, Checkpoint::templates, Totals::templates),
                atRisk(standby, newest, waiting, Checkpoint::connections, Totals::connections),
                oldestAge(standby, waiting, now));
    }

    /// The state alone, to notice its change.
    SyncState state(MemberId member, long now) {
        Standby standby = standbys.get(member);
        return standby == null ? SyncState.UNKNOWN : state(standby, now);
    }

    Counts counts() {
        return new Counts(
                history.newest(),
                deltasSent,
                live.coalesced() + copied.coalesced(),
                lost,
                resent,
                copies[CopyOrder.Kind.CHANGES.code()],
                copies[CopyOrder.Kind.DIGESTS.code()],
                copies[CopyOrder.Kind.BUCKETS.code()],
                recordsCopied);
    }

    /// Whether it is a change or a checkpoint of this term; not of a copy, nor left over from an earlier time as
    /// active.
    private boolean isLive(Delta delta) {
        if (Version.term(delta.version()) != term) {
            return false;
        }
        return delta.op() == Delta.Op.CHECKPOINT
                || (!delta.op().isBarrier() && Version.sequence(delta.version()) > lastSequence);
    }

    /// Whether the record is of the present copy, and not left over from one that was given up or of an earlier
    /// term.
    private boolean isOfPresentCopy(Delta delta) {
        Copying copy = copying;
        if (copy == null) {
            return false;
        }
        return isMark(delta)
                ? Version.term(delta.version()) == term && copy.order.ticket() == delta.ticket()
                : copyOpen;
    }

    private static boolean isMark(Delta delta) {
        return delta.op() == Delta.Op.COPY_BEGIN || delta.op() == Delta.Op.COPY_END;
    }

    private void follow(Copying copy, Delta mark) {
        copyOpen = mark.op() == Delta.Op.COPY_BEGIN;
        if (copyOpen) {
            copy.begin = history.newest() + 1;
        } else if (!mark.isContinued()) {
            copying = null;
        }
    }

    private void noticeHole(Delta delta, long now) {
        long sequence = Version.sequence(delta.version());
        boolean isChange = !delta.op().isBarrier();
        long missing = isChange ? sequence - lastSequence - 1 : sequence - lastSequence;
        if (missing > 0) {
            cut(now);
            lost += missing;
            lostBeforeOpen += missing;
        }
        if (sequence > lastSequence) {
            lastSequence = sequence;
            newestVersion = delta.version();
        }
    }

    private void cut(long now) {
        cutCopied(now);
        if (live.count() > 0) {
            Batch batch = number(live, now);
            history.add(batch, null);
            deltasSent += batch.count();
            effects.add(new SyncEffect.Multicast(batch));
        }
    }

    private void cutCopied(long now) {
        MemberId to = copiedFor;
        if (copied.count() == 0 || to == null) {
            return;
        }
        Batch batch = number(copied, now).asCopy();
        history.add(batch, to);
        recordsCopied += batch.count();
        if (copying != null && copying.to.equals(to)) {
            copying.onTheWay.add(new OnTheWay(batch.number(), copying.taken));
        }
        sendCopied(batch, to);
    }

    private Batch number(OpenBatch open, long now) {
        Batch batch = open.cut(term, history.newest() + 1, lostBeforeOpen);
        lostBeforeOpen = 0;
        lastCutAt = now;
        for (Standby standby : standbys.values()) {
            if (standby.acked == history.newest() && standby.oldestUnackedStamp == NEVER) {
                standby.oldestUnackedStamp = batch.stampNanos();
            }
        }
        return batch;
    }

    /// The other standbys get its number alone.
    private void sendCopied(Batch batch, MemberId to) {
        if (isAlone(to)) {
            effects.add(new SyncEffect.Multicast(batch));
            return;
        }
        for (MemberId standby : standbys.keySet()) {
            effects.add(new SyncEffect.Unicast(standby, standby.equals(to) ? batch : batch.emptied()));
        }
    }

    private boolean isAlone(MemberId standby) {
        return standbys.size() == 1 && standbys.containsKey(standby);
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
        if (isSilent(standby, now)) {
            return SyncState.UNKNOWN;
        }
        boolean late = standby.oldestUnackedStamp != NEVER && now - standby.oldestUnackedStamp > BEHIND_INTERVAL;
        return late && standby.says == SyncState.EQUAL ? SyncState.BEHIND : standby.says;
    }

    private static boolean isSilent(Standby standby, long now) {
        return standby.ackedAt == NEVER || now - standby.ackedAt > SILENT_INTERVAL;
    }

    /// A standby that has everything before its position lacks at most what it has not acknowledged. One that is
    /// behind lacks at most what came after it had everything. Any other may lack the whole table, whose size the
    /// last checkpoint gave.
    private OptionalLong atRisk(
            Standby standby,
            Totals newest,
            long waiting,
            ToLongFunction<Checkpoint> inTable,
            ToLongFunction<Totals> inStream) {
        long sent = inStream.applyAsLong(newest);
        if (standby.complete) {
            return OptionalLong.of(sent - inStream.applyAsLong(standby.ackedTotals) + waiting);
        }
        if (standby.says == SyncState.BEHIND && standby.wholeTotals != null) {
            return OptionalLong.of(sent - inStream.applyAsLong(standby.wholeTotals) + waiting);
        }
        return checkpoint == null
                ? OptionalLong.empty()
                : OptionalLong.of(
                        inTable.applyAsLong(checkpoint) + sent - inStream.applyAsLong(checkpoint.at()) + waiting);
    }

    private OptionalLong oldestAge(Standby standby, long waiting, long now) {
        if (!standby.complete) {
            long since = standby.oldestUnackedStamp == NEVER ? standby.since : standby.oldestUnackedStamp;
            return OptionalLong.of(now - Math.min(since, standby.since));
        }
        if (standby.oldestUnackedStamp != NEVER) {
            return OptionalLong.of(now - standby.oldestUnackedStamp);
        }
        return OptionalLong.of(waiting > 0 && live.count() > 0 ? now - live.openedAt() : 0);
    }
}
