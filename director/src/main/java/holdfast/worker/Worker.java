package holdfast.worker;

import holdfast.forward.Egress;
import holdfast.forward.Forwarder;
import holdfast.forward.Mode;
import holdfast.forward.Network;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.Ports;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.TableOwner;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread `datapath-0`: the only writer of the tables, and the loop around [Forwarder].
///
/// Each turn takes what other threads ask, a batch of packets from each port, a batch of deltas from the sync side
/// and a bounded part of the due timers; with nothing to do it spins for a while and then sleeps in one poll() for
/// at most [#NAP_MAX_NS].
public final class Worker implements TableOwner, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final long NAP_MAX_NS = 10_000_000;
    private static final long MARK_INTERVAL_NS = 100_000_000;
    /// About 30 µs of entries that no cache holds, and as much for each other chore.
    private static final int TIMER_BUDGET = 64;

    private static final int APPLY_BUDGET = 1024;

    /// The thread that wants to know of new deltas.
    public interface DeltaReader {
        boolean parked();

        void wakeUp();
    }

    /// What the control plane hears of a worker, on the worker's thread: each method only enqueues.
    public interface Listener {
        /// The worker holds; everything up to `version` is in the delta ring, with a mark behind it.
        void held(long version);

        /// A mark was compared; `applied` is the version of the last change applied.
        void compared(Equality equality, long applied);

        /// While this director is active, ARP on a port claimed an owned address for a MAC that is not ours. Some
        /// ten times a second at most, whatever arrives; [Counter#ARP_CONFLICT] counts all.
        ///
        /// @param address  the owned address
        /// @param mac      that claims it, 48 bits in the low end
        /// @param port     index of the port
        default void conflict(int address, long mac, int port) {}

        /// Held packets take three quarters of the room of some port. Once for each hold.
        default void heldFull() {}
    }

    private final Tables tables;
    private final Forwarder forwarder;
    private final Replica replica;
    private final PacketIo io;
    private final Lease lease;
    private final EventFd wakeUp;
    private final Listener listener;
    private final long spinNanos;
    private final ConcurrentLinkedQueue<Runnable> asked = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofPlatform().name("datapath-0").unstarted(this::run);

    private volatile DeltaReader reader;
    private volatile Mode mode = Mode.STANDBY;
    private volatile boolean closed;
    private final AtomicReference<@Nullable Network> news = new AtomicReference<>();
    private Ports ports;
    private long markAt;
    private boolean isHeldFull; // which the listener has heard
    private final EnumSet<Mode.Order> ignored = EnumSet.noneOf(Mode.Order.class); // that the log has

    private final long[] addresses = new long[Egress.BATCH_MAX]; // of the frames of one batch
    private final int[] lengths = new int[Egress.BATCH_MAX];
    private final Backlog[] backlogs; // by port

    /// @param spinMicros  how long to look for packets before sleeping
    public Worker(
            Tables tables,
            Ports ports,
            OwnedAddresses owned,
            Lease lease,
            int spinMicros,
            ProbeQueue probes,
            Listener listener) {
        this(tables, ports, owned, lease, spinMicros, probes, listener, Replica.RING_RECORDS);
    }

    /// @param ringRecords  changes of another director that may wait for this worker; a power of two
    Worker(
            Tables tables,
            Ports ports,
            OwnedAddresses owned,
            Lease lease,
            int spinMicros,
            ProbeQueue probes,
            Listener listener,
            int ringRecords) {
        this.tables = tables;
        this.lease = lease;
        this.listener = listener;
        spinNanos = spinMicros * 1_000L;
        reader = new NoReader();
        wakeUp = new EventFd();
        this.ports = ports;
        io = new PacketIo(ports, wakeUp, tables.counters(), lease);
        forwarder = new Forwarder(tables, ports, owned, probes, io, listener::conflict);
        replica = new Replica(tables, ringRecords);
        backlogs = Stream.generate(Backlog::new).limit(ports.count()).toArray(Backlog[]::new);
    }

    private static final class NoReader implements DeltaReader {
        @Override
        public boolean parked() {
            return false;
        }

        @Override
        public void wakeUp() {}
    }

    public void start(DeltaReader deltaReader) {
        reader = deltaReader;
        thread.start();
    }

    private void run() {
        try {
            long busyAt = Clock.monotonic();
            while (!closed) {
                long now = Clock.monotonic();
                if (turn(now)) {
                    busyAt = now;
                } else if (now - busyAt < spinNanos) {
                    Thread.onSpinWait();
                } else {
                    sleep();
                    busyAt = Clock.monotonic();
                }
            }
        } catch (Throwable e) {
            log.error("datapath failed action=exit cause={}", e.toString(), e);
            Runtime.getRuntime().halt(1); // the standby takes over; a director without its datapath must not look alive
        }
    }

    /// One turn of the loop.
    ///
    /// @return whether there was anything to do
    boolean turn(long now) {
        boolean busy = obey();
        followNetwork();
        io.tend(now);
        if (forwarder.tend(now)) {
            io.flush();
        }
        busy |= takePackets(now);
        if (mode != Mode.HELD) { // during a hold nothing changes
            busy |= tables.turn(now, TIMER_BUDGET) > 0;
        }
        switch (mode) {
            case ACTIVE -> {
                busy |= tables.changes().writeSnapshot(now);
                if (now - markAt >= 0) {
                    tables.changes().mark(now);
                    markAt = now + MARK_INTERVAL_NS;
                }
                replica.discard();
            }
            case STANDBY, RELAY -> busy |= follow(now);
            case HELD -> watchHeld();
        }
        if (tables.changes().takeWritten() && reader.parked()) {
            reader.wakeUp();
        }
        return busy;
    }

    private void followNetwork() {
        if (news.get() == null) {
            return;
        }
        var network = Objects.requireNonNull(news.getAndSet(null));
        forwarder.follow(network);
        io.flush();
        if (!network.ports().equals(ports)) {
            ports = network.ports();
            io.follow(ports);
        }
    }

    private boolean obey() {
        boolean any = false;
        for (var request = asked.poll(); request != null; request = asked.poll()) {
            request.run();
            any = true;
        }
        return any;
    }

    private boolean takePackets(long now) {
        if (mode == Mode.HELD) {
            return false;
        }
        if (mode == Mode.ACTIVE && lease.isLost(Clock.boottime())) {
            io.discardQueued();
            return false;
        }
        boolean any = false;
        for (int port = 0; port < io.portCount(); port++) {
            var ring = io.ring(port);
            if (ring == null) {
                continue;
            }
            int count = 0;
            while (ring.next()) {
                addresses[count] = ring.address();
                lengths[count] = ring.length();
                count++;
            }
            if (count > 0) {
                forwarder.shed(backlogs[port].lasts(ring.isBehind(), now));
                forwarder.take(addresses, lengths, count, port, mode, now);
                io.flush();
                ring.release();
                any = true;
            }
        }
        return any;
    }

    private void watchHeld() {
        if (!isHeldFull && io.isNearlyFull()) {
            isHeldFull = true;
            listener.heldFull();
        }
    }

    private boolean follow(long now) {
        int applied = replica.apply(now, APPLY_BUDGET);
        if (applied > 0 && replica.takeCompared()) {
            listener.compared(replica.equality(), replica.appliedVersion());
            reportMerge();
        }
        if (applied > 0 && reader.parked()) {
            reader.wakeUp(); // it acknowledges what was applied
        }
        return applied > 0;
    }

    private void reportMerge() {
        if (replica.equality().state() == Equality.State.EQUAL) {
            var report = replica.merge().end();
            if (!report.isEmpty()) {
                tables.counters().add(Counter.MERGED_CLIENTS, replica.merge().lost());
                log.warn("merge ended {}", report);
            }
        }
    }

    private void sleep() {
        io.await(NAP_MAX_NS);
        if (io.wasWokenUp()) {
            wakeUp.drain();
        }
    }

    private void ask(Runnable request) {
        asked.add(request);
        wakeUp.signal();
    }

    /// Runs a function over the tables on the worker's thread; it must be short, packets wait for it.
    public <T> CompletableFuture<T> query(Function<Tables, T> question) {
        var answer = new CompletableFuture<T>();
        ask(() -> {
            try {
                answer.complete(question.apply(tables));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /// Serves from now on, and writes changes under this term. All that the former active sent is applied first.
    ///
    /// @param notAfter  on [Clock#boottime]: later than this another director may serve, and this one does not
    ///     begin; [Long#MAX_VALUE] where nobody else is left
    /// @return whether it serves; done when that is so
    public CompletableFuture<Boolean> activate(int term, long notAfter) {
        var serves = new CompletableFuture<Boolean>();
        ask(() -> {
            replica.catchUp(Clock.monotonic());
            boolean isInTime = Clock.boottime() - notAfter <= 0;
            if (isInTime && enter(Mode.Order.ACTIVATE)) {
                beginStream(term);
                replica.forget();
            }
            serves.complete(isInTime);
        });
        return serves;
    }

    /// Goes on under a higher term, whose stream begins anew. What is known stays as it is, with its versions:
    /// on a standby, records of a term before the stream's give way, and a snapshot brings all.
    ///
    /// @return whether it does: false where it does not serve, or where the term is not above its own
    public CompletableFuture<Boolean> renew(int term) {
        var renewed = new CompletableFuture<Boolean>();
        ask(() -> {
            boolean serves = mode == Mode.ACTIVE || mode == Mode.HELD;
            boolean isHigher = term > Version.term(tables.changes().version());
            if (serves && isHigher) {
                beginStream(term);
            }
            renewed.complete(serves && isHigher);
        });
        return renewed;
    }

    private void beginStream(int term) {
        long now = Clock.monotonic();
        tables.promote(term, now);
        markAt = now;
    }

    /// Serves nothing from now on, and follows.
    ///
    /// @param yields  to another director that is active too, so that some clients may change their real server
    public void standBy(boolean yields) {
        long end = lease.end();
        ask(() -> {
            if (yields && mode == Mode.ACTIVE) {
                replica.merge().begin(Version.term(tables.changes().version()));
            }
            if (enter(Mode.Order.STAND_BY)) {
                stopServing(end);
            }
        });
    }

    /// Leaves packets where they are, and reports the last version to the listener.
    public void hold() {
        ask(() -> {
            if (enter(Mode.Order.HOLD)) {
                isHeldFull = false;
                tables.changes().mark(Clock.monotonic());
                listener.held(tables.changes().version());
            }
        });
    }

    /// Serves again after a hold, what was held first.
    public void resume() {
        ask(() -> enter(Mode.Order.RESUME));
    }

    /// Sends what was held and what still arrives on to another director.
    ///
    /// @param macs  of that director, by index of the port
    public void relay(long[] macs) {
        long end = lease.end();
        ask(() -> {
            forwarder.relayTo(macs);
            if (enter(Mode.Order.RELAY)) {
                stopServing(end);
            }
        });
    }

    /// Only after the mode has changed: until then the lost lease is what holds back the old batch.
    ///
    /// @param end  of the lease when this was ordered: a promotion that was ordered after it has renewed the lease
    private void stopServing(long end) {
        lease.unbind(end);
        forwarder.forgetWaiting();
        tables.demote();
    }

    /// Another director has said that it stands by; until then this one alone may be taken to serve. Any thread.
    ///
    /// @param until  monotonic ns
    public void vouchedUntil(long until) {
        forwarder.vouchedUntil(until);
    }

    /// Goes over to the mode that an order leads to.
    ///
    /// @return whether it leads anywhere
    private boolean enter(Mode.Order order) {
        var next = mode.after(order);
        if (next.isPresent()) {
            mode = next.get();
            io.hold(mode == Mode.HELD);
            return true;
        }
        tables.counters().count(Counter.ORDER_IGNORED);
        if (ignored.add(order)) {
            log.warn("order ignored order={} mode={}", order, mode);
        }
        return false;
    }

    /// Goes over to these links and ways before the next packet. Any thread.
    public void network(Network now) {
        news.set(now);
        wakeUp.signal();
    }

    public Counters counters() {
        return tables.counters();
    }

    public Mode mode() {
        return mode;
    }

    @Override
    public DeltaRing out() {
        return tables.changes().ring();
    }

    @Override
    public DeltaRing in() {
        return replica.ring();
    }

    @Override
    public void wakeUp() {
        wakeUp.signal();
    }

    @Override
    public void requestSnapshot() {
        ask(() -> tables.changes().beginSnapshot());
    }

    @Override
    public long lost() {
        return tables.counters().value(Counter.LOST_DELTA);
    }

    @Override
    public long applied() {
        return replica.applied();
    }

    @Override
    public Equality equality() {
        return replica.equality();
    }

    @Override
    public void close() {
        closed = true;
        wakeUp.signal();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        io.close();
        wakeUp.close();
    }
}
