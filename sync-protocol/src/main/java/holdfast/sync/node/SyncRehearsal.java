package holdfast.sync.node;

import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigVersion;
import holdfast.sync.CopyOrder;
import holdfast.sync.MemberId;
import holdfast.sync.Origin;
import holdfast.sync.SyncCore;
import holdfast.sync.SyncEffect;
import holdfast.sync.TableOwner;
import holdfast.sync.Whereabouts;
import holdfast.sync.wire.DatagramSeal;
import holdfast.sync.wire.Gate;
import holdfast.sync.wire.Opened;
import holdfast.sync.wire.Seal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

/// Two throw-away directors that synchronise with each other without a channel, so that the JVM loads and compiles the
/// code of the real director before anything depends on it.
///
/// Every message is sealed, carried as bytes and opened, as between two processes, and so is the datagram around it.
/// The calling thread plays both sync threads.
public final class SyncRehearsal {
    private static final int TURNS_MAX = 64;
    private static final int IDLE_TURNS = 4;
    private static final long IDLE_NS = 1_000_000; // what is waited for in such a turn comes without waiting
    private static final int HELLOS_MAX = 20;
    private static final long HELLO_DISTANCE_NS = 6_000_000;
    private static final int DATAGRAM_MAX = 65_507;
    private static final String GROUP = "rehearsal";
    private static final Origin HERE = new Origin() {
        @Override
        public String path() {
            return INTERCONNECT;
        }

        @Override
        public String address() {
            return "nowhere";
        }
    };

    private final Side first;
    private final Side second;
    private final Runnable workers;
    private long now = System.nanoTime();
    private long carried;

    private static final class Side {
        final MemberId id;
        final Seal seal;
        final SyncCore core;
        final TableOwner tables;
        final DatagramSeal datagrams;
        final Gate<String> gate;
        final byte[] sent = new byte[DATAGRAM_MAX];
        final byte[] received = new byte[DATAGRAM_MAX];

        Side(String name, ClusterKeys keys, TableOwner tables, long now) {
            id = new MemberId(name, UUID.randomUUID());
            seal = new Seal(keys, GROUP, id);
            this.tables = tables;
            datagrams = new DatagramSeal(keys, GROUP);
            gate = new Gate<>(keys, GROUP, datagrams, (_, _) -> {}, now);
            core = new SyncCore(
                    id, ConfigVersion.ofFile(""), new Whereabouts(1, 100, Map.of("192.0.2.10", 1L)), tables, now);
        }
    }

    /// @param workers  one turn of both workers
    public SyncRehearsal(TableOwner first, TableOwner second, Runnable workers) {
        var keys = ClusterKeys.of(ClusterKey.of(new byte[ClusterKey.BYTES]));
        this.first = new Side("first", keys, first, now);
        this.second = new Side("second", keys, second, now);
        this.workers = workers;
        meet();
    }

    /// Each believes the other only after the other has heard it, and hellos have a minimum interval.
    private void meet() {
        for (int hello = 0; hello < HELLOS_MAX && !first.gate.isSettled(now); hello++) {
            greet(first, second);
            greet(second, first);
            now += HELLO_DISTANCE_NS;
        }
        for (int hello = 0; hello < HELLOS_MAX && !(knows(first) && knows(second)); hello++) {
            exchange();
            now += HELLO_DISTANCE_NS;
        }
    }

    private void greet(Side from, Side to) {
        int size = from.datagrams.sealHello(from.gate.hello(now), from.sent);
        var _ = to.gate.open(from.sent, 0, size, to.received, "", false, now);
    }

    private boolean knows(Side side) {
        return !side.core.status(0, now).peers().isEmpty();
    }

    /// Makes one of the two write the stream of `term`, and the other follow.
    public void active(boolean isFirst, int term) {
        (isFirst ? second : first).core.standby();
        (isFirst ? first : second).core.active(term, now);
    }

    /// Sends a step of a handover to the other.
    public void send(boolean isFirst, int term, ByteBuffer step) {
        (isFirst ? first : second).core.handover(isFirst ? "second" : "first", term, step, now);
    }

    /// Carries messages back and forth until both are at rest.
    public void exchange() {
        now = Math.max(now, System.nanoTime());
        for (int idle = 0, turn = 0; idle < IDLE_TURNS && turn < TURNS_MAX; turn++) {
            boolean isBusy = turn(first, second);
            isBusy |= turn(second, first);
            workers.run();
            idle = isBusy ? 0 : idle + 1;
            now += isBusy ? 0 : IDLE_NS;
        }
        first.core.status(0, now);
        second.core.status(0, now);
    }

    /// Messages carried so far.
    long carried() {
        return carried;
    }

    private boolean turn(Side from, Side to) {
        boolean isBusy = from.core.turn(now);
        for (var effect : from.core.takeEffects()) {
            isBusy = true;
            switch (effect) {
                case SyncEffect.Multicast(var message) -> carry(from.seal.seal(message), true, from, to);
                case SyncEffect.Unicast(var member, var message) ->
                    carry(from.seal.seal(message, member), false, from, to);
                case SyncEffect.AskCopy(CopyOrder order) -> from.tables.copy(order);
                case SyncEffect.WakeWorker() -> workers.run();
                case SyncEffect.HigherTerm _,
                        SyncEffect.StateChanged _,
                        SyncEffect.Watch _,
                        SyncEffect.ProcessDied _,
                        SyncEffect.WordHeard _,
                        SyncEffect.ConfigHeard _,
                        SyncEffect.ConfigArrived _,
                        SyncEffect.Twin _,
                        SyncEffect.Warn _,
                        SyncEffect.HandoverArrived _ -> {}
            }
        }
        return isBusy;
    }

    private void carry(byte[] message, boolean isMulticast, Side from, Side to) {
        carried++;
        int size = from.datagrams.seal(isMulticast, message, 0, message.length, from.sent);
        int length = to.gate.open(from.sent, 0, size, to.received, "", false, now);
        if (length < 0) {
            throw new IllegalStateException("a rehearsed datagram was refused");
        }
        switch (to.seal.open(Arrays.copyOf(to.received, length))) {
            case Opened.Message(var sender, var counter, var _, var opened) -> {
                var _ = to.core.received(sender, counter, opened, HERE, now);
            }
            case Opened.Rejected(var reason) ->
                throw new IllegalStateException("a rehearsed message was refused: " + reason);
            case Opened.ForAnother() -> throw new IllegalStateException("a rehearsed message went astray");
        }
    }
}
