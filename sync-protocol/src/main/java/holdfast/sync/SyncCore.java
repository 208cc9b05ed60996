package holdfast.sync;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One director's whole part in the sync as a pure machine: who the others are, whose stream counts, and the
/// [StreamSender] or [StreamReceiver] of the present role. No thread, clock, socket or log; the rings it reads and
/// writes are memory.
final class SyncCore {
    static final long HELLO_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long HELLO_MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int TAKE_MAX = 2000;
    private static final long NEVER = Long.MIN_VALUE;

    private final MemberId self;
    private final String configHash;
    private final Links links;
    private final TableOwner tables;
    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamReceiver receiver;
    private @Nullable StreamSender sender;
    private long lostAtPromotion;

    private final Members members;
    private final EnumMap<Refused, Long> refused = new EnumMap<>(Refused.class);

    private int lastOwnTerm;
    private int highestTerm;
    private long helloAt = NEVER;
    private boolean helloDue = true;
    private boolean leaving;
    private SyncState ownState = SyncState.UNKNOWN;
    private StreamSender.Counts before = new StreamSender.Counts(0, 0, 0, 0, 0, 0);

    SyncCore(MemberId self, String configHash, Links links, TableOwner tables) {
        this.self = self;
        this.configHash = configHash;
        this.links = links;
        this.tables = tables;
        members = new Members(self);
        receiver = new StreamReceiver(effects);
        for (Refused reason : Refused.values()) {
            refused.put(reason, 0L);
        }
    }

    /// The effects since the last call, in order.
    List<SyncEffect> takeEffects() {
        if (effects.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    void refuse(Refused reason) {
        refused.merge(reason, 1L, Long::sum);
    }

    void active(int term, long now) {
        if (sender != null && sender.term() == term) {
            return;
        }
        retireSender();
        receiver.stop();
        receiver.tableIsOurs();
        lastOwnTerm = term;
        highestTerm = Math.max(highestTerm, term);
        lostAtPromotion = tables.lost();
        sender = new StreamSender(term, StreamSender.HISTORY_BATCHES, effects);
        for (Peer peer : members.all()) {
            if (!peer.gone) {
                sender.joined(peer.id, now);
            }
        }
        ownState = SyncState.UNKNOWN;
        helloDue = true;
    }

    void standby() {
        retireSender();
        helloDue = true;
    }

    /// Every member that the transport reaches; one that is missing is gone.
    void members(Set<String> present, long now) {
        for (Peer peer : members.all()) {
            if (present.contains(peer.id.name())) {
                if (peer.gone && now - peer.heardAt < StreamSender.SILENT_INTERVAL) {
                    comeBack(peer, now);
                }
            } else if (!peer.gone) {
                goneNow(peer);
            }
        }
        helloDue = true;
    }

    /// The process of a member has ended.
    void processDied(String name) {
        Peer peer = members.named(name);
        if (peer == null || !peer.leaving) {
            effects.add(new SyncEffect.ProcessDied(name));
        }
        if (peer != null && !peer.gone) {
            goneNow(peer);
        }
    }

    void handover(HandoverMessage message) {
        for (Peer peer : members.all()) {
            if (!peer.gone) {
                effects.add(new SyncEffect.Unicast(peer.id, message));
            }
        }
    }

    /// Tells the others not to take our closing socket for a death.
    void leave(long now) {
        leaving = true;
        hello(now);
    }

    /// Takes one opened message.
    ///
    /// @param counter  of the sender's incarnation, unique per message
    void received(MemberId from, long counter, SyncMessage message, long now) {
        if (from.name().equals(self.name())) {
            return;
        }
        Peer peer = members.named(from.name());
        if (peer == null || !peer.id.equals(from)) {
            if (!(message instanceof SyncMessage.Hello hello) || !proves(from, hello)) {
                refuse(Refused.UNPROVEN);
                return;
            }
            peer = admit(from, hello, now);
        }
        if (!peer.window.isFirst(counter)) {
            refuse(Refused.REPLAYED);
            return;
        }
        peer.heardAt = now;
        if (peer.gone) {
            comeBack(peer, now);
        }
        handle(peer, message, now);
    }

    /// Does what is due: takes the worker's records or feeds it, acks, asks, says hello.
    ///
    /// @return whether there is more to do at once
    boolean turn(long now) {
        boolean more = false;
        if (sender != null) {
            more = take(sender, now);
            sender.flush(now);
            tellStates(sender, now);
        } else {
            discardLeftovers();
            long applied = tables.applied();
            receiver.turn(tables.in(), applied, tables.equality(), now);
            tellOwnState(now);
        }
        boolean periodic = helloAt == NEVER || now - helloAt >= HELLO_INTERVAL;
        if (periodic || (helloDue && now - helloAt >= HELLO_MIN_INTERVAL)) {
            hello(now);
        }
        return more;
    }

    /// Whether a turn now would find records of the worker.
    boolean hasWork(long now) {
        return sender != null && tables.out().size() > 0 && sender.mayTake(tables.out(), now);
    }

    /// Whether the worker has records of ours to apply.
    boolean awaitsWorker() {
        return sender == null && tables.in().size() > 0;
    }

    private boolean take(StreamSender to, long now) {
        DeltaRing out = tables.out();
        for (int taken = 0; taken < TAKE_MAX; taken++) {
            if (!to.mayTake(out, now)) {
                return false;
            }
            Delta delta = out.peek();
            if (delta == null) {
                return false;
            }
            to.offer(delta, now);
            out.release();
        }
        return true;
    }

    /// What an earlier time as active left in the ring is of no use; what is newer waits for [#active].
    private void discardLeftovers() {
        DeltaRing out = tables.out();
        Delta delta = out.peek();
        while (delta != null && Version.term(delta.version()) <= lastOwnTerm) {
            out.release();
            delta = out.peek();
        }
    }

    private boolean proves(MemberId from, SyncMessage.Hello hello) {
        boolean proven = members.proves(from, hello);
        if (!proven && members.isNewCandidate(from)) {
            helloDue = true;
        }
        return proven;
    }

    private Peer admit(MemberId id, SyncMessage.Hello hello, long now) {
        Peer old = members.named(id.name());
        if (old != null) {
            if (sender != null) {
                sender.left(old.id);
            }
            if (old.id.equals(receiver.active())) {
                receiver.stop();
            }
        }
        Peer peer = members.admit(id, hello, now);
        if (sender != null) {
            sender.joined(id, now);
        }
        helloDue = true;
        return peer;
    }

    private void comeBack(Peer peer, long now) {
        peer.gone = false;
        if (sender != null) {
            sender.joined(peer.id, now);
        }
    }

    private void goneNow(Peer peer) {
        peer.gone = true;
        if (sender != null) {
            sender.left(peer.id);
        }
        tell(peer, SyncState.GONE);
    }

    private void handle(Peer peer, SyncMessage message, long now) {
        switch (message) {
            case SyncMessage.Hello hello -> hello(peer, hello, now);
            case Batch batch -> batch(peer, batch, now);
            case SyncMessage.Ack ack -> {
                if (isOfOurTerm(ack) && sender != null) {
                    sender.acked(peer.id, ack, now);
                }
            }
            case SyncMessage.Resend resend -> {
                if (isOfOurTerm(resend) && sender != null) {
                    if (resend.from() < sender.oldest()) {
                        helloDue = true;
                    }
                    sender.resend(peer.id, resend);
                }
            }
            case SyncMessage.SnapshotRequest request -> {
                if (isOfOurTerm(request) && sender != null) {
                    sender.wantSnapshot(request.from());
                }
            }
            case HandoverMessage handover -> {
                if (handover.term() < highestTerm) {
                    refuse(Refused.OLD_TERM);
                } else {
                    effects.add(new SyncEffect.HandoverArrived(peer.id.name(), handover));
                }
            }
        }
    }

    private boolean isOfOurTerm(SyncMessage message) {
        boolean ours = sender != null && sender.term() == message.term();
        if (!ours) {
            refuse(Refused.OLD_TERM);
        }
        return ours;
    }

    private void hello(Peer peer, SyncMessage.Hello hello, long now) {
        peer.hello = hello;
        peer.leaving = hello.leaving();
        if (!peer.watched && hello.links().lifelinePort() != 0) {
            peer.watched = true;
            effects.add(new SyncEffect.Watch(
                    peer.id.name(),
                    hello.links().lifelineAddress(),
                    hello.links().lifelinePort()));
        }
        if (hello.role() == Role.ACTIVE && counts(peer, hello.term(), hello.position() + 1, now)) {
            receiver.heard(hello.position(), hello.oldest(), now);
        }
    }

    private void batch(Peer peer, Batch batch, long now) {
        if (counts(peer, batch.term(), batch.number(), now)) {
            receiver.batch(batch, now);
        }
    }

    /// Whether the stream of `term` that `peer` writes is the one we follow, from now on at the latest.
    ///
    /// @param next  the batch that a director without a table would start from
    private boolean counts(Peer peer, int term, long next, long now) {
        if (term < highestTerm) {
            refuse(Refused.OLD_TERM);
            return false;
        }
        if (term > highestTerm) {
            highestTerm = term;
            effects.add(new SyncEffect.HigherTerm(term));
        }
        if (sender != null) {
            refuse(sender.term() == term ? Refused.RIVAL : Refused.OLD_TERM);
            return false;
        }
        MemberId followed = receiver.active();
        if (followed == null || receiver.term() < term) {
            boolean continues = receiver.hasTable() && term > receiver.term();
            receiver.follow(peer.id, term, continues ? 1 : next, now);
        } else if (!followed.equals(peer.id)) {
            refuse(Refused.RIVAL);
            return false;
        }
        return true;
    }

    private void tellStates(StreamSender from, long now) {
        for (Peer peer : members.all()) {
            if (!peer.gone) {
                tell(peer, from.state(peer.id, now));
            }
        }
    }

    private void tell(Peer peer, SyncState state) {
        if (peer.told != state) {
            peer.told = state;
            effects.add(new SyncEffect.StateChanged(peer.id.name(), state));
        }
    }

    private void tellOwnState(long now) {
        SyncState state = receiver.state(now);
        if (state != ownState) {
            ownState = state;
            effects.add(new SyncEffect.StateChanged(self.name(), state));
        }
    }

    private void hello(long now) {
        helloAt = now;
        helloDue = false;
        var heard = members.heard();
        effects.add(new SyncEffect.Multicast(
                sender != null
                        ? new SyncMessage.Hello(
                                Role.ACTIVE,
                                sender.term(),
                                sender.position(),
                                sender.oldest(),
                                configHash,
                                leaving,
                                heard,
                                links)
                        : new SyncMessage.Hello(
                                Role.STANDBY,
                                receiver.term(),
                                receiver.active() == null ? 0 : receiver.position(),
                                0,
                                configHash,
                                leaving,
                                heard,
                                links)));
    }

    private void retireSender() {
        if (sender != null) {
            before = counts(sender);
            sender = null;
        }
    }

    private StreamSender.Counts counts(StreamSender of) {
        StreamSender.Counts now = of.counts();
        return new StreamSender.Counts(
                before.batches() + now.batches(),
                before.deltas() + now.deltas(),
                before.coalesced() + now.coalesced(),
                before.lost() + now.lost(),
                before.resent() + now.resent(),
                before.snapshotsAsked() + now.snapshotsAsked());
    }

    /// The readout at `now`.
    ///
    /// @param sendsDropped  as the transport counts them
    SyncStatus status(long sendsDropped, long now) {
        return new Readout(
                        self,
                        configHash,
                        tables,
                        members,
                        receiver,
                        sender,
                        sender != null ? counts(sender) : before,
                        lostAtPromotion,
                        sendsDropped,
                        refused)
                .at(now);
    }
}
