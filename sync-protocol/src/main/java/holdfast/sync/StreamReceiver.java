package holdfast.sync;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The standby's side. It takes one active's batches in order, passes the records to the worker's ring, and
/// acknowledges records that the worker has applied. No thread, clock or socket: callers pass messages and the time,
/// and take the effects.
///
/// It knows what it may lack, and climbs down a ladder to get it:
/// - After a gap, it asks for the *batches* again.
/// - If the active no longer holds them, or has lost changes itself, it asks for the *changes* since the version
///   before the gap.
/// - If it has tables of which it does not know how they differ, as after another director took over, it waits for
/// the next checkpoint. If that differs, it asks for the *digests* of all buckets, and then for the *buckets* that
/// differ.
/// - Without tables it asks for all buckets. They come in parts, and what came stays.
///
/// A copy counts if it began at or after `base`, the start of the unbroken run of batches, and came whole. The
/// receiver does not pass on a COPY_END whose COPY_BEGIN lies before `base`: the sweep would delete entries whose
/// copies were lost in the gap.
///
/// If the worker's ring has no room for a whole batch, batches wait here and are then dropped without an
/// acknowledgement. The active still holds them, and the receiver asks for them again.
final class StreamReceiver {
    static final long SILENT_INTERVAL = Peer.SILENT_INTERVAL;

    private static final int PENDING_MAX = 1024;
    private static final long RESEND_FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long RESEND_MAX_INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int RESEND_BATCHES = 64;
    private static final long COPY_MAX_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    /// Delay before another copy if the last one did not make the tables equal, as between tables of different
    /// size; doubles each time.
    private static final long VAIN_FIRST_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final long VAIN_MAX_INTERVAL = TimeUnit.SECONDS.toNanos(60);
    /// A copy of which nothing came for so long has been given up by the active.
    private static final long COPY_STALL_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final long COPY_FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(200);
    /// How long a director that has tables waits for the new active's checkpoint before it asks for a copy.
    private static final long COMPARE_INTERVAL = TimeUnit.MILLISECONDS.toNanos(300);
    /// A checkpoint comes every 100 ms; after this time equality is unknown.
    private static final long EQUAL_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final long ACK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long NEVER = Long.MIN_VALUE;

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

    private long deliveredVersion = Version.NONE; // the newest of this term
    private long base = 1;
    private long baseAt;
    private boolean urgent;

    private boolean isUnknown; // our tables may differ anywhere
    private long missingSince = Version.NONE; // changes after it are missing; NONE if none are
    private Buckets todo = Buckets.NONE; // of which we need all entries
    private boolean differs;
    private boolean wasEqual;
    private long equalAt = NEVER;

    private @Nullable Copy copy; // that is being delivered
    private long copyHeardAt;
    private final ArrayDeque<CopyEnd> ends = new ArrayDeque<>();

    private long gapSince = NEVER;
    private long resendAt;
    private long resendInterval;
    private long copyAskAt = NEVER;
    private long copyInterval;
    private long vainInterval; // before the next copy if this one does not help; 0 for none

    private long resendsAsked;
    private long batchesApplied;

    /// A batch in the worker's ring: it is applied once the worker has counted `target` records.
    private record InFlight(Batch batch, long target, long version) {}

    private record Copy(CopyOrder.Kind kind, BitSet buckets) {}

    /// A whole copy in the worker's ring: it is applied once the worker has counted `target` records.
    private record CopyEnd(long target, CopyOrder.Kind kind, Buckets buckets, boolean isContinued) {}

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

    boolean isCopying() {
        return copy != null || !ends.isEmpty();
    }

    /// Whether it has everything before its position.
    boolean complete() {
        return !isUnknown && missingSince == Version.NONE && todo.isEmpty();
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
        deliveredVersion = Version.NONE;
        isUnknown = hasTable;
        missingSince = Version.NONE;
        todo = hasTable ? Buckets.NONE : Buckets.ALL;
        wasEqual = false;
        rebase(now);
        differs = false;
        vainInterval = 0;
    }

    /// Forgets the stream, as at our own promotion. Records in the worker's ring stay there.
    void stop() {
        active = null;
        pending.clear();
        inFlight.clear();
        checkpoints.clear();
        activeHolds = null;
        copy = null;
        ends.clear();
        isUnknown = true;
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
    /// @param applied    read before `equality` and `lacking`, so that these include every applied checkpoint and
    ///     copy
    /// @param lacking  as [TableOwner#lacking]
    void turn(DeltaRing in, long applied, Equality equality, Buckets lacking, long now) {
        if (active == null) {
            return;
        }
        noteApplied(applied, equality, lacking, now);
        deliver(in, now);
        mindTheGap(now);
        mindTheCopy(now);
        if (ackDue || ackedAt == NEVER || now - ackedAt >= ACK_INTERVAL) {
            ackDue = false;
            ackedAt = now;
            effects.add(new SyncEffect.Unicast(
                    active, new SyncMessage.Ack(term, appliedBatch, appliedStamp, state(now), complete())));
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
        if (wantsCopy()) {
            long comparesUntil = mayCompare() ? baseAt + COMPARE_INTERVAL : now;
            long askAt = copyAskAt == NEVER ? now : copyAskAt;
            least = Math.min(least, Math.max(comparesUntil - now, askAt - now));
        }
        return least;
    }

    private boolean wantsCopy() {
        return !complete() && !isCopying();
    }

    /// Whether a checkpoint could still show that the tables are equal as they are.
    private boolean mayCompare() {
        return isUnknown && !urgent && missingSince == Version.NONE;
    }

    SyncState state(long now) {
        if (active == null || now - heardAt > SILENT_INTERVAL) {
            return SyncState.UNKNOWN;
        }
        if (differs) {
            return SyncState.DIFFERENT;
        }
        if (!complete() || equalAt == NEVER) {
            boolean lacksTheNewest = wasEqual && !isUnknown && todo.isEmpty();
            return lacksTheNewest ? SyncState.BEHIND : SyncState.JOINING;
        }
        boolean stuck = gapSince != NEVER && now - gapSince > StreamSender.BEHIND_INTERVAL;
        return stuck || now - equalAt > EQUAL_INTERVAL ? SyncState.BEHIND : SyncState.EQUAL;
    }

    private void noteApplied(long applied, Equality equality, Buckets lacking, long now) {
        while (!inFlight.isEmpty() && inFlight.peekFirst().target() <= applied) {
            InFlight done = inFlight.removeFirst();
            appliedBatch = done.batch().number();
            appliedStamp = done.batch().stampNanos();
            appliedVersion = Math.max(appliedVersion, done.version());
            batchesApplied++;
            ackDue = true;
            hasTable = true;
        }
        while (!ends.isEmpty() && ends.peekFirst().target() <= applied) {
            noteCopied(ends.removeFirst(), lacking, now);
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

    private void noteCopied(CopyEnd end, Buckets lacking, long now) {
        switch (end.kind()) {
            case CHANGES -> missingSince = Version.NONE;
            case DIGESTS -> {
                isUnknown = false;
                missingSince = Version.NONE;
                todo = lacking;
            }
            case BUCKETS -> todo = todo.minus(end.buckets()).plus(lacking);
        }
        if (complete()) {
            differs = false;
        }
        copyInterval = COPY_FIRST_INTERVAL;
        copyAskAt = end.isContinued() ? now + copyInterval : NEVER;
    }

    private void judge(Equality equality, long now) {
        switch (equality.state()) {
            case EQUAL -> {
                isUnknown = false;
                missingSince = Version.NONE;
                todo = Buckets.NONE;
                differs = false;
                wasEqual = true;
                equalAt = now;
                vainInterval = 0;
            }
            case DIFFERENT -> {
                if (complete() && !isCopying()) {
                    rebase(now);
                    isUnknown = true;
                    differs = true;
                    copyAskAt = vainInterval == 0 ? NEVER : now + vainInterval;
                    warnIfInVain();
                    vainInterval =
                            vainInterval == 0 ? VAIN_FIRST_INTERVAL : Math.min(2 * vainInterval, VAIN_MAX_INTERVAL);
                }
                urgent = true;
            }
            case UNKNOWN -> {}
        }
    }

    /// For the log of an operator whose standby is too small, at most once a minute in the end.
    private void warnIfInVain() {
        if (vainInterval > 0) {
            effects.add(new SyncEffect.Warn(("sync tables differ after a copy active=%s next-copy-in-s=%d"
                            + " look-at=copy-without-room,connections-max,templates-max")
                    .formatted(following().name(), TimeUnit.NANOSECONDS.toSeconds(vainInterval))));
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
                noteLoss(now);
            }
            write(batch, in);
            copyHeardAt = batch.isCopy() ? now : copyHeardAt;
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
                case COPY_BEGIN -> {
                    copy = new Copy(record.copyKind(), new BitSet(Buckets.COUNT));
                    yield true;
                }
                case BUCKET -> {
                    if (copy != null) {
                        copy.buckets().set(record.bucket());
                    }
                    yield copy != null;
                }
                case COPY_END -> {
                    Copy whole = copy;
                    copy = null;
                    if (whole != null) {
                        checkpoints.clear(); // compared before the sweep, so they are invalid
                        ends.add(new CopyEnd(
                                delivered + 1, whole.kind(), Buckets.of(whole.buckets()), record.isContinued()));
                    }
                    yield whole != null;
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
                slot.copyOf(record).copied(batch.isCopy());
                in.publish();
                delivered++;
                version = batch.isCopy() ? version : Math.max(version, record.version());
            }
        }
        if (Version.term(version) == term) {
            deliveredVersion = Math.max(deliveredVersion, version);
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
            noteLoss(now);
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

    /// Asks for a copy while the tables are not complete: at once if nothing else can help, else after a checkpoint
    /// had time to show that the tables are equal as they are.
    private void mindTheCopy(long now) {
        if (copy != null && now - copyHeardAt > COPY_STALL_INTERVAL) {
            copy = null;
        }
        boolean mayYetCompare = mayCompare() && now - baseAt < COMPARE_INTERVAL;
        if (!wantsCopy() || mayYetCompare) {
            return;
        }
        if (copyAskAt == NEVER || now - copyAskAt >= 0) {
            Buckets wanted = missingSince == Version.NONE && !isUnknown ? todo : Buckets.NONE;
            effects.add(
                    new SyncEffect.Unicast(following(), new SyncMessage.CopyRequest(term, base, missingSince, wanted)));
            copyInterval = Math.min(copyInterval * 2, COPY_MAX_INTERVAL);
            copyAskAt = now + copyInterval;
        }
    }

    /// Records that nobody can send again what came after the last batch that was delivered.
    private void noteLoss(long now) {
        boolean isCovered = isUnknown || missingSince != Version.NONE || todo.equals(Buckets.ALL);
        if (!isCovered && deliveredVersion == Version.NONE) {
            isUnknown = true;
        } else if (!isCovered) {
            missingSince = deliveredVersion;
        }
        rebase(now);
        urgent = true;
    }

    /// Copies and checkpoints that began before the next batch no longer count.
    private void rebase(long now) {
        base = expected;
        baseAt = now;
        urgent = false;
        equalAt = NEVER;
        checkpoints.clear();
        copy = null;
        ends.clear();
        copyAskAt = NEVER;
        copyInterval = COPY_FIRST_INTERVAL;
    }

    private MemberId following() {
        if (active == null) {
            throw new IllegalStateException("nobody is followed");
        }
        return active;
    }
}
