package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Datapath;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
import holdfast.forward.Mode;
import holdfast.linux.Clock;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.TableOwner;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One VIP group on a worker, as the other threads reach it: its mode, its lease, its stream and its tables
/// ([Datapath]). Every order and every question becomes a task of the worker's thread.
public final class GroupDatapath implements TableOwner, DatapathOrders {
    private static final Logger log = LoggerFactory.getLogger(GroupDatapath.class);

    /// What the control plane hears of the group, on the worker's thread: each method only enqueues.
    public interface Listener {
        /// The worker holds; everything up to `version` is in the delta ring, with a checkpoint behind it.
        void held(long version);

        /// A checkpoint was compared; `applied` is the version of the last change applied.
        void compared(Equality equality, long applied);

        /// While this director is active, ARP on a link claimed an owned address for a MAC that is not ours. Some
        /// ten times a second at most, whatever arrives; [holdfast.table.Counter#ARP_CONFLICT] counts all.
        ///
        /// @param address  the owned address
        /// @param mac      that claims it, 48 bits in the low end
        /// @param link     index of the link
        default void conflict(int address, long mac, int link) {}

        /// Held packets take three quarters of the room of some link. Once for each hold.
        default void heldFull() {}
    }

    /// The thread that wants to know of new deltas.
    public interface DeltaReader {
        boolean parked();

        void wakeUp();
    }

    private final Tables tables;
    private final Forwarder forwarder;
    private final Datapath datapath;
    private final PacketIo io;
    private final Lease lease;
    private final Listener listener;
    private final Consumer<Runnable> worker;
    private final Runnable wakeUp;
    private volatile DeltaReader reader = new NoReader();
    private final EnumSet<Mode.Order> ignored = EnumSet.noneOf(Mode.Order.class); // that the log has
    private volatile Mode mode = Mode.STANDBY;
    private long relayedBefore; // owned by the worker

    /// @param worker       runs a task on the worker's thread, between two batches of packets
    /// @param wakeUp       of the worker's thread
    /// @param ringRecords  changes of another director that may wait for this worker; a power of two
    GroupDatapath(
            Tables tables,
            Forwarder forwarder,
            PacketIo io,
            Lease lease,
            Listener listener,
            Consumer<Runnable> worker,
            Runnable wakeUp,
            int ringRecords) {
        this.tables = tables;
        this.forwarder = forwarder;
        this.io = io;
        this.lease = lease;
        this.listener = listener;
        this.worker = worker;
        this.wakeUp = wakeUp;
        datapath = new Datapath(tables, forwarder, new Replica(tables, ringRecords), lease, new OfDatapath());
    }

    /// What becomes of packets that wait now. On the worker's thread, like [#turn].
    Datapath.Packets packets() {
        return datapath.packets(Clock::boottime);
    }

    /// Everything in a turn of the worker that follows its tasks and packets.
    ///
    /// @return whether there was anything to do
    boolean turn(long now) {
        boolean busy = datapath.turn(now);
        if (datapath.takeNews() && reader.parked()) {
            reader.wakeUp();
        }
        return busy;
    }

    private final class OfDatapath implements Datapath.Shell {
        @Override
        public boolean isNearlyFull() {
            return io.isNearlyFull();
        }

        @Override
        public void entered(Mode entered) {
            report(mode, entered);
            mode = entered;
            io.hold(entered == Mode.HELD);
        }

        /// Packets held for a planned failover are the first that are relayed.
        private void report(Mode before, Mode now) {
            long relayed = tables.counters().value(Counter.RELAYED);
            if (now == Mode.RELAY) {
                relayedBefore = relayed;
            } else if (before == Mode.RELAY) {
                log.info("relay ended packets={}", relayed - relayedBefore);
            }
        }

        @Override
        public void ignored(Mode.Order order, Mode inMode) {
            if (ignored.add(order)) {
                log.warn("order ignored order={} mode={}", order, inMode);
            }
        }

        @Override
        public void held(long version) {
            listener.held(version);
        }

        @Override
        public void heldFull() {
            listener.heldFull();
        }

        @Override
        public void compared(Equality equality, long applied) {
            listener.compared(equality, applied);
        }

        @Override
        public void merged(String report) {
            log.warn("merge ended {}", report);
        }
    }

    private static final class NoReader implements DeltaReader {
        @Override
        public boolean parked() {
            return false;
        }

        @Override
        public void wakeUp() {}
    }

    /// @param to  hears of new deltas from now on
    public void reader(DeltaReader to) {
        reader = to;
    }

    /// Runs a function over the tables on the worker's thread; it must be short, packets wait for it.
    public <T> CompletableFuture<T> query(Function<Tables, T> question) {
        var answer = new CompletableFuture<T>();
        worker.accept(() -> {
            try {
                answer.complete(question.apply(tables));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Override
    public CompletableFuture<Boolean> activate(int term, long notAfter) {
        var serves = new CompletableFuture<Boolean>();
        worker.accept(() -> serves.complete(datapath.activate(term, notAfter, Clock.monotonic(), Clock::boottime)));
        return serves;
    }

    @Override
    public CompletableFuture<Boolean> renew(int term) {
        var renewed = new CompletableFuture<Boolean>();
        worker.accept(() -> renewed.complete(datapath.renew(term, Clock.monotonic())));
        return renewed;
    }

    @Override
    public void standBy(boolean yields) {
        long end = lease.end();
        worker.accept(() -> datapath.standBy(yields, end));
    }

    @Override
    public void hold() {
        worker.accept(() -> datapath.hold(Clock.monotonic()));
    }

    @Override
    public void resume() {
        worker.accept(datapath::resume);
    }

    @Override
    public void relay(long[] macs) {
        long end = lease.end();
        worker.accept(() -> datapath.relay(macs, end));
    }

    /// Another director vouches until then that nobody else serves. Any thread.
    ///
    /// @param until  monotonic ns
    public void vouchedUntil(long until) {
        forwarder.vouchedUntil(until);
    }

    /// Whether a segment of an unknown connection is reset now, rather than dropped. Any thread.
    public boolean resetsUnknown() {
        return mode() == Mode.ACTIVE && forwarder.resetsUnknown(Clock.monotonic());
    }

    /// The latest destination of a packet that had no route, if that was in the last minute. Any thread.
    public Optional<Ipv4> unrouted() {
        return forwarder.unrouted(Clock.monotonic());
    }

    public Counters counters() {
        return tables.counters();
    }

    public Mode mode() {
        return mode;
    }

    @Override
    public DeltaRing out() {
        return datapath.out();
    }

    @Override
    public DeltaRing in() {
        return datapath.in();
    }

    @Override
    public void wakeUp() {
        wakeUp.run();
    }

    @Override
    public void copy(CopyOrder order) {
        worker.accept(() -> datapath.copy(order));
    }

    @Override
    public void credit(CopyCredit credit) {
        datapath.credit(credit);
    }

    @Override
    public Buckets lacking() {
        return datapath.lacking();
    }

    @Override
    public long lost() {
        return datapath.lost();
    }

    @Override
    public long applied() {
        return datapath.applied();
    }

    @Override
    public Equality equality() {
        return datapath.equality();
    }
}
