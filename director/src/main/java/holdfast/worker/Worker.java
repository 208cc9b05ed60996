package holdfast.worker;

import holdfast.forward.Backlog;
import holdfast.forward.Egress;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread `datapath-0`: the only writer of the tables, and the loop around [GroupDatapath] and [Forwarder].
///
/// Each turn takes what other threads ask, a batch of packets from each link, a batch of deltas from the sync side
/// and a bounded part of the due timers; with nothing to do it spins for a while and then sleeps in one poll() for
/// at most [#NAP_MAX_NS].
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final long NAP_MAX_NS = 10_000_000;

    private final Forwarder forwarder;
    private final GroupDatapath group;
    private final PacketIo io;
    private final EventFd wakeUp;
    private final long spinNanos;
    private final ConcurrentLinkedQueue<Runnable> asked = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofPlatform().name("datapath-0").unstarted(this::run);

    private volatile boolean closed;
    private final AtomicReference<@Nullable Network> news = new AtomicReference<>();
    private Links links;

    private final long[] addresses = new long[Egress.BATCH_MAX]; // of the frames of one batch
    private final int[] lengths = new int[Egress.BATCH_MAX];
    private final Backlog[] backlogs; // by link

    /// @param spinMicros  how long to look for packets before sleeping
    public Worker(
            Tables tables,
            Links links,
            OwnedAddresses owned,
            Lease lease,
            int spinMicros,
            ProbeQueue probes,
            GroupDatapath.Listener listener) {
        this(tables, links, owned, lease, spinMicros, probes, listener, Replica.RING_RECORDS);
    }

    /// @param ringRecords  another director's changes that may wait for this worker; a power of two
    Worker(
            Tables tables,
            Links links,
            OwnedAddresses owned,
            Lease lease,
            int spinMicros,
            ProbeQueue probes,
            GroupDatapath.Listener listener,
            int ringRecords) {
        spinNanos = spinMicros * 1_000L;
        wakeUp = new EventFd();
        this.links = links;
        io = new PacketIo(links, wakeUp, tables.counters(), lease);
        forwarder = new Forwarder(tables, links, owned, probes, io, listener::conflict);
        group = new GroupDatapath(tables, forwarder, io, lease, listener, this::ask, wakeUp::signal, ringRecords);
        backlogs = Stream.generate(Backlog::new).limit(links.count()).toArray(Backlog[]::new);
    }

    /// The VIP group that this worker serves.
    public GroupDatapath group() {
        return group;
    }

    public void start() {
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
    /// @return whether there was work
    boolean turn(long now) {
        boolean busy = obey();
        followNetwork();
        io.tend(now);
        if (forwarder.tend(now)) {
            io.flush();
        }
        busy |= takePackets(now);
        busy |= group.turn(now);
        return busy;
    }

    private void followNetwork() {
        if (news.get() == null) {
            return;
        }
        var network = Objects.requireNonNull(news.getAndSet(null));
        forwarder.follow(network);
        io.flush();
        if (!network.links().equals(links)) {
            links = network.links();
            io.follow(links);
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
        return switch (group.packets()) {
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
        for (int link = 0; link < io.linkCount(); link++) {
            var ring = io.ring(link);
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
                forwarder.shed(backlogs[link].lasts(ring.isBehind(), now));
                forwarder.take(addresses, lengths, count, link, group.mode(), now);
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

    /// Goes over to these links and ways before the next packet. Any thread.
    public void network(Network now) {
        news.set(now);
        wakeUp.signal();
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
