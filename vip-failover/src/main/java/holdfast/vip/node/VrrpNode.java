package holdfast.vip.node;

import holdfast.conf.Configuration.AdvertChecksum;
import holdfast.conf.Configuration.Trust;
import holdfast.conf.Configuration.VipGroup;
import holdfast.conf.Ipv4;
import holdfast.linux.Clock;
import holdfast.linux.EventFd;
import holdfast.linux.Poller;
import holdfast.linux.RawSocket;
import holdfast.linux.SyscallException;
import holdfast.vip.ArpFrames;
import holdfast.vip.Claim;
import holdfast.vip.ElectionEvents;
import holdfast.vip.FailoverRecord;
import holdfast.vip.GarpSchedule;
import holdfast.vip.GroupLinks;
import holdfast.vip.Handover;
import holdfast.vip.HandoverMessage;
import holdfast.vip.NewestWords;
import holdfast.vip.OwnWord;
import holdfast.vip.PeerWord;
import holdfast.vip.Preflight;
import holdfast.vip.TableState;
import holdfast.vip.VirtualRouter;
import holdfast.vip.VirtualRouter.Effect;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vip.VirtualRouter.State;
import holdfast.vip.VrrpStatus;
import holdfast.vrrp.AdvertCodec;
import holdfast.vrrp.Vrrp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One virtual router at work: the thread `vrrp-<vrid>` with its raw socket, its timer and its queue of events. It
/// decides nothing; [VirtualRouter] does. Any thread may call its public methods, which never block, except [#close].
///
/// A turn drains the socket, drains the queue, drains the socket once more, and only then lets time act (VRRP-REF 2.5).
/// Each event carries the time at which the thread took it, after the report of a pause if there was one. A turn may
/// last long: if an advert had the time of the turn's begin, this director would not wait long enough. A tick carries
/// the time at which the socket was last seen empty. Between a decision and its advert or claim the thread reads the
/// clock once more, and looks at the socket again if it is late, so that a pause can only hide in the system call
/// itself.
public final class VrrpNode implements ElectionEvents, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VrrpNode.class);
    private static final int QUEUE_MAX = 1024;
    private static final byte[] NOTHING = {};
    /// Most packets read in one turn, so that a flood cannot keep the timers from running.
    private static final int PACKETS_PER_TURN_MAX = 256;

    private static final int SOCKET = 0;
    private static final int WAKE_UP = 1;

    /// The settings of one virtual router.
    ///
    /// @param address    our primary address on the link
    /// @param interval   ns
    /// @param trust      which adverts are believed
    /// @param deadlines  usually [Handover.Deadlines#of]
    public record Options(
            int vrid,
            String interfaceName,
            int address,
            int priority,
            boolean preempt,
            long interval,
            AdvertChecksum checksum,
            List<Claim> claims,
            GarpSchedule garp,
            Trust trust,
            Handover.Deadlines deadlines) {
        public Options {
            claims = List.copyOf(claims);
        }

        /// The settings from a configuration.
        ///
        /// @param address  our primary address on the group's interface
        /// @param trust    which adverts are believed: the group's setting, unless no director can vouch to
        ///     this one
        public static Options of(VipGroup group, int address, Trust trust) {
            long interval = group.advertIntervalMs() * 1_000_000L;
            var repeats = group.garp().repeatAtMs().stream()
                    .map(ms -> ms * 1_000_000L)
                    .toList();
            return new Options(
                    group.vrid(),
                    group.interfaceName(),
                    address,
                    group.priority(),
                    group.preempt(),
                    interval,
                    group.advertChecksum(),
                    claimsOf(group),
                    new GarpSchedule(repeats, group.garp().refreshS() * 1_000_000_000L),
                    trust,
                    Handover.Deadlines.of(interval));
        }
    }

    private static List<Claim> claimsOf(VipGroup group) {
        return group.vips().stream()
                .map(vip -> new Claim(vip.address().bits(), vip.interfaceName()))
                .toList();
    }

    /// The director's side of a virtual router. Called on the router's thread, so each call must return within one
    /// advert interval: adverts wait for it, and an active that waits for three intervals is fenced.
    public interface Listener {
        /// No other director serves before this moment of the boot-time clock: an advert was sent, or the giver
        /// of a handover has promised it. Called before the claim.
        void servesUntil(long boottime);

        /// Own the addresses under the next term. That term should be reserved on disk while standing by, so
        /// that no fsync delays this call. The datapath may hold or relay at this moment; the call ends both.
        ///
        /// In a handover the call lasts until the datapath has decided, at the latest shortly after `notAfter`.
        ///
        /// @param notAfter  on the boot-time clock; the datapath must not begin to serve later
        /// @return whether the datapath serves
        boolean becomeActive(Vrrp.Promotion promotion, long notAfter);

        /// Continue under a term above this one, which another director knows.
        void renewTerm(int above);

        /// Release the addresses, drop held packets, stop relaying. May be called without a claim before it.
        void becomeStandby(Vrrp.Reason reason);

        /// Leave packets for the addresses in the receive ring, ARP requests included, put a checkpoint with the
        /// final version on the sync stream, and call [VrrpNode#held].
        void hold();

        /// Forward again under the same term, the held packets first.
        void resume();

        /// Relay held and late packets for the addresses to the peer, and no longer answer ARP for them; until
        /// [#becomeStandby]. May be called without a hold before it.
        void relay(String peer);

        /// Pass a message for one member to the sync channel.
        void sendHandover(String to, HandoverMessage message);

        /// Send this word to the peers, under the cluster's seal, as soon as possible.
        void word(OwnWord word);

        /// Reasons against this director's taking over that the election cannot know, as sentences; empty for
        /// none. Called once in each turn, so it must be cheap.
        List<String> unfit();

        /// Send a frame on an interface.
        void sendFrame(String interfaceName, byte[] frame);

        /// A bug: the thread has ended and sends no more adverts. The process must end at once, so that the
        /// standby takes over.
        void failed(Throwable bug);
    }

    private final Options options;
    private final Listener listener;
    private final VirtualRouter router;
    private final Tally tally;
    private final EventFd wakeUp = new EventFd();
    private final Poller poller;
    private final Thread thread;
    private final ArrayBlockingQueue<Note> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private volatile State state = State.INITIAL;
    private volatile TableState latestTables = TableState.UNKNOWN;
    private volatile List<Claim> latestClaims;
    private volatile OwnWord said = OwnWord.NONE;
    private volatile boolean stopping;

    private final NewestWords newestWords = new NewestWords();

    // Owned by the thread.
    private RawSocket socket;
    private List<Claim> claims;
    private AdvertCodec codec;
    private TableState deliveredTables = TableState.UNKNOWN;
    private final FailoverAnswers answers = new FailoverAnswers();
    private GroupLinks links;
    private boolean linksUnused;
    private boolean isDoubted; // the last advert that was heard
    private int openIfindex;
    private long ranAt;
    private long wakeAt;

    /// The queue's content: an event of the router, or new links.
    private sealed interface Note {}

    private record LinksChanged(GroupLinks now) implements Note {}

    private record Queued(Event event, @Nullable CompletableFuture<FailoverRecord> answer) implements Note {}

    private VrrpNode(Options options, GroupLinks links, Listener listener, RawSocket socket) {
        this.options = options;
        this.socket = socket;
        this.links = links;
        openIfindex = links.ifindex();
        this.listener = listener;
        router = new VirtualRouter(
                new Vrrp(options.priority(), options.interval(), options.address(), options.preempt()),
                new Handover(options.deadlines()),
                options.garp(),
                options.trust(),
                System.currentTimeMillis() - Clock.boottime() / 1_000_000);
        claims = options.claims();
        latestClaims = claims;
        codec = codec();
        tally = new Tally(options.vrid(), codec.addresses());
        poller = new Poller(socket.fd(), wakeUp.fd());
        thread = Thread.ofPlatform().name("vrrp-" + options.vrid()).unstarted(this::run);
    }

    /// Opens the socket and starts as a standby (priority 255: as the active).
    ///
    /// @throws SyscallException if the socket cannot be opened
    public static VrrpNode start(Options options, GroupLinks links, Listener listener) {
        var node = new VrrpNode(options, links, listener, openSocket(options));
        node.links(links);
        node.thread.start();
        return node;
    }

    @Override
    public void peerProcessDied(int address) {
        post(new VirtualRouter.PeerProcessDied(address));
    }

    @Override
    public void links(GroupLinks now) {
        post(new LinksChanged(now));
    }

    /// The group has these addresses from now on; an active announces them. The datapath must own them before.
    public void addresses(VipGroup group) {
        latestClaims = claimsOf(group);
        wakeUp.signal();
    }

    @Override
    public void peerWord(PeerWord word) {
        newestWords.came(word);
        post(new VirtualRouter.Spoke(word));
    }

    @Override
    public void higherTerm(int term) {
        post(new VirtualRouter.HigherTerm(term));
    }

    @Override
    public void heldFull() {
        post(new VirtualRouter.HeldFull());
    }

    @Override
    public void stolen(int address, long mac) {
        post(new VirtualRouter.Stolen(address, mac));
    }

    @Override
    public void tables(TableState tables) {
        var before = latestTables;
        latestTables = tables;
        if (before.equal() != tables.equal() || Handover.awaitsTables(state.handover())) {
            wakeUp.signal();
        }
    }

    @Override
    public void held(long finalVersion) {
        post(new VirtualRouter.Held(finalVersion));
    }

    @Override
    public void handover(String from, HandoverMessage message) {
        post(new VirtualRouter.Message(from, message));
    }

    /// Plans a failover to the peer of the preflight. The future completes when the peer has taken over, or when
    /// this director stays active and gives the reason. It fails only if the queue is full or the node is closed.
    public CompletableFuture<FailoverRecord> failover(Preflight preflight, String reason) {
        var answer = new CompletableFuture<FailoverRecord>();
        post(new Queued(new VirtualRouter.Failover(preflight, reason), answer));
        return answer;
    }

    public VrrpStatus status() {
        return tally.status(state, router, Clock.boottime());
    }

    /// Resigns if active, and ends the thread.
    @Override
    public void close() {
        stopping = true;
        wakeUp.signal();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                throw new IllegalStateException("thread " + thread.getName() + " did not end within 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void post(Event event) {
        post(new Queued(event, null));
    }

    private void post(Note note) {
        if (stopping || !queue.offer(note)) {
            tally.eventLost();
            if (note instanceof Queued queued && queued.answer() != null) {
                queued.answer()
                        .completeExceptionally(new IllegalStateException("vrrp-" + options.vrid() + " is "
                                + (stopping ? "closed" : "busy: " + QUEUE_MAX + " events wait")));
            }
            return;
        }
        wakeUp.signal();
    }

    private void run() {
        try (poller;
                wakeUp) {
            ranAt = Clock.boottime();
            wakeAt = ranAt;
            while (!stopping) {
                turn();
                sleep();
            }
            take(new VirtualRouter.Shutdown());
            abandon(new IllegalStateException("vrrp-" + options.vrid() + " was closed"));
        } catch (RuntimeException | Error bug) {
            stopping = true;
            log.error("vrrp failed vrid={}", options.vrid(), bug);
            abandon(bug);
            listener.failed(bug);
        } finally {
            socket.close();
        }
    }

    private void turn() {
        var _ = hear();
        for (var note = queue.poll(); note != null; note = queue.poll()) {
            switch (note) {
                case LinksChanged(var now) -> {
                    links = now;
                    linksUnused = true;
                }
                case Queued queued -> take(queued);
            }
        }
        if (linksUnused) {
            useLinks();
        }
        claim(latestClaims);
        var tables = latestTables;
        if (!tables.equals(deliveredTables)) {
            deliveredTables = tables;
            take(new VirtualRouter.Tables(tables));
        }
        var unfit = listener.unfit();
        if (!unfit.equals(state.unfit())) {
            take(new VirtualRouter.Unfit(unfit));
        }
        step(new VirtualRouter.Tick(), hear());
        tally.turned(ranAt);
        speak();
    }

    private void claim(List<Claim> now) {
        if (!now.equals(claims)) {
            claims = now;
            codec = codec();
            tally.addresses(codec.addresses());
            take(new VirtualRouter.Claims());
        }
    }

    private AdvertCodec codec() {
        var addresses = claims.stream().map(Claim::address).toList();
        return new AdvertCodec(options.vrid(), options.interval(), options.address(), addresses, options.checksum());
    }

    private void take(Queued queued) {
        if (newestWords.haveReplaced(queued.event())) {
            return;
        }
        // A director that was paused and is no longer active hears only now what its successor announced.
        if (queued.event() instanceof VirtualRouter.Stolen(int address, long mac) && state.isActive()) {
            tally.stolen(address, mac, ranAt);
        }
        if (queued.answer() == null) {
            take(queued.event());
            return;
        }
        long now = now();
        answers.ask(queued.answer(), now);
        step(queued.event(), now);
        answers.asked();
    }

    private void speak() {
        var word = router.word(state, ranAt);
        if (!word.equals(said)) {
            said = word;
            listener.word(word);
        }
    }

    /// A link that was removed and recreated has another index, on which the old socket receives nothing. If a new
    /// socket cannot be opened, the next turn tries again.
    private void useLinks() {
        if (!links.faults().isEmpty()) {
            linksUnused = false;
            take(new VirtualRouter.Links(links.faults()));
            return;
        }
        boolean isDeaf = links.ifindex() != openIfindex || state.vrrp() instanceof Vrrp.Initialize;
        var trouble = isDeaf ? reopenSocket() : Optional.<String>empty();
        linksUnused = trouble.isPresent();
        take(new VirtualRouter.Links(trouble.stream().toList()));
    }

    /// Sleeps for one interval at most, even if nothing is due: this bounds the error in measuring a pause.
    private void sleep() {
        wakeAt = Math.min(router.nextAt(state), ranAt + options.interval());
        boolean tablesWait = !latestTables.equals(deliveredTables) && Handover.awaitsTables(state.handover());
        long timeout = tablesWait ? 0 : Math.max(0, wakeAt - Clock.boottime());
        poller.poll(timeout);
        if (poller.readable(WAKE_UP)) {
            wakeUp.drain();
        }
    }

    /// The time of the next event. A thread that comes late to it reports a pause first, because packets sent meanwhile
    /// may be lost. Counts the gap from when the thread last ran, so it is never shorter than the pause.
    private long now() {
        long now = Clock.boottime();
        long gap = now - ranAt;
        long late = now - wakeAt;
        ranAt = now;
        wakeAt = now;
        if (late >= options.interval()) {
            step(new VirtualRouter.Paused(gap), now);
        }
        return now;
    }

    /// @return when the last look at the socket began; every advert from before was heard, except in a flood
    private long hear() {
        long lookedAt;
        byte[] packet;
        int looks = 0;
        do {
            lookedAt = now();
            packet = receive();
            if (packet.length != 0) {
                hear(packet, now());
            }
        } while (packet.length != 0 && ++looks < PACKETS_PER_TURN_MAX);
        return lookedAt;
    }

    private void hear(byte[] packet, long now) {
        switch (codec.decode(packet)) {
            case AdvertCodec.Accepted accepted -> {
                tally.received(accepted, state, now, router.vrrp());
                isDoubted = false;
                step(new VirtualRouter.Heard(accepted.advert()), now);
                if (!isDoubted) {
                    tally.vouched(accepted.advert().sender(), now);
                }
            }
            case AdvertCodec.Refused(var reason) -> tally.refused(reason);
        }
    }

    /// The next packet; empty for none. A link that went down makes the socket report it once.
    private byte[] receive() {
        try {
            return socket.receive().map(RawSocket.Datagram::ipPacket).orElse(NOTHING);
        } catch (SyscallException e) {
            log.debug("vrrp receive vrid={} error={}", options.vrid(), e.getMessage());
            return NOTHING;
        }
    }

    private void take(Event event) {
        step(event, now());
    }

    private void step(Event event, long at) {
        var before = state;
        var step = router.step(before, event, at);
        state = step.next();
        tally.transition(before, step, event);
        long now = Clock.boottime();
        long gap = router.gap(before, event, at, now);
        boolean isLate =
                router.vrrp().mayBeReplacedAfter(gap) && !step.effects().isEmpty();
        byte[] unheard = !isLate && now - step.notAfter() > 0 ? receive() : NOTHING;
        if (unheard.length != 0) {
            state = before.afterGivingUp();
            tally.gaveUp(step.next(), state, gap);
            hear(unheard, now);
            if (!(event instanceof VirtualRouter.Tick)) { // time acts in the next turn, after all adverts
                step(event, now);
            }
            return;
        }
        for (var effect : step.effects()) {
            if (!isLate || !VirtualRouter.speaksForTheAddresses(effect)) {
                perform(effect);
            }
        }
        if (isLate) {
            ranAt = now;
            wakeAt = now;
            step(new VirtualRouter.Paused(gap), now);
        }
    }

    private void perform(Effect effect) {
        switch (effect) {
            case VirtualRouter.SendAdvert(int priority) -> sendAdvert(priority);
            case VirtualRouter.BecomeActive(var promotion, long notAfter) -> becomeActive(promotion, notAfter);
            case VirtualRouter.BecomeStandby(var reason) -> listener.becomeStandby(reason);
            case VirtualRouter.RenewTerm(int above) -> listener.renewTerm(above);
            case VirtualRouter.Announce() -> announce();
            case VirtualRouter.Hold() -> listener.hold();
            case VirtualRouter.Resume() -> listener.resume();
            case VirtualRouter.Relay(var peer) -> listener.relay(peer);
            case VirtualRouter.Send(var to, var message) -> listener.sendHandover(to, message);
            case VirtualRouter.Finished(var record) -> finished(record);
            case VirtualRouter.Doubted(int sender, var why) -> {
                isDoubted = true;
                tally.doubted(sender, why, ranAt);
            }
        }
    }

    /// The wait for the datapath is no pause.
    private void becomeActive(Vrrp.Promotion promotion, long notAfter) {
        if (notAfter != Long.MAX_VALUE) {
            listener.servesUntil(notAfter);
        }
        boolean serves = listener.becomeActive(promotion, notAfter);
        ranAt = Clock.boottime();
        wakeAt = ranAt;
        step(new VirtualRouter.Served(serves), ranAt);
    }

    private void sendAdvert(int priority) {
        try {
            long sentAt = Clock.boottime();
            socket.send(AdvertCodec.GROUP, codec.encode(priority));
            if (priority != 0) {
                long silence = sentAt + router.vrrp().earliestTakeoverInterval();
                listener.servesUntil(Math.min(silence, Handover.servesAtMost(state.handover())));
            }
            tally.sent();
        } catch (SyscallException e) {
            if (tally.sendFailed()) {
                log.warn("vrrp advert not sent vrid={} error=\"{}\"", options.vrid(), e.getMessage());
            }
        }
    }

    /// If the datapath could not serve, the claim before this has failed.
    private void announce() {
        if (state.isActive()) {
            claims.forEach(this::announce);
        }
    }

    private void announce(Claim claim) {
        long mac = links.macs().getOrDefault(claim.interfaceName(), 0L);
        if (mac != 0) {
            listener.sendFrame(claim.interfaceName(), ArpFrames.gratuitousRequest(mac, claim.address()));
            listener.sendFrame(claim.interfaceName(), ArpFrames.gratuitousReply(mac, claim.address()));
        }
    }

    private void finished(FailoverRecord record) {
        tally.finished(record);
        if (record.side() == FailoverRecord.Side.GIVER) {
            answers.finished(record);
        }
    }

    private void abandon(Throwable why) {
        answers.abandon(why);
        for (var note = queue.poll(); note != null; note = queue.poll()) {
            if (note instanceof Queued queued && queued.answer() != null) {
                queued.answer().completeExceptionally(why);
            }
        }
    }

    private static RawSocket openSocket(Options options) {
        return RawSocket.open(AdvertCodec.PROTOCOL, options.interfaceName(), options.address(), AdvertCodec.GROUP);
    }

    /// Why the socket cannot be reopened; empty for nothing.
    private Optional<String> reopenSocket() {
        try {
            var fresh = openSocket(options);
            socket.close();
            socket = fresh;
            openIfindex = links.ifindex();
            poller.replace(SOCKET, socket.fd());
            return Optional.empty();
        } catch (SyscallException e) {
            return Optional.of("cannot use " + options.interfaceName() + " for adverts from "
                    + Ipv4.text(options.address()) + ": " + e.getMessage());
        }
    }
}
