package holdfast.sync;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One director's whole part in the sync as a pure machine. It decides whose stream counts, and hands each message
/// to the part that it concerns: the [StreamSender] or [StreamReceiver] of the present role, [Members], or the
/// [Outbox]. No thread, clock, socket or log; the rings that it reads and writes are memory.
public final class SyncCore {
    private static final int TAKE_MAX = 2000;
    private static final int FAREWELLS = 3;

    private final MemberId self;
    private Whereabouts whereabouts;
    private final TableOwner tables;
    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamReceiver receiver;
    private final Outbox outbox;
    private final Members members;
    private final RefusedMessages refusals;
    private final KnownTerms terms;
    private final HelloTimer hellos = new HelloTimer();
    private final Warnings warnings;
    private final States states;
    private @Nullable StreamSender sender;
    private long lostAtPromotion;
    private CopyCredit credit = CopyCredit.NONE;

    private ConfigVersion config;
    private Word word = Word.UNKNOWN;
    private boolean leaving;
    private StreamSender.Counts before = StreamSender.Counts.ZERO;

    public SyncCore(MemberId self, ConfigVersion config, Whereabouts whereabouts, TableOwner tables, long now) {
        this.self = self;
        this.config = config;
        this.whereabouts = whereabouts;
        this.tables = tables;
        terms = new KnownTerms(self.incarnation().getLeastSignificantBits());
        receiver = new StreamReceiver(effects);
        outbox = new Outbox(effects);
        refusals = new RefusedMessages(effects);
        warnings = new Warnings(effects);
        states = new States(self, effects);
        members = new Members(self, refusals, hellos, effects, now);
    }

    /// The effects since the last call, in order.
    public List<SyncEffect> takeEffects() {
        if (effects.isEmpty()) {
            return List.of();
        }
        var taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    public void refuse(Refused reason) {
        refusals.count(reason);
    }

    /// Counts messages that did not open, or that a twin sent.
    public RefusedMessages refusals() {
        return refusals;
    }

    /// Sets where this director is reachable.
    public void whereabouts(Whereabouts now) {
        whereabouts = now;
        hellos.soon();
    }

    /// Makes us the writer of the stream of `term`; of a higher term if we are active already.
    public void active(int term, long now) {
        if (sender != null && sender.term() == term) {
            return;
        }
        if (sender != null) {
            finish(sender, now);
        }
        retireSender();
        receiver.stop();
        receiver.tableIsOurs();
        terms.began(term, now);
        lostAtPromotion = tables.lost();
        sender = new StreamSender(term, StreamSender.HISTORY_BATCHES, effects);
        for (Peer peer : members.all()) {
            if (!peer.gone) {
                sender.joined(peer.id, now);
            }
        }
        states.own(SyncState.UNKNOWN);
        hellos.soon();
    }

    /// As [#active] with a higher term, if we are still active. The worker renews its stream some time after the
    /// request; the election may have moved on by then.
    public void renew(int term, long now) {
        if (sender != null && term > sender.term()) {
            active(term, now);
        }
    }

    /// Makes us follow the stream of the active; the equality of our own tables is unknown until they are compared.
    public void standby() {
        if (sender != null) {
            retireSender();
            states.ownAgain(SyncState.UNKNOWN);
        }
        hellos.soon();
    }

    /// Sets the word of our hellos.
    public void word(Word now) {
        if (!word.equals(now)) {
            word = now;
            hellos.soon();
        }
    }

    /// Sets the configuration of our hellos.
    public void config(ConfigVersion now) {
        if (!config.equals(now)) {
            config = now;
            hellos.soon();
        }
    }

    /// The transport may reach other members than before: sends them a hello soon.
    public void viewChanged() {
        hellos.soon();
    }

    /// This process of a member has ended.
    public void processDied(MemberId id, long now) {
        Peer peer = members.named(id.name());
        if (peer == null || !peer.id.equals(id)) {
            return; // another run of it has replaced it
        }
        if (!peer.leaving) {
            effects.add(new SyncEffect.ProcessDied(id.name()));
        }
        goneNow(peer, now);
    }

    /// Sends a step of a handover, as [TableSync#send].
    public void handover(String to, int term, ByteBuffer step, long now) {
        Peer peer = members.named(to);
        if (peer == null || peer.gone) {
            warnings.warn("handover", "sync handover step not sent to=%s cause=not-here".formatted(to), now);
            return;
        }
        outbox.send(peer.id, term, step, now);
    }

    /// Sends a message about the configuration once; nothing is sent if the member is unknown or gone.
    public void send(String to, ConfigMessage message) {
        Peer peer = members.named(to);
        if (peer != null && !peer.gone) {
            effects.add(new SyncEffect.Unicast(peer.id, message));
        }
    }

    /// Announces our exit, so that the others do not mistake our closing socket for a death; several times, because
    /// nobody acknowledges it.
    public void leave(long now) {
        leaving = true;
        for (int i = 0; i < FAREWELLS; i++) {
            hello(now);
        }
    }

    /// Handles one opened message.
    ///
    /// @param counter  of the sender's incarnation, unique per message
    /// @return whether it is authentic, new, and of a run that we believe
    public boolean received(MemberId from, long counter, SyncMessage message, Origin via, long now) {
        if (from.name().equals(self.name())) {
            members.ofOurName(from, message, via, now);
            return false;
        }
        if (!via.isInterconnect() && !(message instanceof SyncMessage.Hello)) {
            refuse(Refused.MALFORMED);
            return false;
        }
        Peer known = members.run(from);
        Peer peer = known != null ? known : admitted(from, message, via, now);
        if (peer == null) {
            return false;
        }
        if (!peer.window.isFirst(counter)) {
            refuse(Refused.REPLAYED);
            return false;
        }
        if (peer.gone && !isBack(peer, message, now)) {
            refuse(Refused.UNPROVEN);
            return false;
        }
        peer.heardAt = now;
        handle(peer, message, via, now);
        return true;
    }

    /// Does the due work: takes the worker's records or passes it records, acknowledges, asks, says hello.
    ///
    /// @return whether there is more work now
    public boolean turn(long now) {
        boolean more = false;
        if (sender != null) {
            more = take(sender, now);
            sender.flush(now);
            creditCopy(sender.copyCredit());
            tellStates(sender, now);
        } else {
            discardLeftovers();
            long applied = tables.applied();
            receiver.turn(tables.in(), applied, tables.equality(), tables.lacking(), now);
            states.own(receiver.state(now));
        }
        outbox.turn(now);
        tellTerm(now);
        if (hellos.isDue(now)) {
            hello(now);
            warnings.trouble(trouble(now), now);
        }
        return more;
    }

    /// Whether a turn now would find new work of the worker.
    public boolean hasWork(long now) {
        return sender != null ? tables.out().size() > 0 : receiver.hasNews(tables.applied());
    }

    /// Whether the next step depends on the worker or the standbys, and possibly nobody wakes us for it.
    public boolean awaitsOthers() {
        return sender != null ? tables.out().size() > 0 : receiver.awaitsWorker();
    }

    /// ns until work is due, unless a message or the worker comes first; at most 0 for now.
    public long idleFor(long now) {
        long least = Math.min(hellos.idleFor(now), outbox.idleFor(now));
        return Math.min(least, sender != null ? sender.idleFor(now) : receiver.idleFor(now));
    }

    private void creditCopy(CopyCredit now) {
        if (!credit.equals(now)) {
            credit = now;
            tables.credit(now);
        }
    }

    private boolean take(StreamSender to, long now) {
        DeltaRing out = tables.out();
        for (int taken = 0; taken < TAKE_MAX; taken++) {
            Delta delta = out.peek();
            if (delta == null) {
                return false;
            }
            to.offer(delta, now);
            out.release();
        }
        return true;
    }

    /// Sends the worker's records of the ending term under that term.
    private void finish(StreamSender ending, long now) {
        DeltaRing out = tables.out();
        for (Delta delta = out.peek();
                delta != null && Version.term(delta.version()) <= ending.term();
                delta = out.peek()) {
            ending.offer(delta, now);
            out.release();
        }
        ending.finish(now);
    }

    /// Drops records of an earlier time as active from the ring; newer ones wait for [#active].
    private void discardLeftovers() {
        DeltaRing out = tables.out();
        Delta delta = out.peek();
        while (delta != null && Version.term(delta.version()) <= terms.lastOwn()) {
            out.release();
            delta = out.peek();
        }
    }

    /// The peer that the sender of this message is from now on, or null where it is not believed.
    private @Nullable Peer admitted(MemberId from, SyncMessage message, Origin via, long now) {
        Peer old = members.named(from.name());
        Peer peer = members.admit(from, message, via, now);
        if (peer == null) {
            return null;
        }
        if (old != null) {
            forget(old);
        }
        if (sender != null) {
            sender.joined(from, now);
        }
        return peer;
    }

    private void forget(Peer old) {
        if (sender != null) {
            sender.left(old.id);
        }
        if (old.id.equals(receiver.active())) {
            receiver.stop();
        }
    }

    private boolean isBack(Peer peer, SyncMessage message, long now) {
        boolean isBack = members.isBack(peer, message);
        if (isBack && sender != null) {
            sender.joined(peer.id, now);
        }
        return isBack;
    }

    private void goneNow(Peer peer, long now) {
        if (peer.gone) {
            return;
        }
        peer.gone = true;
        peer.goneAt = now;
        if (sender != null) {
            sender.left(peer.id);
        }
        states.of(peer, SyncState.GONE);
    }

    private void handle(Peer peer, SyncMessage message, Origin via, long now) {
        switch (message) {
            case SyncMessage.Hello hello -> hello(peer, hello, via, now);
            case Batch batch -> batch(peer, batch, now);
            case SyncMessage.Ack ack -> {
                if (isOfOurTerm(ack) && sender != null && !strays(peer, sender, now)) {
                    sender.acked(peer.id, ack, now);
                }
            }
            case SyncMessage.Resend resend -> {
                if (isOfOurTerm(resend) && sender != null) {
                    if (resend.from() < sender.oldest()) {
                        hellos.soon();
                    }
                    sender.resend(peer.id, resend);
                }
            }
            case SyncMessage.CopyRequest request -> {
                if (isOfOurTerm(request) && sender != null) {
                    sender.wantCopy(peer.id, request);
                }
            }
            case SyncMessage.HandoverStep step -> {
                effects.add(new SyncEffect.Unicast(peer.id, new SyncMessage.HandoverReceipt(step.number())));
                if (peer.steps.isFirst(step.number())) {
                    handover(peer, step);
                }
            }
            case SyncMessage.HandoverReceipt(long number) -> outbox.receipt(peer.id, number);
            case ConfigMessage about -> effects.add(new SyncEffect.ConfigArrived(peer.id.name(), about));
        }
    }

    /// Ignores a giver of an older term than the stream that we know: it has nothing to give.
    private void handover(Peer peer, SyncMessage.HandoverStep step) {
        if (step.term() != 0 && terms.isOlder(step.term())) {
            refuse(Refused.OLD_TERM);
        } else {
            effects.add(new SyncEffect.HandoverArrived(peer.id.name(), step.step()));
        }
    }

    private boolean isOfOurTerm(SyncMessage message) {
        boolean ours = sender != null && sender.term() == message.term();
        if (!ours) {
            refuse(Refused.OLD_TERM);
        }
        return ours;
    }

    private void hello(Peer peer, SyncMessage.Hello hello, Origin via, long now) {
        peer.paths.put(via.path(), now);
        terms.know(Math.max(hello.term(), hello.highestTerm()));
        // The stream itself comes on the interconnect alone: we could not fetch a stream that a service link
        // announces.
        if (via.isInterconnect()
                && hello.role() == StreamRole.ACTIVE
                && counts(peer, hello.term(), hello.position() + 1, now)) {
            receiver.heard(hello.position(), hello.oldest(), now);
        }
        if (hello.stamp() - peer.hello.stamp() < 0) {
            return; // overtaken by a newer hello
        }
        peer.hello = hello;
        noteStream(peer, hello, now);
        Long echo = hello.heard().get(self.incarnation());
        if (echo != null && echo - peer.echo > 0) {
            peer.echo = echo;
        }
        if (hello.leaving()) {
            peer.leaving = true;
            goneNow(peer, now);
            return;
        }
        watch(peer);
        if (now - peer.echo <= Peer.WORD_INTERVAL) {
            effects.add(new SyncEffect.WordHeard(peer.id.name(), hello.whereabouts(), hello.word(), now - peer.echo));
            effects.add(new SyncEffect.ConfigHeard(peer.id.name(), hello.config()));
        }
    }

    private void noteStream(Peer peer, SyncMessage.Hello hello, long now) {
        if (hello.role() == StreamRole.ACTIVE) {
            peer.writes(hello.term(), now);
            return;
        }
        peer.follows(hello.term(), now);
        if (sender != null && strays(peer, sender, now)) {
            sender.left(peer.id);
            sender.joined(peer.id, now);
        }
    }

    /// Whether it follows another member's stream, which may have replaced entries that it acknowledged to us.
    private static boolean strays(Peer peer, StreamSender from, long now) {
        return peer.following(now) > from.term();
    }

    private void watch(Peer peer) {
        Whereabouts of = peer.hello.whereabouts();
        if (!peer.watched && of.lifelinePort() != 0) {
            peer.watched = true;
            effects.add(new SyncEffect.Watch(peer.id, of.lifelineAddress(), of.lifelinePort()));
        }
    }

    private void batch(Peer peer, Batch batch, long now) {
        terms.know(batch.term());
        peer.writes(batch.term(), now);
        if (counts(peer, batch.term(), batch.number(), now)) {
            receiver.batch(batch, now);
        }
    }

    /// Whether the stream of `term` that `peer` writes is the one that we follow; starts to follow it if it is
    /// newer.
    ///
    /// @param next  the batch at which a director without tables would start
    private boolean counts(Peer peer, int term, long next, long now) {
        boolean isOver = terms.isOver(term);
        if (sender != null) {
            refuse(term < sender.term() ? Refused.OLD_TERM : Refused.RIVAL);
            return false;
        }
        if (isOver) {
            refuse(Refused.OLD_TERM);
            return false;
        }
        if (receiver.hasTermOfAnother(term, peer.id)) {
            refuse(Refused.RIVAL);
            terms.contested(term);
            return false;
        }
        if (receiver.active() == null || receiver.term() < term) {
            boolean continues = receiver.hasTable() && term > receiver.term();
            receiver.follow(peer.id, term, continues ? 1 : next, now);
            hellos.soon(); // whom we followed before must not count on us
        }
        return true;
    }

    private void tellTerm(long now) {
        int writing = sender == null ? 0 : sender.term();
        boolean contested = sender != null && terms.highest() > writing && members.isContested(writing, now);
        if (terms.isDue(writing, contested, now)) {
            effects.add(new SyncEffect.HigherTerm(terms.highest()));
        }
    }

    private void tellStates(StreamSender from, long now) {
        for (Peer peer : members.all()) {
            if (!peer.gone) {
                states.of(peer, from.state(peer.id, now));
            }
        }
    }

    private void hello(long now) {
        hellos.sent(now);
        boolean isActive = sender != null;
        effects.add(new SyncEffect.Multicast(new SyncMessage.Hello(
                isActive ? StreamRole.ACTIVE : StreamRole.STANDBY,
                sender != null ? sender.term() : receiver.presentTerm(now),
                sender != null ? sender.position() : receiver.active() == null ? 0 : receiver.position(),
                sender != null ? sender.oldest() : 0,
                config,
                leaving,
                terms.highest(),
                now,
                members.uptime(now),
                members.heard(now),
                whereabouts,
                word)));
    }

    private void retireSender() {
        if (sender != null) {
            before = before.plus(sender.counts());
            sender = null;
        }
    }

    /// The readout at `now`.
    ///
    /// @param sendsDropped  as counted by the transport
    public SyncStatus status(long sendsDropped, long now) {
        return new Readout(
                        self,
                        config,
                        tables,
                        members,
                        receiver,
                        sender,
                        sender != null ? before.plus(sender.counts()) : before,
                        lostAtPromotion,
                        terms.highest(),
                        refusals.strangers(now),
                        sendsDropped,
                        refusals.counts(),
                        trouble(now))
                .at(now);
    }

    private Optional<String> trouble(long now) {
        return Trouble.of(sender, receiver, members, terms, now);
    }
}
