package holdfast.sync;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The standby's side. It takes one active's batches in order, passes the records to the worker's ring, and
/// acknowledges records that the worker has applied. No thread, clock or socket: callers pass messages and the time,
/// and take the effects.
///
/// - The tables are *complete* when a snapshot that began at or after `base` was applied whole, or a checkpoint after
/// `base`
///   compared equal. `base` is the start of the unbroken run of batches. A gap that no resend can fill, a gap in the
///   worker's sequence, or different digests set a new `base`.
/// - The receiver does not pass on a SNAPSHOT_END whose SNAPSHOT_BEGIN lies before `base`: the sweep would delete
///   entries whose copies were lost in the gap.
/// - If the worker's ring has no room for a whole batch, batches wait here and are then dropped without an
///   acknowledgement. The active still holds them, and the receiver asks for them again.
final class StreamReceiver {
    static final long SILENT_INTERVAL = Peer.SILENT_INTERVAL;

    private static final int PENDING_MAX = 256;
    private static final long RESEND_FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long RESEND_MAX_INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int RESEND_BATCHES = 64;
    private static final long SNAPSHOT_MAX_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    /// Delay before another snapshot if the last one did not make the tables equal, as between tables of different
    /// size; doubles each time.
    private static final long VAIN_FIRST_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final long VAIN_MAX_INTERVAL = TimeUnit.SECONDS.toNanos(60);
    private static final long SNAPSHOT_FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);
    /// How long a director that has tables waits for the new active's checkpoint before it asks for a snapshot.
    private static final long COMPARE_INTERVAL = TimeUnit.MILLISECONDS.toNanos(300);
    /// A checkpoint comes every 100 ms; after this time equality is unknown.
    private static final long EQUAL_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final long ACK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long NEVER = Long.MIN_VALUE;
    private static final long NONE = -1;

    private final List<SyncEffect> effects;

    private @Nullable MemberId active;
    private @Nullable MemberId writer;
    private int term;
    private boolean hasTable;
    private long heardAt;

    private final TreeMap<Long, Batch> pending = new TreeMap<>();
    private long expected = 1;
    private long activePosition;
    private long activeOldest;
    private @Nullable TableSize activeHolds;

    private long delivered;
    private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();
    private final ArrayDeque<Long> checkpoints = new ArrayDeque<>();
    private long appliedBatch;
    private long appliedStamp;
    private long appliedVersion = Version.NONE;
    private boolean ackDue;
    private long ackedAt = NEVER;

    private long base = 1;
    private long baseAt;
    private boolean complete;
    private boolean differs;
    private boolean urgent;
    private long equalAt = NEVER;
    private boolean snapshotOpen;
    private long snapshotEnd = NONE;

    private long gapSince = NEVER;
    private long resendAt;
    private long resendInterval;
    private long snapshotAskAt = NEVER;
    private long snapshotInterval;
    private long vainInterval; // before the next snapshot if this one does not help; 0 for none

    private long resendsAsked;
    private long batchesApplied;

    /// A batch in the worker's ring: it is applied once the worker has counted `target` records.
    private record InFlight(Batch batch, long target, long version) {}

    StreamReceiver(List<SyncEffect> effects) {
        this.effects = effects;
    }

    @Nullable
    MemberId active() {
        return active;
    }

    /// The term that it follows or followed last, or 0.
    int term() {
        return term;
    }

    /// The term of the live stream; 0 if there is none.
    int presentTerm(long now) {
        return active == null || now - heardAt > SILENT_INTERVAL ? 0 : term;
    }

    /// Whether we took records of this term from another member: records of this member could have the same
    /// versions.
    boolean hasTermOfAnother(int ofTerm, MemberId member) {
        return writer != null && term == ofTerm && !writer.equals(member);
    }

    long position() {
        return appliedBatch;
    }

    long activePosition() {
        return activePosition;
    }

    /// Entries in the active's tables at its last checkpoint that came.
    Optional<TableSize> activeHolds() {
        return Optional.ofNullable(activeHolds);
    }

    long appliedVersion() {
        return appliedVersion;
    }

    long heardAt() {
        return heardAt;
    }

    boolean snapshotOpen() {
        return snapshotOpen;
    }

    boolean complete() {
        return complete;
    }

    long resendsAsked() {
        return resendsAsked;
    }

    long batchesApplied() {
        return batchesApplied;
    }

    /// Starts to follow the stream of `active`.
    ///
    /// @param from  the first batch that we need: 1 to continue from an earlier term, else the active's next batch
    void follow(MemberId active, int term, long from, long now) {
        stop();
        this.active = active;
        writer = active;
        this.term = term;
        heardAt = now;
        expected = from;
        activePosition = from - 1;
        activeOldest = 1;
        appliedBatch = from - 1;
        appliedStamp = 0;
        ackedAt = NEVER;
        rebase(now);
        urgent = !hasTable;
        vainInterval = 0;
    }

    /// Forgets the stream, as at our own promotion. Records in the worker's ring stay there.
    void stop() {
        active = null;
        pending.clear();
        inFlight.clear();
        checkpoints.clear();
        activeHolds = null;
        snapshotOpen = false;
        complete = false;
        differs = false;
        gapSince = NEVER;
    }

    boolean hasTable() {
        return hasTable;
    }

    /// Marks our tables as worth comparing with the next active's.
    void tableIsOurs() {
        hasTable = true;
    }

    /// Records the active's position.
    void heard(long position, long oldest, long now) {
        heardAt = now;
        activePosition = Math.max(activePosition, position);
        activeOldest = Math.max(activeOldest, oldest);
    }

    void batch(Batch batch, long now) {
        heardAt = now;
        activePosition = Math.max(activePosition, batch.number());
        if (batch.number() >= expected && pending.size() < PENDING_MAX) {
            pending.putIfAbsent(batch.number(), batch);
        } else if (batch.number() == expected) {
            pending.pollLastEntry(); // the next batch is worth more than any later one
            pending.put(batch.number(), batch);
        }
    }

    /// Does the due work: acknowledges applied records, passes pending batches to the worker's ring, and asks for
    /// missing ones.
    ///
    /// @param applied   read before `equality`, so that `equality` includes the comparison of every applied
    ///     checkpoint
    void turn(DeltaRing in, long applied, Equality equality, long now) {
        if (active == null) {
            return;
        }
        noteApplied(applied, equality, now);
        deliver(in, now);
        mindTheGap(now);
        mindTheBase(now);
        if (ackDue || ackedAt == NEVER || now - ackedAt >= ACK_INTERVAL) {
            ackDue = false;
            ackedAt = now;
            effects.add(new SyncEffect.Unicast(
                    active, new SyncMessage.Ack(term, appliedBatch, appliedStamp, state(now), complete)));
        }
    }

    /// Whether the worker has records of ours to apply.
    boolean awaitsWorker() {
        return !inFlight.isEmpty();
    }

    /// Whether the worker has applied records that we have not noted.
    boolean hasNews(long applied) {
        return !inFlight.isEmpty() && inFlight.peekFirst().target() <= applied;
    }

    /// ns until [#turn] is due, unless a message or the worker comes first.
    long idleFor(long now) {
        if (active == null) {
            return Long.MAX_VALUE;
        }
        long least = ackDue || ackedAt == NEVER ? 0 : ackedAt + ACK_INTERVAL - now;
        if (gapSince != NEVER) {
            least = Math.min(least, resendAt - now);
        }
        if (wantsSnapshot()) {
            long comparesUntil = urgent ? now : baseAt + COMPARE_INTERVAL;
            long askAt = snapshotAskAt == NEVER ? now : snapshotAskAt;
            least = Math.min(least, Math.max(comparesUntil - now, askAt - now));
        }
        return least;
    }

    private boolean wantsSnapshot() {
        return !complete && !snapshotOpen && snapshotEnd == NONE;
    }

    SyncState state(long now) {
        if (active == null || now - heardAt > SILENT_INTERVAL) {
            return SyncState.UNKNOWN;
        }
        if (differs) {
            return SyncState.DIFFERENT;
        }
        if (!complete || equalAt == NEVER) {
            return SyncState.JOINING;
        }
        boolean stuck = gapSince != NEVER && now - gapSince > StreamSender.BEHIND_INTERVAL;
        return stuck || now - equalAt > EQUAL_INTERVAL ? SyncState.BEHIND : SyncState.EQUAL;
    }

    private void noteApplied(long applied, Equality equality, long now) {
        while (!inFlight.isEmpty() && inFlight.peekFirst().target() <= applied) {
            InFlight done = inFlight.removeFirst();
            appliedBatch = done.batch().number();
            appliedStamp = done.batch().stampNanos();
            appliedVersion = Math.max(appliedVersion, done.version());
            batchesApplied++;
            ackDue = true;
            hasTable = true;
        }
        if (snapshotEnd != NONE && applied >= snapshotEnd) {
            snapshotEnd = NONE;
            complete = true;
            differs = false;
        }
        boolean compared = false;
        while (!checkpoints.isEmpty() && checkpoints.peekFirst() <= applied) {
            checkpoints.removeFirst();
            compared = true;
        }
        if (compared) {
            judge(equality, now);
        }
    }

    private void judge(Equality equality, long now) {
        switch (equality.state()) {
            case EQUAL -> {
                complete = true;
                differs = false;
                equalAt = now;
                vainInterval = 0;
            }
            case DIFFERENT -> {
                boolean everythingCame = complete && !snapshotOpen && snapshotEnd == NONE;
                if (everythingCame) {
                    rebase(now);
                    differs = true;
                    snapshotAskAt = vainInterval == 0 ? NEVER : now + vainInterval;
                    vainInterval =
                            vainInterval == 0 ? VAIN_FIRST_INTERVAL : Math.min(2 * vainInterval, VAIN_MAX_INTERVAL);
                }
                urgent = true;
            }
            case UNKNOWN -> {}
        }
    }

    private void deliver(DeltaRing in, long now) {
        boolean any = false;
        while (!pending.isEmpty() && pending.firstKey() == expected) {
            Batch batch = pending.firstEntry().getValue();
            if (in.capacity() - in.size() < batch.count()) {
                break;
            }
            pending.pollFirstEntry();
            if (batch.lost() > 0) {
                rebase(now);
                urgent = true;
            }
            write(batch, in);
            expected++;
            gapSince = NEVER;
            any = true;
        }
        if (any) {
            effects.add(new SyncEffect.WakeWorker());
        }
    }

    private void write(Batch batch, DeltaRing in) {
        Delta view = batch.view();
        long version = Version.NONE;
        for (int i = 0; i < batch.count(); i++) {
            Delta record = batch.record(view, i);
            boolean passes = switch (record.op()) {
                case SNAPSHOT_BEGIN -> {
                    snapshotOpen = true;
                    snapshotEnd = NONE;
                    yield true;
                }
                case SNAPSHOT_END -> {
                    boolean whole = snapshotOpen;
                    snapshotOpen = false;
                    if (whole) {
                        checkpoints.clear(); // compared before the sweep, so they are invalid
                        snapshotEnd = delivered + 1;
                    }
                    yield whole;
                }
                case CHECKPOINT -> {
                    checkpoints.add(delivered + 1);
                    activeHolds = new TableSize(record.connections(), record.templates());
                    yield true;
                }
                case CONNECTION, TEMPLATE, CONNECTION_END, TEMPLATE_END -> true;
            };
            if (passes) {
                Delta slot = in.claim();
                if (slot == null) {
                    throw new IllegalStateException("the ring had room for the batch and is full now");
                }
                slot.copyOf(record);
                in.publish();
                delivered++;
                version = Math.max(version, record.version());
            }
        }
        inFlight.add(new InFlight(batch, delivered, version));
    }

    /// Asks for missing batches, and starts anew behind batches that the active no longer holds.
    private void mindTheGap(long now) {
        boolean missing = activePosition >= expected && !pending.containsKey(expected);
        if (!missing) {
            gapSince = NEVER;
            return;
        }
        if (expected < activeOldest) {
            expected = pending.isEmpty() ? activePosition + 1 : pending.firstKey();
            rebase(now);
            urgent = true;
            gapSince = NEVER;
            return;
        }
        if (gapSince == NEVER) {
            gapSince = now;
            resendInterval = RESEND_FIRST_INTERVAL;
            resendAt = now + resendInterval;
        }
        if (now - resendAt >= 0) {
            long last = pending.isEmpty() ? activePosition : pending.firstKey() - 1;
            effects.add(new SyncEffect.Unicast(
                    following(),
                    new SyncMessage.Resend(term, expected, Math.min(last, expected + RESEND_BATCHES - 1))));
            resendsAsked++;
            resendInterval = Math.min(resendInterval * 2, RESEND_MAX_INTERVAL);
            resendAt = now + resendInterval;
        }
    }

    /// Asks for a snapshot while the tables are not complete: at once if nothing else can help, else after a checkpoint
    /// had time to show that the tables are equal as they are.
    private void mindTheBase(long now) {
        boolean mayYetCompare = !urgent && now - baseAt < COMPARE_INTERVAL;
        if (!wantsSnapshot() || mayYetCompare) {
            return;
        }
        if (snapshotAskAt == NEVER || now - snapshotAskAt >= 0) {
            effects.add(new SyncEffect.Unicast(following(), new SyncMessage.SnapshotRequest(term, base)));
            snapshotInterval = Math.min(snapshotInterval * 2, SNAPSHOT_MAX_INTERVAL);
            snapshotAskAt = now + snapshotInterval;
        }
    }

    private void rebase(long now) {
        base = expected;
        baseAt = now;
        complete = false;
        differs = false;
        urgent = false;
        equalAt = NEVER;
        checkpoints.clear();
        snapshotOpen = false;
        snapshotEnd = NONE;
        snapshotAskAt = NEVER;
        snapshotInterval = SNAPSHOT_FIRST_INTERVAL;
    }

    private MemberId following() {
        if (active == null) {
            throw new IllegalStateException("nobody is followed");
        }
        return active;
    }
}
