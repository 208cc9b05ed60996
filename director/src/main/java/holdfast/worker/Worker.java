package holdfast.worker;

import holdfast.forward.Backlog;
import holdfast.forward.Datapath;
import holdfast.forward.Egress;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
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

/// The thread `datapath-0`: the only writer of the tables, and the loop around [Datapath] and [Forwarder].
///
/// Each turn takes what other threads ask, a batch of packets from each port, a batch of deltas from the sync side
/// and a bounded part of the due timers; with nothing to do it spins for a while and then sleeps in one poll() for
/// at most [#NAP_MAX_NS].
public final class Worker implements TableOwner, DatapathOrders, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final long NAP_MAX_NS = 10_000_000;

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
        /// ten times a second at most, whatever arrives; [holdfast.table.Counter#ARP_CONFLICT] counts all.
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
    private final Datapath datapath;
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
        datapath = new Datapath(tables, forwarder, new Replica(tables, ringRecords), lease, new OfDatapath());
        backlogs = Stream.generate(Backlog::new).limit(ports.count()).toArray(Backlog[]::new);
    }

    private final class OfDatapath implements Datapath.Shell {
        @Override
        public boolean isNearlyFull() {
            return io.isNearlyFull();
        }

        @Override
        public void entered(Mode entered) {
            mode = entered;
            io.hold(entered == Mode.HELD);
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
        busy |= datapath.turn(now);
        if (datapath.takeNews() && reader.parked()) {
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
        return switch (datapath.packets(Clock::boottime)) {
            case TAKE -> takeAll(now);
            case LEAVE -> false;
            case DISCARD -> {
                io.discardQueued();
                yield false;
            }
        };
    }

    private boolean takeAll(long now) {
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
                forwarder.take(addresses, lengths, count, port, datapath.mode(), now);
                io.flush();
                ring.release();
                any = true;
            }
        }
        return any;
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

    @Override
    public CompletableFuture<Boolean> activate(int term, long notAfter) {
        var serves = new CompletableFuture<Boolean>();
        ask(() -> serves.complete(datapath.activate(term, notAfter, Clock.monotonic(), Clock::boottime)));
        return serves;
    }

    @Override
    public CompletableFuture<Boolean> renew(int term) {
        var renewed = new CompletableFuture<Boolean>();
        ask(() -> renewed.complete(datapath.renew(term, Clock.monotonic())));
        return renewed;
    }

    @Override
    public void standBy(boolean yields) {
        long end = lease.end();
        ask(() -> datapath.standBy(yields, end));
    }

    @Override
    public void hold() {
        ask(() -> datapath.hold(Clock.monotonic()));
    }

    @Override
    public void resume() {
        ask(datapath::resume);
    }

    @Override
    public void relay(long[] macs) {
        long end = lease.end();
        ask(() -> datapath.relay(macs, end));
    }

    /// Another director has said that it stands by; until then this one alone may be taken to serve. Any thread.
    ///
    /// @param until  monotonic ns
    public void vouchedUntil(long until) {
        forwarder.vouchedUntil(until);
    }

    /// Whether a segment of an unknown connection is reset now, rather than dropped. Any thread.
    public boolean resetsUnknown() {
        return mode() == Mode.ACTIVE && forwarder.resetsUnknown(Clock.monotonic());
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
        return datapath.out();
    }

    @Override
    public DeltaRing in() {
        return datapath.in();
    }

    @Override
    public void wakeUp() {
        wakeUp.signal();
    }

    @Override
    public void requestSnapshot() {
        ask(datapath::beginSnapshot);
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
