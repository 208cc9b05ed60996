package holdfast.forward;

import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import holdfast.table.Changes;
import holdfast.table.Counter;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.util.function.LongSupplier;

/// Decides what a worker does in each mode: which orders it obeys, when it takes packets, which changes it writes to
/// the stream and which it applies from it.
///
/// It has no thread, ring, clock or log: time is an argument, and everything that leaves it goes to its [Shell]. Only
/// [Mode#after] leads from one mode to another. Times are monotonic ns, except where a parameter names the boot-time
/// clock. A turn allocates nothing, except for a checkpoint that is compared ([Equality]).
public final class Datapath {
    private static final long CHECKPOINT_INTERVAL_NS = 100_000_000;
    /// About 30 µs of entries that no cache holds, and as much for each other chore.
    private static final int TIMER_BUDGET = 64;

    private static final int APPLY_BUDGET = 1024;

    /// The treatment of the packets in the receive rings in this turn.
    public enum Packets {
        /// The forwarder decides about each packet.
        TAKE,
        /// They stay in the ring.
        LEAVE,
        /// Another director may serve: the worker drops and counts them.
        DISCARD
    }

    /// Receives a datapath's effects, on its thread: each method must be short.
    public interface Shell {
        /// Whether waiting frames will soon find no room in some ring. Called only during a hold.
        boolean isNearlyFull();

        void entered(Mode mode);

        /// An order that is not possible in this mode was ignored.
        void ignored(Mode.Order order, Mode mode);

        /// Everything up to `version` is in the stream, with a checkpoint behind it, and nothing follows during the
        /// hold.
        void held(long version);

        /// Held packets fill three quarters of some link's room. Called once for each hold.
        void heldFull();

        /// A checkpoint was compared; `applied` is the version of the last change applied.
        void compared(Equality equality, long applied);

        /// The tables are equal again after this director yielded to another active director.
        void merged(String report);
    }

    private final Tables tables;
    private final Changes changes;
    private final Forwarder forwarder;
    private final Replica replica;
    private final Lease lease;
    private final Shell shell;

    private Mode mode = Mode.STANDBY;
    private long checkpointAt;
    private boolean isHeldFull; // which the shell has heard
    private boolean hasNews;

    public Datapath(Tables tables, Forwarder forwarder, Replica replica, Lease lease, Shell shell) {
        this.tables = tables;
        changes = tables.changes();
        this.forwarder = forwarder;
        this.replica = replica;
        this.lease = lease;
        this.shell = shell;
    }

    /// The present mode; only on the datapath's thread.
    public Mode mode() {
        return mode;
    }

    // ---- orders

    /// Starts to serve, and writes changes under this term, after it has applied everything from the former active.
    ///
    /// @param notAfter  on the boot-time clock: later another director may serve, and this one does not begin;
    ///     [Long#MAX_VALUE] if there is no other director
    /// @param boottime  read after everything is applied, which may take long
    /// @return whether it serves
    public boolean activate(int term, long notAfter, long now, LongSupplier boottime) {
        replica.catchUp(now);
        boolean isInTime = boottime.getAsLong() - notAfter <= 0;
        if (isInTime && enter(Mode.Order.ACTIVATE)) {
            beginStream(term, now);
            replica.forget();
        }
        return isInTime;
    }

    /// Continues under a higher term, whose stream begins anew. Entries keep their versions: on a standby, records
    /// of a term before the stream's give way.
    ///
    /// @return false if it does not serve, or if the term is not above its own
    public boolean renew(int term, long now) {
        boolean serves = mode == Mode.ACTIVE || mode == Mode.HELD;
        boolean isHigher = term > Version.term(changes.version());
        if (serves && isHigher) {
            beginStream(term, now);
        }
        return serves && isHigher;
    }

    private void beginStream(int term, long now) {
        tables.promote(term, now);
        checkpointAt = now;
    }

    /// Stops serving and follows.
    ///
    /// @param yields    whether it yields to another active director, so that some clients may change their real
    ///     server
    /// @param leaseEnd  [Lease#end] at the time of the order
    public void standBy(boolean yields, long leaseEnd) {
        if (yields && mode == Mode.ACTIVE) {
            replica.merge().begin(Version.term(changes.version()));
        }
        if (enter(Mode.Order.STAND_BY)) {
            stopServing(leaseEnd);
        }
    }

    /// Leaves packets in the rings, and reports the last version.
    public void hold(long now) {
        if (enter(Mode.Order.HOLD)) {
            isHeldFull = false;
            changes.checkpoint(now);
            shell.held(changes.version());
        }
    }

    /// Serves again after a hold, the held packets first.
    public void resume() {
        enter(Mode.Order.RESUME);
    }

    /// Relays held and late packets to another director.
    ///
    /// @param macs      of that director, by index of the link
    /// @param leaseEnd  [Lease#end] at the time of the order
    public void relay(long[] macs, long leaseEnd) {
        forwarder.relayTo(macs);
        if (enter(Mode.Order.RELAY)) {
            stopServing(leaseEnd);
        }
    }

    /// Call it only after the mode has changed: until then the lost lease holds the old batch back. A promotion
    /// ordered after this end has renewed the lease, which stays in force for it.
    private void stopServing(long leaseEnd) {
        lease.unbind(leaseEnd);
        forwarder.forgetWaiting();
        tables.demote();
    }

    /// Enters the mode to which an order leads.
    ///
    /// @return false if the order is not possible in this mode
    private boolean enter(Mode.Order order) {
        var next = mode.after(order);
        if (next.isPresent()) {
            mode = next.get();
            shell.entered(mode);
            return true;
        }
        tables.counters().count(Counter.ORDER_IGNORED);
        shell.ignored(order, mode);
        return false;
    }

    /// Writes a copy into the stream, in the coming turns, while it serves.
    public void copy(CopyOrder order) {
        changes.copy(order);
    }

    // ---- turns

    /// The treatment of waiting packets.
    ///
    /// @param boottime  read only if this director serves
    public Packets packets(LongSupplier boottime) {
        return switch (mode) {
            case HELD -> Packets.LEAVE;
            case ACTIVE -> lease.isLost(boottime.getAsLong()) ? Packets.DISCARD : Packets.TAKE;
            case STANDBY, RELAY -> Packets.TAKE;
        };
    }

    /// The part of a loop's turn that follows its orders and packets.
    ///
    /// @return whether there was work
    public boolean turn(long now) {
        boolean busy = mode != Mode.HELD && tables.turn(now, TIMER_BUDGET) > 0; // during a hold nothing changes
        switch (mode) {
            case ACTIVE -> {
                busy |= changes.writeCopies(now);
                if (now - checkpointAt >= 0) {
                    changes.checkpoint(now);
                    checkpointAt = now + CHECKPOINT_INTERVAL_NS;
                }
                replica.discard();
            }
            case STANDBY, RELAY -> busy |= follow(now);
            case HELD -> watchHeld();
        }
        hasNews |= changes.takeWritten();
        return busy;
    }

    /// Whether the sync side has new work since the last call: changes to send or to acknowledge.
    public boolean takeNews() {
        boolean had = hasNews;
        hasNews = false;
        return had;
    }

    private void watchHeld() {
        if (!isHeldFull && shell.isNearlyFull()) {
            isHeldFull = true;
            shell.heldFull();
        }
    }

    private boolean follow(long now) {
        int applied = replica.apply(now, APPLY_BUDGET);
        if (applied > 0 && replica.takeCompared()) {
            shell.compared(replica.equality(), replica.appliedVersion());
            reportMerge();
        }
        hasNews |= applied > 0;
        return applied > 0;
    }

    private void reportMerge() {
        if (replica.equality().state() == Equality.State.EQUAL) {
            var report = replica.merge().end();
            if (!report.isEmpty()) {
                tables.counters().add(Counter.MERGED_CLIENTS, replica.merge().lost());
                shell.merged(report);
            }
        }
    }

    // ---- what the sync side reads, from its thread

    /// Our changes, which the sync thread reads.
    public DeltaRing out() {
        return changes.ring();
    }

    /// The active's changes, which the sync thread writes.
    public DeltaRing in() {
        return replica.ring();
    }

    /// Changes that found [#out] full.
    public long lost() {
        return tables.counters().value(Counter.LOST_DELTA);
    }

    /// Records of [#in] applied since the start. Any thread.
    public long applied() {
        return replica.applied();
    }

    /// The last comparison of a mark. Any thread.
    public Equality equality() {
        return replica.equality();
    }

    /// Allows more of a copy. Any thread.
    public void credit(CopyCredit credit) {
        changes.credit(credit);
    }

    /// The buckets that copies in the last copy of digests. Any thread.
    public Buckets lacking() {
        return replica.lacking();
    }
}
