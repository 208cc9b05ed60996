package holdfast.sync;

import holdfast.conf.Ipv4;
import holdfast.sync.jgroups.GroupChannel;
import holdfast.sync.jgroups.GroupChannel.Delivery;
import holdfast.sync.wire.Opened;
import holdfast.sync.wire.Seal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One director's end of the sync: the thread `sync` and the JGroups channel around the pure [SyncCore]. The
/// thread owns the core; everybody else leaves a note in a queue and wakes it.
public final class SyncNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SyncNode.class);

    private static final int INBOX_MAX = 4096;
    private static final int INBOX_PER_TURN = 256;
    private static final long SPIN_INTERVAL = TimeUnit.MICROSECONDS.toNanos(30);
    private static final long PARK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);
    /// While the worker applies what we gave it: it does not wake us.
    private static final long PARK_SHORT_INTERVAL = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long STATUS_INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long STOP_MILLIS = 2000;

    /// @param cluster           JGroups cluster name; directors of other clusters are not heard
    /// @param group             VIP group whose tables these are; messages of another group are refused
    /// @param member            our name, unique in the cluster
    /// @param bindAddress       ours on the interconnect
    /// @param multicastAddress  224.0.0.0/4
    /// @param configHash        of the running configuration
    /// @param links             where this director is found
    public record Options(
            String cluster,
            String group,
            String member,
            Ipv4 bindAddress,
            Ipv4 multicastAddress,
            int multicastPort,
            ClusterKey key,
            String configHash,
            Links links) {}

    /// Told on the sync thread; each method only enqueues and returns.
    public interface Listener {
        /// The process of a member ended without a farewell ([Lifeline]). Never called for one that closed itself.
        void peerProcessDied(String member);

        /// An authentic member is active in `term`, which is higher than every term seen before, our own included.
        void peerTerm(int term);

        void handover(String from, HandoverMessage message);

        /// On the active: a standby's state changed. On a standby: our own did, and `member` is our own name.
        void standbyState(String member, SyncState state);
    }

    private final TableOwner tables;
    private final Listener listener;
    private final Lifeline lifeline;
    private final SyncCore core;
    private final Seal seal;
    private final ArrayBlockingQueue<byte[]> inbox = new ArrayBlockingQueue<>(INBOX_MAX);
    private final Queue<Runnable> notes = new ConcurrentLinkedQueue<>();
    private final AtomicLong overflows = new AtomicLong();
    private final Thread thread;

    private volatile @Nullable GroupChannel channel;
    private volatile SyncStatus status;
    private volatile boolean parked;
    private volatile boolean running = true;
    private volatile @Nullable RuntimeException failure;
    private long overflowsSeen;
    private long statusAt;

    private SyncNode(Options options, TableOwner tables, Listener listener) {
        if (tables.in().capacity() < Batch.RECORDS_MAX) {
            throw new IllegalArgumentException("the ring towards the worker must hold a batch of " + Batch.RECORDS_MAX);
        }
        this.tables = tables;
        this.listener = listener;
        var self = new MemberId(options.member(), UUID.randomUUID());
        seal = new Seal(options.key(), options.group(), self);
        lifeline = Lifeline.open(inet(options.bindAddress().bits()));
        var links = options.links().withLifeline(options.bindAddress().bits(), lifeline.port());
        core = new SyncCore(self, options.configHash(), links, tables);
        status = core.status(0, System.nanoTime());
        thread = new Thread(this::run, "sync");
        thread.setDaemon(true);
    }

    /// Joins the cluster as a standby; returns when the channel is joined, after a few hundred ms.
    ///
    /// @throws IllegalStateException where the channel cannot be joined; says what to look at
    public static SyncNode start(Options options, TableOwner tables, Listener listener) {
        var node = new SyncNode(options, tables, listener);
        try {
            node.channel = GroupChannel.join(
                    options.cluster(),
                    options.member(),
                    options.bindAddress().toString(),
                    options.multicastAddress().toString(),
                    options.multicastPort(),
                    node.new Inbox());
        } catch (RuntimeException e) {
            node.lifeline.close();
            throw e;
        }
        node.thread.start();
        return node;
    }

    /// From here on we write the stream of `term`, with what is in `out()` of that term first. Any thread.
    public void active(int term) {
        leave(() -> core.active(term, System.nanoTime()));
    }

    /// From here on we follow the stream of whoever is active. Any thread.
    public void standby() {
        leave(core::standby);
    }

    /// Whether the sync thread sleeps, and may not see new records for up to a millisecond. A worker that wrote to
    /// `out()` or took from `in()` asks once per turn and calls [#wakeUp] if so. Any thread.
    public boolean parked() {
        return parked;
    }

    /// Ends that sleep; a system call, so only when [#parked]. Any thread.
    public void wakeUp() {
        LockSupport.unpark(thread);
    }

    /// The latest readout, about 20 ms old at most. Any thread.
    ///
    /// @throws IllegalStateException where the sync thread has ended: an old readout is not shown as a present one
    public SyncStatus status() {
        RuntimeException why = failure;
        if (why != null) {
            throw new IllegalStateException("the sync thread has ended by a bug of ours", why);
        }
        return status;
    }

    /// Sends a step of the handover to every other member. Any thread.
    public void send(HandoverMessage message) {
        leave(() -> core.handover(message));
    }

    /// Says farewell and leaves the cluster; the others do not take it for a death. Takes up to some hundred ms.
    @Override
    public void close() {
        leave(() -> {
            core.leave(System.nanoTime());
            running = false;
        });
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lifeline.close();
        GroupChannel joined = channel;
        if (joined != null) {
            joined.close();
        }
    }

    private static InetAddress inet(int address) {
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(address).array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }

    private void leave(Runnable note) {
        notes.add(note);
        wakeUp();
    }

    private void run() {
        try {
            long idleSince = System.nanoTime();
            while (running) {
                long now = System.nanoTime();
                if (turn(now)) {
                    idleSince = now;
                } else if (now - idleSince < SPIN_INTERVAL) {
                    Thread.onSpinWait();
                } else {
                    park();
                }
            }
        } catch (RuntimeException e) {
            failure = e;
            log.error("sync ended by a bug; this director no longer syncs and is not safe to fail over to", e);
        }
    }

    /// One round of everything; true when something happened.
    private boolean turn(long now) {
        boolean busy = readNotes();
        busy |= readInbox(now);
        busy |= core.turn(now);
        busy |= perform();
        if (now - statusAt >= STATUS_INTERVAL) {
            statusAt = now;
            countOverflows();
            GroupChannel joined = channel;
            status = core.status(joined == null ? 0 : joined.dropped(), now);
        }
        return busy;
    }

    private void park() {
        parked = true;
        if (inbox.isEmpty() && notes.isEmpty() && !core.hasWork(System.nanoTime())) {
            LockSupport.parkNanos(this, core.awaitsWorker() ? PARK_SHORT_INTERVAL : PARK_INTERVAL);
        }
        parked = false;
    }

    private boolean readNotes() {
        boolean any = false;
        for (Runnable note = notes.poll(); note != null; note = notes.poll()) {
            note.run();
            any = true;
        }
        return any;
    }

    private boolean readInbox(long now) {
        boolean any = false;
        for (int i = 0; i < INBOX_PER_TURN; i++) {
            byte[] bytes = inbox.poll();
            if (bytes == null) {
                break;
            }
            any = true;
            switch (seal.open(bytes)) {
                case Opened.Message(MemberId from, long counter, SyncMessage message) ->
                    core.received(from, counter, message, now);
                case Opened.Rejected(Refused reason) -> core.refuse(reason);
            }
        }
        return any;
    }

    private void countOverflows() {
        for (long seen = overflows.get(); overflowsSeen < seen; overflowsSeen++) {
            core.refuse(Refused.OVERFLOW);
        }
    }

    private boolean perform() {
        var effects = core.takeEffects();
        for (SyncEffect effect : effects) {
            perform(effect);
        }
        return !effects.isEmpty();
    }

    private void perform(SyncEffect effect) {
        GroupChannel to = channel;
        if (to == null) {
            throw new IllegalStateException("the sync thread runs before the channel is joined");
        }
        switch (effect) {
            case SyncEffect.Multicast(SyncMessage message) ->
                to.multicast(seal.seal(message), message instanceof Batch ? Delivery.STREAM : Delivery.ONCE);
            case SyncEffect.Unicast(MemberId member, SyncMessage message) ->
                to.unicast(
                        member.name(),
                        seal.seal(message),
                        message instanceof HandoverMessage ? Delivery.RELIABLE : Delivery.ONCE);
            case SyncEffect.AskSnapshot() -> {
                tables.requestSnapshot();
                tables.wakeUp();
            }
            case SyncEffect.WakeWorker() -> tables.wakeUp();
            case SyncEffect.HigherTerm(int term) -> listener.peerTerm(term);
            case SyncEffect.StateChanged(String member, SyncState state) -> {
                log.info("sync state member={} state={}", member, state);
                listener.standbyState(member, state);
            }
            case SyncEffect.Watch(String member, int address, int port) ->
                lifeline.watch(
                        member,
                        new InetSocketAddress(inet(address), port),
                        () -> leave(() -> core.processDied(member)));
            case SyncEffect.ProcessDied(String member) -> {
                log.info("sync member died name={} cause=host-refuses", member);
                listener.peerProcessDied(member);
            }
            case SyncEffect.HandoverArrived(String from, HandoverMessage message) -> listener.handover(from, message);
        }
    }

    private final class Inbox implements GroupChannel.Listener {
        @Override
        public void message(byte[] bytes) {
            if (!inbox.offer(bytes)) {
                overflows.incrementAndGet();
            } else if (parked) {
                wakeUp();
            }
        }

        @Override
        public void members(Set<String> names) {
            leave(() -> core.members(names, System.nanoTime()));
        }
    }
}
