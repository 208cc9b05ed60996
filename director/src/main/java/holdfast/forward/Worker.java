package holdfast.forward;

import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.TableOwner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
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
    private long markAt;

    private final long[] addresses = new long[PacketIo.BATCH_MAX]; // of the frames of one batch
    private final int[] lengths = new int[PacketIo.BATCH_MAX];

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
        io = new PacketIo(ports, wakeUp, tables.counters(), lease);
        forwarder = new Forwarder(tables, ports, owned, probes, io);
        replica = new Replica(tables, ringRecords);
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
            case HELD -> {}
        }
        if (tables.changes().takeWritten() && reader.parked()) {
            reader.wakeUp();
        }
        return busy;
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
                forwarder.take(addresses, lengths, count, port, mode, now);
                io.flush();
                ring.release();
                any = true;
            }
        }
        return any;
    }

    private boolean follow(long now) {
        int applied = replica.apply(now, APPLY_BUDGET);
        if (applied > 0 && replica.takeCompared()) {
            listener.compared(replica.equality(), replica.appliedVersion());
        }
        if (applied > 0 && reader.parked()) {
            reader.wakeUp(); // it acknowledges what was applied
        }
        return applied > 0;
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
    /// @return done when it serves
    public CompletableFuture<Boolean> activate(int term) {
        var serves = new CompletableFuture<Boolean>();
        ask(() -> {
            long now = Clock.monotonic();
            replica.applyAll(now);
            tables.promote(term, now);
            markAt = now;
            mode = Mode.ACTIVE;
            replica.forget();
            serves.complete(true);
        });
        return serves;
    }

    /// Serves nothing from now on, and follows.
    public void standBy() {
        ask(() -> {
            mode = Mode.STANDBY;
            lease.unbind(); // only now: until the mode has changed, the lost lease is what holds back the old batch
            tables.demote();
        });
    }

    /// Leaves packets where they are, and reports the last version to the listener.
    public void hold() {
        ask(() -> {
            mode = Mode.HELD;
            tables.changes().mark(Clock.monotonic());
            listener.held(tables.changes().version());
        });
    }

    /// Serves again after a hold, what was held first.
    public void resume() {
        ask(() -> mode = Mode.ACTIVE);
    }

    /// Sends what was held and what still arrives on to another director.
    ///
    /// @param macs  of that director, by index of the port
    public void relay(long[] macs) {
        ask(() -> {
            forwarder.relayTo(macs);
            mode = Mode.RELAY;
            lease.unbind();
            tables.demote();
        });
    }

    public void nextHops(NextHops hops) {
        forwarder.nextHops(hops);
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
            thread.join(); // at once where it was never started
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        io.close();
        wakeUp.close();
    }
}
