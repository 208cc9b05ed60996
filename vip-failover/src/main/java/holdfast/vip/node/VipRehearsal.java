package holdfast.vip.node;

import holdfast.conf.Configuration.AdvertChecksum;
import holdfast.conf.Configuration.Trust;
import holdfast.vip.ArpFrames;
import holdfast.vip.FailoverRecord;
import holdfast.vip.GarpSchedule;
import holdfast.vip.Handover;
import holdfast.vip.OwnWord;
import holdfast.vip.PeerWord;
import holdfast.vip.Preflight;
import holdfast.vip.TableState;
import holdfast.vip.VirtualRouter;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vip.VirtualRouter.State;
import holdfast.vrrp.AdvertCodec;
import holdfast.vrrp.Vrrp;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/// Two throw-away directors that hold elections in virtual time, so that the JVM loads and compiles the code of the
/// real director before anything depends on it. They run planned failovers that succeed, are refused and are
/// aborted, a death, a silence, a pause, a link that goes down and up, and a resignation.
///
/// Adverts travel as bytes, as between two processes, but never leave this object. The calling thread plays both
/// election threads.
public final class VipRehearsal {
    private static final long MS = 1_000_000;
    private static final long INTERVAL = 100 * MS;
    private static final long WHILE = 1000 * MS; // longer than any down interval
    private static final int VRID = 51;
    private static final int VIP = 0xc000020a;
    private static final TableState EQUAL = new TableState(0, 0, true);

    private final Set<Vrrp.Cause> promotions = EnumSet.noneOf(Vrrp.Cause.class);
    private final Set<Vrrp.Reason> releases = EnumSet.noneOf(Vrrp.Reason.class);
    private final Set<FailoverRecord.Outcome> outcomes = EnumSet.noneOf(FailoverRecord.Outcome.class);
    private final Queue<Runnable> underWay = new ArrayDeque<>();
    private Director first = new Director("first", 0xc0000201, 200);
    private Director second = new Director("second", 0xc0000202, 100);
    private long now;

    /// Every way in which a director becomes active or ceases to be active, once.
    public void round() {
        first = new Director("first", 0xc0000201, 200);
        second = new Director("second", 0xc0000202, 100);
        start(first);
        start(second);
        failover(first);
        pass(3 * WHILE); // until the first one no longer relays
        failover(second);
        pass(3 * WHILE);
        failover(second);
        abortedFailover();
        tell(first, new VirtualRouter.Links(List.of("rehearsed")));
        pass(WHILE);
        start(first);
        death(second);
        start(second);
        silence(first);
        start(first);
        pause(second);
        tell(first, new VirtualRouter.Shutdown());
        tell(second, new VirtualRouter.Shutdown());
    }

    /// Why directors became active, in all rounds.
    Set<Vrrp.Cause> promotions() {
        return promotions;
    }

    /// Why directors ceased to be active, in all rounds.
    Set<Vrrp.Reason> releases() {
        return releases;
    }

    /// How planned failovers ended, in all rounds.
    Set<FailoverRecord.Outcome> outcomes() {
        return outcomes;
    }

    private void start(Director director) {
        director.state = State.INITIAL;
        director.said = OwnWord.NONE;
        director.isAlive = true;
        tell(director, new VirtualRouter.Links(List.of()));
        tell(director, new VirtualRouter.Tables(EQUAL));
        pass(WHILE);
    }

    private void failover(Director giver) {
        var taker = peerOf(giver);
        tell(giver, new VirtualRouter.Failover(new Preflight(taker.name, taker.address, 0), "rehearsal"));
    }

    /// The taker dies before it has armed.
    private void abortedFailover() {
        second.isAlive = false;
        failover(first);
        tell(first, new VirtualRouter.PeerProcessDied(second.address));
        start(second);
    }

    private void death(Director director) {
        director.isAlive = false;
        tell(peerOf(director), new VirtualRouter.PeerProcessDied(director.address));
        pass(WHILE);
    }

    private void silence(Director director) {
        director.isAlive = false;
        pass(WHILE);
    }

    private void pause(Director director) {
        now += WHILE;
        tell(director, new VirtualRouter.Paused(WHILE));
        pass(WHILE);
    }

    private void tell(Director director, Event event) {
        director.take(event);
        carry();
    }

    private void carry() {
        for (var next = underWay.poll(); next != null; next = underWay.poll()) {
            next.run();
        }
    }

    /// Advances the time, from each due moment to the next.
    private void pass(long time) {
        long end = now + time;
        while (now < end) {
            now = Math.min(end, Math.min(first.nextAt(), second.nextAt()));
            first.speak();
            second.speak();
            tell(first, new VirtualRouter.Tick());
            tell(second, new VirtualRouter.Tick());
        }
    }

    private Director peerOf(Director director) {
        return director == first ? second : first;
    }

    private final class Director {
        final String name;
        final int address;
        final VirtualRouter router;
        final AdvertCodec codec;
        final Tally tally = new Tally(VRID, List.of(VIP));
        State state = State.INITIAL;
        OwnWord said = OwnWord.NONE;
        boolean isAlive;

        Director(String name, int address, int priority) {
            this.name = name;
            this.address = address;
            router = new VirtualRouter(
                    new Vrrp(priority, INTERVAL, address, false),
                    new Handover(Handover.Deadlines.of(INTERVAL)),
                    new GarpSchedule(List.of(50 * MS, 200 * MS), 30_000 * MS),
                    Trust.SEALED,
                    0);
            codec = new AdvertCodec(VRID, INTERVAL, address, List.of(VIP), AdvertChecksum.PSEUDO_HEADER);
        }

        long nextAt() {
            return isAlive ? Math.max(now + 1, router.nextAt(state)) : Long.MAX_VALUE;
        }

        void take(Event event) {
            if (!isAlive) {
                return;
            }
            var before = state;
            var step = router.step(before, event, now);
            state = step.next();
            tally.transition(before, step, event);
            step.effects().forEach(this::perform);
            var word = router.word(state, now);
            if (!word.equals(said)) {
                said = word;
                speak();
            }
        }

        /// Sends its word at each change, and periodically.
        void speak() {
            if (isAlive) {
                underWay.add(() -> peerOf(this).take(new VirtualRouter.Spoke(word(peerOf(this).name))));
            }
        }

        private PeerWord word(String to) {
            return new PeerWord(
                    name,
                    address,
                    INTERVAL,
                    said.standing(),
                    said.asks(),
                    said.answers().getOrDefault(to, 0L),
                    said.history(),
                    now);
        }

        private void perform(VirtualRouter.Effect effect) {
            switch (effect) {
                case VirtualRouter.SendAdvert(int priority) -> {
                    byte[] advert = packet(codec.encode(priority));
                    underWay.add(() -> peerOf(this).hear(advert));
                }
                case VirtualRouter.BecomeActive(var promotion, long _) -> {
                    promotions.add(promotion.cause());
                    underWay.add(() -> take(new VirtualRouter.Served(true)));
                }
                case VirtualRouter.RenewTerm _ -> {}
                case VirtualRouter.Doubted(int sender, var why) -> tally.doubted(sender, why, now);
                case VirtualRouter.BecomeStandby(var reason) -> releases.add(reason);
                case VirtualRouter.Announce() -> {
                    ArpFrames.gratuitousRequest(1, VIP);
                    ArpFrames.gratuitousReply(1, VIP);
                }
                case VirtualRouter.Hold() -> underWay.add(() -> take(new VirtualRouter.Held(0)));
                case VirtualRouter.Send(var _, var message) ->
                    underWay.add(() -> peerOf(this).take(new VirtualRouter.Message(name, message)));
                case VirtualRouter.Finished(var record) -> {
                    tally.finished(record);
                    outcomes.add(record.outcome());
                }
                case VirtualRouter.Resume(), VirtualRouter.Relay _ -> {}
            }
        }

        private void hear(byte[] packet) {
            switch (codec.decode(packet)) {
                case AdvertCodec.Accepted accepted -> {
                    tally.received(accepted, state, now, router.vrrp());
                    take(new VirtualRouter.Heard(accepted.advert()));
                }
                case AdvertCodec.Refused(var reason) ->
                    throw new IllegalStateException("a rehearsed advert was refused: " + reason);
            }
        }

        /// The message as an IP packet, as the kernel would build it.
        private byte[] packet(byte[] message) {
            return ByteBuffer.allocate(20 + message.length)
                    .put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (20 + message.length))
                    .putInt(0)
                    .put((byte) 255)
                    .put((byte) AdvertCodec.PROTOCOL)
                    .putShort((short) 0)
                    .putInt(address)
                    .putInt(AdvertCodec.GROUP)
                    .put(message)
                    .array();
        }
    }
}
