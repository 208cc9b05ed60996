package holdfast.sync;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One director's whole part in the sync as a pure machine: who the others are, whose stream counts, and the
/// [StreamSender] or [StreamReceiver] of the present role. No thread, clock, socket or log; the rings it reads and
/// writes are memory.
///
/// An incarnation is believed once its Hello lists ours among those that it hears: ours is random and new, so
/// that Hello cannot be a recording. From then on each counter is taken once. A believed incarnation replaces
/// the one of the same name before it for good.
final class SyncCore {
    static final long HELLO_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long HELLO_MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int CANDIDATES_MAX = 16;
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

    private final Map<String, Peer> peers = new HashMap<>();
    private final LinkedHashMap<UUID, String> candidates = new LinkedHashMap<>();
    private final Set<UUID> retired = new HashSet<>();
    private final EnumMap<Refused, Long> refused = new EnumMap<>(Refused.class);

    private int lastOwnTerm;
    private int highestTerm;
    private long helloAt = NEVER;
    private boolean helloDue = true;
    private boolean leaving;
    private SyncState ownState = SyncState.UNKNOWN;
    private StreamSender.Counts before = new StreamSender.Counts(0, 0, 0, 0, 0, 0);

    private static final class Peer {
        final MemberId id;
        final ReplayWindow window = new ReplayWindow();
        SyncMessage.Hello hello;
        long heardAt;
        boolean gone;
        boolean leaving;
        boolean watched;
        SyncState told = SyncState.UNKNOWN;

        Peer(MemberId id, SyncMessage.Hello hello, long now) {
            this.id = id;
            this.hello = hello;
            heardAt = now;
        }
    }

    SyncCore(MemberId self, String configHash, Links links, TableOwner tables) {
        this.self = self;
        this.configHash = configHash;
        this.links = links;
        this.tables = tables;
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
        for (Peer peer : peers.values()) {
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
        for (Peer peer : peers.values()) {
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
        Peer peer = peers.get(name);
        if (peer == null || !peer.leaving) {
            effects.add(new SyncEffect.ProcessDied(name));
        }
        if (peer != null && !peer.gone) {
            goneNow(peer);
        }
    }

    void handover(HandoverMessage message) {
        for (Peer peer : peers.values()) {
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
        Peer peer = peers.get(from.name());
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
        if (retired.contains(from.incarnation())) {
            return false;
        }
        if (hello.heard().contains(self.incarnation())) {
            return true;
        }
        if (candidates.put(from.incarnation(), from.name()) == null) {
            helloDue = true;
            if (candidates.size() > CANDIDATES_MAX) {
                candidates.remove(candidates.firstEntry().getKey());
            }
        }
        return false;
    }

    private Peer admit(MemberId id, SyncMessage.Hello hello, long now) {
        candidates.remove(id.incarnation());
        Peer old = peers.get(id.name());
        if (old != null) {
            retired.add(old.id.incarnation());
            if (sender != null) {
                sender.left(old.id);
            }
            if (old.id.equals(receiver.active())) {
                receiver.stop();
            }
        }
        Peer peer = new Peer(id, hello, now);
        peers.put(id.name(), peer);
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
        for (Peer peer : peers.values()) {
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
        var heard = new HashSet<>(candidates.keySet());
        for (Peer peer : peers.values()) {
            if (!peer.gone) {
                heard.add(peer.id.incarnation());
            }
        }
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
        var listed = peers.values().stream()
                .sorted(Comparator.comparing(peer -> peer.id.name()))
                .map(peer -> peer(peer, now))
                .toList();
        StreamSender.Counts sent = sender != null ? counts(sender) : before;
        var counters = new SyncStatus.Counters(
                sent.batches(),
                sent.deltas(),
                sent.coalesced(),
                sent.lost(),
                sent.resent(),
                receiver.resendsAsked(),
                sent.snapshotsAsked(),
                receiver.batchesApplied(),
                sendsDropped,
                refused);
        MemberId followed = receiver.active();
        if (sender != null) {
            return new SyncStatus(
                    self.name(),
                    Role.ACTIVE,
                    OptionalLong.of(sender.term()),
                    Optional.of(self.name()),
                    Optional.empty(),
                    new SyncStatus.Position(
                            OptionalLong.of(sender.position()),
                            OptionalLong.of(sender.newestVersion()),
                            OptionalLong.of(sender.position()),
                            Optional.empty(),
                            sender.snapshotOpen()),
                    listed,
                    counters);
        }
        boolean follows = followed != null;
        Optional<String> active = Optional.ofNullable(followed).map(MemberId::name);
        Equality equality = tables.equality();
        return new SyncStatus(
                self.name(),
                Role.STANDBY,
                follows ? OptionalLong.of(receiver.term()) : OptionalLong.empty(),
                active,
                Optional.of(receiver.state(now)),
                new SyncStatus.Position(
                        follows ? OptionalLong.of(receiver.position()) : OptionalLong.empty(),
                        receiver.appliedVersion() == Version.NONE
                                ? OptionalLong.empty()
                                : OptionalLong.of(receiver.appliedVersion()),
                        follows ? OptionalLong.of(receiver.activePosition()) : OptionalLong.empty(),
                        equality.state() == Equality.State.UNKNOWN ? Optional.empty() : Optional.of(equality),
                        receiver.snapshotOpen()),
                listed,
                counters);
    }

    private SyncStatus.Peer peer(Peer peer, long now) {
        SyncMessage.Hello hello = peer.hello;
        boolean isFollowed = sender == null && peer.id.equals(receiver.active());
        long unnoticed = sender == null
                ? 0
                : Math.max(0, tables.lost() - lostAtPromotion - sender.counts().lost());
        Optional<StreamSender.Readout> known = sender == null || peer.gone
                ? Optional.empty()
                : Optional.of(sender.readout(peer.id, tables.out().size() + unnoticed, now));
        SyncState state = peer.gone
                ? SyncState.GONE
                : isFollowed
                        ? receiver.state(now)
                        : known.map(StreamSender.Readout::state).orElse(SyncState.UNKNOWN);
        OptionalLong backlog = isFollowed
                ? OptionalLong.of(Math.max(0, receiver.activePosition() - receiver.position()))
                : of(known, StreamSender.Readout::backlogBatches);
        return new SyncStatus.Peer(
                peer.id.name(),
                hello.role(),
                state,
                hello.term() == 0 ? OptionalLong.empty() : OptionalLong.of(hello.term()),
                known.flatMap(StreamSender.Readout::lag),
                OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(now - peer.heardAt)),
                millis(of(known, StreamSender.Readout::ackAgeNanos)),
                backlog,
                of(known, StreamSender.Readout::backlogDeltas),
                of(known, StreamSender.Readout::templates),
                of(known, StreamSender.Readout::connections),
                millis(of(known, StreamSender.Readout::oldestAgeNanos)),
                hello.configHash().equals(configHash),
                hello.links());
    }

    private static OptionalLong of(
            Optional<StreamSender.Readout> known,
            java.util.function.Function<StreamSender.Readout, OptionalLong> part) {
        return known.map(part).orElse(OptionalLong.empty());
    }

    private static OptionalLong millis(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong())) : nanos;
    }
}
