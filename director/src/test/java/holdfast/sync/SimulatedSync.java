package holdfast.sync;

import holdfast.sim.SimulatedProcess;
import holdfast.sim.Strand;
import holdfast.sim.Timeline;
import holdfast.sync.node.SyncNode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;

/// The thread of a [SyncNode] in virtual time: the same turns around the same [SyncCore], messages as objects.
public final class SimulatedSync implements TableSync {
    private static final int INBOX_MAX = 4096;
    private static final int INBOX_PER_TURN = 256;
    private static final long PARK_INTERVAL = 50 * Timeline.MS;
    private static final long PARK_SHORT_INTERVAL = 300_000;

    /// The outgoing messages of a director.
    public interface Wire {
        /// To all others on the interconnect.
        void multicast(SyncMessage message, long counter);

        /// To all others on the service link.
        void onServiceLink(SyncMessage message, long counter);

        void unicast(MemberId to, SyncMessage message, long counter);

        /// Calls [#processDied] when it has ended.
        void watch(MemberId member);
    }

    private record Packet(MemberId from, long counter, SyncMessage message, boolean isOnInterconnect)
            implements Origin {
        @Override
        public String path() {
            return isOnInterconnect ? INTERCONNECT : "front";
        }

        @Override
        public String address() {
            return from.name();
        }
    }

    private final Timeline timeline;
    private final long clockOffset;
    private final MemberId id;
    private final TableOwner tables;
    private final SyncNode.Listener listener;
    private final Wire wire;
    private final SyncCore core;
    private final Strand strand;
    private final Queue<Packet> inbox = new ArrayDeque<>();
    private final Queue<Runnable> notes = new ArrayDeque<>();
    private final Map<String, MemberId> reach = new HashMap<>();
    private long counter;

    public SimulatedSync(
            String name,
            UUID incarnation,
            Whereabouts whereabouts,
            SimulatedProcess process,
            Timeline timeline,
            long clockOffset,
            TableOwner tables,
            SyncNode.Listener listener,
            Wire wire) {
        this.timeline = timeline;
        this.clockOffset = clockOffset;
        this.tables = tables;
        this.listener = listener;
        this.wire = wire;
        id = new MemberId(name, incarnation);
        core = new SyncCore(id, ConfigVersion.ofFile("configuration"), whereabouts.withLifeline(1, 1), tables, clock());
        strand = process.strand(this::turn);
        strand.signal();
    }

    public MemberId id() {
        return id;
    }

    public Strand strand() {
        return strand;
    }

    @Override
    public SyncStatus status() {
        return core.status(0, clock());
    }

    public void arrived(MemberId from, long number, SyncMessage message, boolean isOnInterconnect) {
        if (inbox.size() < INBOX_MAX) {
            inbox.add(new Packet(from, number, message, isOnInterconnect));
            strand.signal();
        }
    }

    /// What has arrived and was not read is gone.
    public void loseInbox() {
        inbox.clear();
    }

    @Override
    public void active(int term) {
        leave(() -> core.active(term, clock()));
    }

    @Override
    public void renew(int term) {
        leave(() -> core.renew(term, clock()));
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
    public void send(String to, ConfigMessage message) {
        leave(() -> core.send(to, message));
    }

    @Override
    public void config(ConfigVersion now) {
        leave(() -> core.config(now));
    }

    @Override
    public void send(String to, int term, ByteBuffer step) {
        leave(() -> core.handover(to, term, step, clock()));
    }

    @Override
    public void whereabouts(Whereabouts now) {
        leave(() -> core.whereabouts(now.withLifeline(1, 1)));
    }

    @Override
    public void serviceLinks(List<ServiceLink> links) {}

    @Override
    public void keys(ClusterKeys now) {}

    @Override
    public KeyUse keyUse() {
        throw new UnsupportedOperationException("nothing is sealed here");
    }

    @Override
    public boolean parked() {
        return true;
    }

    @Override
    public void wakeUp() {
        strand.signal();
    }

    @Override
    public void close() {}

    public void processDied(MemberId member) {
        leave(() -> core.processDied(member, clock()));
    }

    private void leave(Runnable note) {
        notes.add(note);
        strand.signal();
    }

    private long clock() {
        return timeline.now() + clockOffset;
    }

    private void turn() {
        strand.nextStall();
        strand.next(this::readNotes);
        strand.next(this::readInbox);
        strand.nextStall();
        strand.next(this::core);
    }

    private void readNotes() {
        for (var note = notes.poll(); note != null; note = notes.poll()) {
            note.run();
        }
    }

    private void readInbox() {
        long now = clock();
        for (int i = 0; i < INBOX_PER_TURN && !inbox.isEmpty(); i++) {
            var packet = inbox.remove();
            boolean isBelieved = core.received(packet.from(), packet.counter(), packet.message(), packet, now);
            if (isBelieved && packet.isOnInterconnect()) {
                reach.put(packet.from().name(), packet.from());
            }
        }
    }

    private void core() {
        long now = clock();
        boolean isMore = core.turn(now);
        core.takeEffects().forEach(this::perform);
        isMore |= !inbox.isEmpty() || core.hasWork(now);
        long longest = core.awaitsOthers() ? PARK_SHORT_INTERVAL : PARK_INTERVAL;
        long idle = Math.max(0, Math.min(core.idleFor(now), longest));
        strand.sleepUntil(timeline.now() + (isMore ? 0 : idle));
    }

    private void perform(SyncEffect effect) {
        switch (effect) {
            case SyncEffect.Multicast(SyncMessage message) -> {
                wire.multicast(message, ++counter);
                if (message instanceof SyncMessage.Hello) {
                    wire.onServiceLink(message, ++counter);
                }
            }
            case SyncEffect.Unicast(MemberId member, SyncMessage message) -> {
                if (member.equals(reach.get(member.name()))) {
                    wire.unicast(member, message, ++counter);
                }
            }
            case SyncEffect.AskCopy(CopyOrder order) -> {
                tables.copy(order);
                tables.wakeUp();
            }
            case SyncEffect.WakeWorker() -> tables.wakeUp();
            case SyncEffect.HigherTerm(int term) -> listener.peerTerm(term);
            case SyncEffect.StateChanged(String member, SyncState state) -> {
                timeline.note(() -> id.name() + " sees " + member + " " + state);
                listener.standbyState(member, state);
            }
            case SyncEffect.Watch(MemberId member, int _, int _) -> wire.watch(member);
            case SyncEffect.ProcessDied(String member) -> listener.peerProcessDied(member);
            case SyncEffect.HandoverArrived(String from, ByteBuffer step) -> {
                if (!listener.handover(from, step)) {
                    core.refuse(Refused.MALFORMED);
                }
            }
            case SyncEffect.WordHeard(String member, Whereabouts whereabouts, Word word, long age) ->
                listener.peerWord(member, whereabouts, word, age);
            case SyncEffect.ConfigArrived(String from, ConfigMessage message) -> listener.config(from, message);
            case SyncEffect.ConfigHeard(String member, ConfigVersion config) -> listener.peerConfig(member, config);
            case SyncEffect.Twin(String address) -> listener.twin(address);
            case SyncEffect.Warn(String text) -> timeline.note(() -> id.name() + " warns: " + text);
        }
    }
}
