package holdfast.sync.node;

import holdfast.conf.Ipv4;
import holdfast.sync.Batch;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.CopyOrder;
import holdfast.sync.KeyUse;
import holdfast.sync.MemberId;
import holdfast.sync.Origin;
import holdfast.sync.Peer;
import holdfast.sync.Refused;
import holdfast.sync.RefusedDatagrams;
import holdfast.sync.ServiceLink;
import holdfast.sync.SyncCore;
import holdfast.sync.SyncEffect;
import holdfast.sync.SyncMessage;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableOwner;
import holdfast.sync.TableSync;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.jgroups.GroupChannel;
import holdfast.sync.jgroups.GroupChannel.Delivery;
import holdfast.sync.wire.Opened;
import holdfast.sync.wire.Seal;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One director's end of the sync: the thread `sync`, the JGroups channel and the service links around the pure
/// [SyncCore]. The thread owns the core; other threads put notes into a queue and wake it.
public final class SyncNode implements TableSync {
    private static final Logger log = LoggerFactory.getLogger(SyncNode.class);

    private static final int INBOX_MAX = 4096;
    private static final int INBOX_PER_TURN = 256;
    /// Strangers can fill this queue; they must not fill the other one.
    private static final int LINK_INBOX_MAX = 128;

    private static final int LINK_INBOX_PER_TURN = 16;
    private static final long SPIN_INTERVAL = TimeUnit.MICROSECONDS.toNanos(30);
    /// A thread with less frequent work than this need not check again before it sleeps.
    private static final long LOADED_INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);

    /// Silence alone changes states too, so the thread checks at times.
    private static final long PARK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(50);
    /// Shortest and longest sleep while we wait for the worker to apply records, for which it need not wake us.
    private static final long PARK_SHORT_INTERVAL = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long PARK_SHORT_INTERVAL_MAX = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STATUS_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STATUS_BUSY_INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long STATUS_OLD_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 2000;

    /// @param cluster           JGroups cluster name; directors of other clusters are not heard
    /// @param group             VIP group of these tables; messages of another group are refused
    /// @param member            our name, unique in the cluster
    /// @param bindAddress       ours on the interconnect
    /// @param multicastAddress  224.0.0.0/4
    /// @param multicastPort     on the interconnect; the service links use the next one
    /// @param keys              until changed by [#keys]
    /// @param config            that runs, until changed by [#config]
    /// @param whereabouts             where this director is reachable
    /// @param serviceLinks      that carry hellos beside the interconnect, until changed by [#serviceLinks]
    public record Options(
            String cluster,
            String group,
            String member,
            Ipv4 bindAddress,
            Ipv4 multicastAddress,
            int multicastPort,
            ClusterKeys keys,
            ConfigVersion config,
            Whereabouts whereabouts,
            List<ServiceLink> serviceLinks) {
        public Options {
            serviceLinks = List.copyOf(serviceLinks);
        }
    }

    /// Called on the sync thread; each method only enqueues and returns.
    public interface Listener {
        /// The process of a member ended without a farewell ([Lifeline]). Never called for a member that closed
        /// itself.
        void peerProcessDied(String member);

        /// An authentic member knows of `term`, which is higher than every term reported before. While we are
        /// active in a lower term, every member that knows `term` refuses our stream: the listener takes a term
        /// above it and calls [#renew]. The core repeats this call every 500 ms until then, but not while a
        /// member reports that it is active too in our term or a higher one, or follows a stream above ours.
        void peerTerm(int term);

        /// A step of a handover came.
        ///
        /// @return whether the election can read it; if not, it is counted as malformed
        boolean handover(String from, ByteBuffer step);

        /// On the active: a standby's state changed. On a standby: our own state changed, and `member` is our
        /// own name. When the sync thread ends by a bug, our own state becomes UNKNOWN in either role, and so
        /// does that of every member.
        void standbyState(String member, SyncState state);

        /// A hello arrived that is at most one second old. About ten times a second for each member and path.
        ///
        /// @param ageNanos  it was spoken so long ago at most
        void peerWord(String member, Whereabouts whereabouts, Word word, long ageNanos);

        /// A message about the configuration came.
        void config(String from, ConfigMessage message);

        /// A member runs this configuration. As often as [#peerWord].
        void peerConfig(String member, ConfigVersion config);

        /// An older director of our name runs in this cluster: this one must stop. Called once.
        ///
        /// @param address  of the older one, as its packets claim
        void twin(String address);
    }

    private final TableOwner tables;
    private final Listener listener;
    private final Lifeline lifeline;
    private final int interconnect;
    private final ServiceLinks serviceLinks;
    private final SyncCore core;
    private final Seal seal;
    private final ViewWatch viewWatch;
    private final Map<String, Reach> reach = new HashMap<>();
    private final Map<String, Sealer> sealers = new ConcurrentHashMap<>();
    private final Queue<Packet> inbox = new ArrayBlockingQueue<>(INBOX_MAX);
    private final Queue<Packet> linkInbox = new ArrayBlockingQueue<>(LINK_INBOX_MAX);
    private final Queue<Runnable> notes = new ConcurrentLinkedQueue<>();
    private final AtomicLong overflows = new AtomicLong();
    private final RefusedDatagrams refused = new RefusedDatagrams();
    private final StateLog states;
    private final Thread thread;

    private volatile @Nullable GroupChannel channel;
    private volatile SyncStatus status;
    private volatile boolean parked;
    private volatile boolean running = true;
    private volatile boolean rejoining;
    private volatile @Nullable Throwable failure;
    private volatile ClusterKeys keys;
    private long overflowsSeen;
    private long statusAt;
    private boolean statusDue;
    private long shortPark = PARK_SHORT_INTERVAL;

    /// A datagram's payload as it arrived.
    private interface Packet extends Origin {
        byte[] bytes();
    }

    private record GroupPacket(byte[] bytes, GroupChannel.Sender sender) implements Packet {
        @Override
        public String path() {
            return INTERCONNECT;
        }

        @Override
        public String address() {
            return sender.whereabouts();
        }
    }

    private record LinkPacket(byte[] bytes, String path, InetSocketAddress from) implements Packet {
        @Override
        public String address() {
            return from.getAddress().getHostAddress();
        }
    }

    /// Where a believed run of a member last spoke to us on the interconnect.
    private record Reach(MemberId id, GroupChannel.Sender sender, long heardAt) {}

    /// The key with which a believed member sealed its last message.
    private record Sealer(ClusterKey key, long heardAt) {
        KeyUse.Peer peer(String name, long now) {
            return new KeyUse.Peer(name, key.fingerprint(), TimeUnit.NANOSECONDS.toMillis(now - heardAt));
        }
    }

    private SyncNode(Options options, TableOwner tables, Listener listener) {
        if (tables.in().capacity() < Batch.RECORDS_MAX) {
            throw new IllegalArgumentException("the ring towards the worker must hold a batch of " + Batch.RECORDS_MAX);
        }
        this.tables = tables;
        this.listener = listener;
        var self = new MemberId(options.member(), UUID.randomUUID());
        states = new StateLog(options.member());
        keys = options.keys();
        seal = new Seal(keys, options.group(), self);
        lifeline = Lifeline.open(inet(options.bindAddress().bits()));
        interconnect = options.bindAddress().bits();
        var whereabouts = options.whereabouts().withLifeline(interconnect, lifeline.port());
        long now = System.nanoTime();
        core = new SyncCore(self, options.config(), whereabouts, tables, now);
        status = core.status(0, now);
        viewWatch =
                new ViewWatch(TimeUnit.MILLISECONDS.toNanos(self.incarnation().hashCode() & 0x3ff));
        thread = new Thread(this::run, "sync");
        thread.setDaemon(true);
        serviceLinks =
                new ServiceLinks(inet(options.multicastAddress().bits()), options.multicastPort() + 1, this::arrived);
    }

    /// Joins the cluster as a standby; returns when the channel is joined, after a few hundred ms.
    ///
    /// @throws IllegalStateException if the channel cannot be joined; its message names what to check
    public static SyncNode start(Options options, TableOwner tables, Listener listener) {
        var node = new SyncNode(options, tables, listener);
        try {
            node.channel = GroupChannel.join(
                    options.keys(),
                    options.cluster(),
                    options.member(),
                    options.bindAddress().toString(),
                    options.multicastAddress().toString(),
                    options.multicastPort(),
                    node.refused,
                    node.new Inbox());
        } catch (RuntimeException e) {
            node.lifeline.close();
            node.serviceLinks.close();
            throw e;
        }
        node.serviceLinks.use(options.serviceLinks());
        node.thread.start();
        return node;
    }

    @Override
    public void active(int term) {
        leave(() -> core.active(term, System.nanoTime()));
    }

    @Override
    public void renew(int term) {
        leave(() -> core.renew(term, System.nanoTime()));
    }

    @Override
    public void standby() {
        leave(core::standby);
    }

    @Override
    public void word(Word word) {
        leave(() -> core.word(word));
    }

    @Override
    public void send(String to, int term, ByteBuffer step) {
        leave(() -> core.handover(to, term, step, System.nanoTime()));
    }

    @Override
    public void send(String to, ConfigMessage message) {
        leave(() -> core.send(to, message));
    }

    @Override
    public void config(ConfigVersion now) {
        leave(() -> core.config(now));
    }

    @Override
    public void serviceLinks(List<ServiceLink> links) {
        serviceLinks.use(links);
    }

    @Override
    public void whereabouts(Whereabouts now) {
        var all = now.withLifeline(interconnect, lifeline.port());
        leave(() -> core.whereabouts(all));
    }

    @Override
    public void keys(ClusterKeys now) {
        leave(() -> {
            keys = now;
            seal.use(now);
            GroupChannel joined = channel;
            if (joined != null) {
                joined.use(now);
            }
        });
    }

    @Override
    public KeyUse keyUse() {
        long now = System.nanoTime();
        return new KeyUse(
                keys,
                sealers.entrySet().stream()
                        .map(sealer -> sealer.getValue().peer(sealer.getKey(), now))
                        .sorted(Comparator.comparing(KeyUse.Peer::name))
                        .toList());
    }

    @Override
    public boolean parked() {
        VarHandle.fullFence(); // the worker's records before we read the flag; see park()
        return parked;
    }

    @Override
    public void wakeUp() {
        LockSupport.unpark(thread);
    }

    /// The latest readout, about 100 ms old at most. If the sync thread has ended, or has not answered for a
    /// second, the readout is not shown as the present one: every member is UNKNOWN then, and [SyncStatus#trouble]
    /// gives the reason. Never throws. Any thread.
    @Override
    public SyncStatus status() {
        SyncStatus latest = status;
        Throwable why = failure;
        if (why != null) {
            return latest.unknown("the sync thread has ended by a bug (" + why
                    + "); this director does not sync any more; restart it when the other one serves");
        }
        long age = System.nanoTime() - latest.asOf();
        return age <= STATUS_OLD_INTERVAL
                ? latest
                : latest.unknown("the sync thread has not answered for " + TimeUnit.NANOSECONDS.toMillis(age) + " ms");
    }

    /// Announces the exit and leaves the cluster; the others do not mistake it for a death. Takes up to some
    /// hundred ms.
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
        serviceLinks.close();
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
            long busyAt = System.nanoTime();
            boolean isLoaded = false;
            while (running) {
                long now = System.nanoTime();
                if (turn(now)) {
                    isLoaded = now - busyAt < LOADED_INTERVAL;
                    busyAt = now;
                    shortPark = PARK_SHORT_INTERVAL;
                } else if (isLoaded && now - busyAt < SPIN_INTERVAL) {
                    Thread.onSpinWait();
                } else {
                    park();
                }
            }
        } catch (Throwable e) { // also an Error: nothing else would notice, and an old readout would remain
            failure = e;
            log.error("sync ended by a bug; this director no longer syncs and is not safe to fail over to", e);
            tellUnknown();
        }
    }

    /// The states reported before no longer hold.
    private void tellUnknown() {
        SyncStatus last = status;
        listener.standbyState(last.member(), SyncState.UNKNOWN);
        last.peers().forEach(peer -> listener.standbyState(peer.name(), SyncState.UNKNOWN));
    }

    /// One round of all work.
    ///
    /// @return whether anything happened
    private boolean turn(long now) {
        boolean busy = readNotes();
        busy |= read(linkInbox, LINK_INBOX_PER_TURN, now);
        busy |= read(inbox, INBOX_PER_TURN, now);
        busy |= core.turn(now);
        busy |= perform();
        long age = now - statusAt;
        if (age >= STATUS_INTERVAL || (statusDue && age >= STATUS_BUSY_INTERVAL)) {
            statusAt = now;
            statusDue = false;
            countOverflows();
            refused.take((reason, count, address) -> core.refusals().count(reason, count, address, "", now));
            watchView(now);
            states.due(now).forEach(states::write);
            GroupChannel joined = channel;
            status = core.status(serviceLinks.notSent() + (joined == null ? 0 : joined.dropped()), now);
        }
        return busy;
    }

    /// Sleeps until the next work is due. A thread that leaves work first writes it and then reads `parked`; this
    /// method writes `parked` first and then looks for work. Each has a fence in between, so at least one sees the
    /// other.
    private void park() {
        parked = true;
        VarHandle.fullFence();
        long now = System.nanoTime();
        if (inbox.isEmpty() && linkInbox.isEmpty() && notes.isEmpty() && !core.hasWork(now)) {
            long longest = PARK_INTERVAL;
            if (core.awaitsOthers()) {
                longest = shortPark;
                shortPark = Math.min(2 * shortPark, PARK_SHORT_INTERVAL_MAX);
            }
            long idle = Math.min(core.idleFor(now), statusAt + STATUS_INTERVAL - now);
            LockSupport.parkNanos(this, Math.min(idle, longest));
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

    private boolean read(Queue<Packet> from, int packetsMax, long now) {
        boolean any = false;
        for (int i = 0; i < packetsMax; i++) {
            Packet packet = from.poll();
            if (packet == null) {
                break;
            }
            any = true;
            switch (seal.open(packet.bytes())) {
                case Opened.Message(MemberId member, long counter, ClusterKey key, SyncMessage message) -> {
                    boolean isBelieved = core.received(member, counter, message, packet, now);
                    if (isBelieved) {
                        sealers.put(member.name(), new Sealer(key, now));
                    }
                    if (isBelieved && packet instanceof GroupPacket arrived) {
                        reach.put(member.name(), new Reach(member, arrived.sender(), now));
                    }
                }
                case Opened.Rejected(Refused reason) -> core.refusals().count(reason, 1, packet.address(), "", now);
                case Opened.ForAnother() -> {}
            }
        }
        return any;
    }

    private void countOverflows() {
        for (long seen = overflows.get() + serviceLinks.notTaken(); overflowsSeen < seen; overflowsSeen++) {
            core.refuse(Refused.OVERFLOW);
        }
    }

    /// Joins the channel anew if JGroups keeps a member that we hear outside of our view. This takes a while, so it
    /// runs on a thread of its own.
    private void watchView(long now) {
        GroupChannel joined = channel;
        if (joined == null || rejoining) {
            return;
        }
        boolean isWhole = joined.isJoined()
                && reach.values().stream()
                        .filter(each -> now - each.heardAt() < Peer.SILENT_INTERVAL)
                        .allMatch(each -> joined.lists(each.sender()));
        if (!viewWatch.wantsRejoin(isWhole, now)) {
            return;
        }
        rejoining = true;
        Thread.ofPlatform().name("sync-rejoin").daemon().start(() -> {
            try {
                log.warn("sync channel joined anew cause=member-heard-but-not-in-view");
                joined.rejoin();
            } catch (RuntimeException e) {
                log.warn("sync channel not joined action=try-again cause=\"{}\"", e.toString());
            } finally {
                rejoining = false;
            }
        });
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
            case SyncEffect.Multicast(SyncMessage message) -> {
                to.multicast(seal.seal(message), message instanceof Batch ? Delivery.STREAM : Delivery.ONCE);
                if (message instanceof SyncMessage.Hello) {
                    serviceLinks.send(() -> seal.seal(message));
                }
            }
            case SyncEffect.Unicast(MemberId member, SyncMessage message) ->
                to.unicast(sender(member), seal.seal(message, member));
            case SyncEffect.AskCopy(CopyOrder order) -> {
                tables.copy(order);
                tables.wakeUp();
            }
            case SyncEffect.WakeWorker() -> tables.wakeUp();
            case SyncEffect.HigherTerm(int term) -> listener.peerTerm(term);
            case SyncEffect.StateChanged(String member, SyncState state) -> {
                statusDue = true;
                log.debug("sync state member={} state={}", member, state);
                states.changed(member, state, System.nanoTime()).ifPresent(states::write);
                listener.standbyState(member, state);
            }
            case SyncEffect.Watch(MemberId member, int address, int port) ->
                lifeline.watch(
                        member.name(),
                        new InetSocketAddress(inet(address), port),
                        () -> leave(() -> core.processDied(member, System.nanoTime())));
            case SyncEffect.ProcessDied(String member) -> {
                statusDue = true;
                log.warn("sync member died name={} cause=host-refuses", member);
                listener.peerProcessDied(member);
            }
            case SyncEffect.HandoverArrived(String from, ByteBuffer step) -> {
                if (!listener.handover(from, step)) {
                    core.refuse(Refused.MALFORMED);
                }
            }
            case SyncEffect.WordHeard(String member, Whereabouts whereabouts, Word word, long age) ->
                listener.peerWord(member, whereabouts, word, age);
            case SyncEffect.ConfigArrived(String from, ConfigMessage message) -> listener.config(from, message);
            case SyncEffect.ConfigHeard(String member, ConfigVersion config) -> listener.peerConfig(member, config);
            case SyncEffect.Twin(String address) -> {
                log.error("another director of our name is older and runs at {}; this one must stop", address);
                listener.twin(address);
            }
            case SyncEffect.Warn(String text) -> log.warn("{}", text);
        }
    }

    private GroupChannel.@Nullable Sender sender(MemberId member) {
        Reach known = reach.get(member.name());
        return known != null && known.id().equals(member) ? known.sender() : null;
    }

    private void arrived(byte[] bytes, String link, InetSocketAddress from) {
        enqueue(linkInbox, new LinkPacket(bytes, link, from));
    }

    private void enqueue(Queue<Packet> queue, Packet packet) {
        if (!queue.offer(packet)) {
            overflows.incrementAndGet();
        } else if (parked) {
            wakeUp();
        }
    }

    private final class Inbox implements GroupChannel.Listener {
        @Override
        public void message(byte[] bytes, GroupChannel.Sender from) {
            enqueue(inbox, new GroupPacket(bytes, from));
        }

        @Override
        public void viewChanged() {
            leave(core::viewChanged);
        }
    }
}
