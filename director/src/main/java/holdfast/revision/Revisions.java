package holdfast.revision;

import holdfast.conf.Mistake;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.RevisionText;
import holdfast.sync.ConfigMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One director's part in the shared configuration, as a pure machine.
///
/// The active makes each revision: it keeps it on disk, tells the others, waits until those that are there have it in
/// force too, and puts it in force itself last, so that a standby knows a real server before the first connection to
/// it. Every director fetches the newest revision that it hears of, whoever has it. A standby passes a proposal on to
/// the active. Nothing depends on a single message: who misses an answer asks again.
public final class Revisions {
    /// A director that was silent for this long is not waited for.
    static final long PRESENT_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    /// A director that was silent for this long is not named as one that lacks a revision.
    static final long KNOWN_INTERVAL = TimeUnit.HOURS.toNanos(1);
    /// Longest wait for directors that are there.
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);
    /// A proposal that the active has not answered by then is given up.
    static final long ANSWER_INTERVAL = TimeUnit.SECONDS.toNanos(8);

    private static final long PROPOSE_AGAIN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STORE_AGAIN = TimeUnit.SECONDS.toNanos(5);
    private static final long USE_AGAIN = TimeUnit.SECONDS.toNanos(5);
    private static final long DOUBT_INTERVAL = TimeUnit.SECONDS.toNanos(2);
    private static final long NEVER = Long.MIN_VALUE;
    private static final int WAITING_MAX = 64;
    private static final int ANSWERS_MAX = 256;

    private final String self;
    private final Function<byte[], RevisionText.Outcome> read;
    private final List<Effect> effects = new ArrayList<>();
    private final Map<String, Peer> peers = new HashMap<>();
    private final Deque<Proposal> waiting = new ArrayDeque<>();
    private final Map<Long, Outgoing> outgoing = new LinkedHashMap<>();
    private final Map<Asker, ConfigMessage.Answer> answers = new LinkedHashMap<>();
    private final Looks looks = new Looks(effects);
    private final Supplier<String> whole;

    private RevisionId held;
    private byte[] heldText;
    private String heldDigest;
    private @Nullable Revision heldRevision; // null for the configuration of the file
    private long aloneSince = NEVER; // since when another one has our revision with another content
    private Place place = Place.UNKNOWN;
    private @Nullable InHand inHand;
    private @Nullable Incoming incoming;
    private RevisionId unusable = RevisionId.OF_FILE;
    private String trouble = "";
    private long storeAgainAt;
    private long useAgainAt = NEVER; // for a revision that is held and not in force

    /// @param digest  of the revision's text
    /// @param heard   when it last told
    private record Peer(RevisionId id, String digest, long heard) {}

    /// Who waits for the outcome of a proposal: a ticket of our own, or of another director.
    ///
    /// @param director  empty for our own
    private record Asker(String director, long ticket) {
        static final Asker NOBODY = new Asker("", 0);
    }

    private record Proposal(Asker asker, Revision draft) {}

    /// A proposal of ours that the active is to make a revision.
    private record Outgoing(Revision draft, byte[] text, long since, long askedAt) {}

    private enum Stage {
        STORING,
        OFFERED,
        USING
    }

    /// The one revision that is under way.
    private record InHand(Revision revision, byte[] text, Asker asker, boolean isOurs, Stage stage, long since) {
        InHand at(Stage next, long now) {
            return new InHand(revision, text, asker, isOurs, next, now);
        }
    }

    /// @param newest  that this director has in force; empty for the configuration of its file
    /// @param read    reads the text of a revision for this director
    /// @param whole   the whole configuration in force, as text to compare
    public Revisions(
            String self,
            Optional<Revision> newest,
            Function<byte[], RevisionText.Outcome> read,
            Supplier<String> whole) {
        this.self = self;
        this.read = read;
        this.whole = whole;
        held = newest.map(Revision::id).orElse(RevisionId.OF_FILE);
        heldText = newest.map(RevisionText::of).orElse(new byte[0]);
        heldDigest = RevisionText.digest(heldText);
        heldRevision = newest.orElse(null);
    }

    /// The effects since the last call, in order.
    public List<Effect> takeEffects() {
        var taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    /// The revision in force here.
    public RevisionId held() {
        return held;
    }

    /// Whether a revision is on its way to, or within, this director.
    public boolean isUnderWay() {
        return inHand != null || incoming != null || !waiting.isEmpty();
    }

    /// Why a revision cannot be kept or put in force, as a sentence; empty if there is no trouble.
    public Optional<String> trouble() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    /// Takes a proposal of this director.
    ///
    /// @param ticket  of the [Effect.Done], unlike any other of any run of this director
    public void propose(long ticket, Revision draft, long now) {
        if (waiting.size() + outgoing.size() >= WAITING_MAX) {
            effects.add(new Effect.Done(
                    ticket, new Outcome.Refused("too many changes are under way", "try again in a moment")));
        } else if (place.isActive()) {
            waiting.add(new Proposal(new Asker("", ticket), draft));
        } else {
            outgoing.put(ticket, new Outgoing(draft, RevisionText.of(draft), now, now - PROPOSE_AGAIN));
        }
        turn(now);
    }

    /// Asks another director for its whole configuration.
    ///
    /// @param ticket  of the [Effect.Seen]
    public void look(long ticket, String member, long now) {
        looks.begin(ticket, member, now);
    }

    public void place(Place now, long at) {
        place = now;
        turn(at);
    }

    /// A director has this revision in force.
    ///
    /// @param digest  of the revision's text
    public void heard(String member, RevisionId id, String digest, long now) {
        peers.put(member, new Peer(id, digest, now));
        turn(now);
    }

    public void message(String from, ConfigMessage message, long now) {
        switch (message) {
            case ConfigMessage.Fetch fetch -> answer(from, fetch);
            case ConfigMessage.Piece piece -> piece(from, piece, now);
            case ConfigMessage.Proposal(long ticket) -> proposal(new Asker(from, ticket), now);
            case ConfigMessage.Answer answer -> {
                if (from.equals(place.active()) && outgoing.remove(answer.ticket()) != null) {
                    effects.add(new Effect.Done(answer.ticket(), Outcome.of(answer)));
                }
            }
            case ConfigMessage.Reports _ -> {} // of AgentReports
        }
        turn(now);
    }

    /// The revision of an [Effect.Store] is on disk for good.
    public void stored(long now) {
        if (inHand == null) {
            return;
        }
        trouble = "";
        if (inHand.isOurs()) {
            inHand = inHand.at(Stage.OFFERED, now);
            effects.add(new Effect.Tell(inHand.revision().id(), RevisionText.digest(inHand.text())));
        } else {
            use(inHand, now);
        }
        turn(now);
    }

    /// The revision of an [Effect.Store] is not on disk.
    ///
    /// @param remedy  the way out, as a sentence without full stop
    public void notStored(String why, String remedy, long now) {
        if (inHand == null) {
            return;
        }
        var sentence = "revision " + inHand.revision().id() + " cannot be kept: " + why;
        trouble = sentence + "; " + remedy;
        storeAgainAt = now + STORE_AGAIN;
        end(inHand.asker(), new Outcome.Refused(sentence, remedy));
        inHand = null;
        turn(now);
    }

    /// The revision of an [Effect.Use] is in force.
    public void used(long now) {
        trouble = "";
        useAgainAt = NEVER;
        holdUsed(now);
        turn(now);
    }

    /// The revision of an [Effect.Use] is on disk, and is not in force as a whole. It is tried again.
    public void notUsed(String why, long now) {
        useAgainAt = now + USE_AGAIN;
        holdUsed(now);
        trouble = "revision " + held + " is not in force here: " + why + "; or go back with 'holdfast config rollback'";
        turn(now);
    }

    private void holdUsed(long now) {
        if (inHand != null && inHand.stage() == Stage.USING) {
            hold(inHand, now);
        }
    }

    private void hold(InHand done, long now) {
        var id = done.revision().id();
        var lacking = done.isOurs() ? lacking(id, KNOWN_INTERVAL, now) : List.<String>of();
        held = id;
        heldText = done.text();
        heldDigest = RevisionText.digest(heldText);
        heldRevision = done.revision();
        aloneSince = NEVER;
        inHand = null;
        if (!done.isOurs()) {
            effects.add(new Effect.Tell(id, heldDigest));
        }
        end(done.asker(), new Outcome.Made(id, lacking));
    }

    /// Does what time has made due.
    public void turn(long now) {
        if (inHand != null && inHand.stage() == Stage.OFFERED) {
            boolean isOver = now - inHand.since() >= PATIENCE;
            if (isOver || lacking(inHand.revision().id(), PRESENT_INTERVAL, now).isEmpty()) {
                use(inHand, now);
            }
        }
        if (inHand == null && heldRevision != null && useAgainAt != NEVER && now - useAgainAt >= 0) {
            useAgainAt = now + USE_AGAIN;
            effects.add(new Effect.Use(heldRevision));
        }
        if (incoming != null) {
            tendIncoming(incoming, now);
        }
        looks.turn(now);
        pass(now);
        next(now);
    }

    /// ns until [#turn] has something to do.
    public long idleFor(long now) {
        long least = TimeUnit.MILLISECONDS.toNanos(500);
        if (inHand != null && inHand.stage() == Stage.OFFERED) {
            least = Math.min(least, inHand.since() + PATIENCE - now);
        }
        if (incoming != null) {
            least = Math.min(least, incoming.idleFor(now));
        }
        least = Math.min(least, looks.idleFor(now));
        for (var each : outgoing.values()) {
            least = Math.min(least, each.askedAt() + PROPOSE_AGAIN - now);
        }
        return Math.max(0, least);
    }

    private void use(InHand stored, long now) {
        inHand = stored.at(Stage.USING, now);
        effects.add(new Effect.Use(stored.revision()));
    }

    /// Begins the next revision if none is under way: first those of others, then proposals.
    private void next(long now) {
        if (inHand != null || incoming != null) {
            return;
        }
        var newer = newest(now);
        if (newer.isPresent() && now - storeAgainAt >= 0) {
            fetch(newer.get().getKey(), newer.get().getValue().id(), now);
            return;
        }
        while (inHand == null && !waiting.isEmpty()) {
            make(waiting.remove(), now);
        }
        if (inHand == null) {
            settle(now);
        }
    }

    /// Two directors that were active in one term may have made two revisions of one name. The active makes its own
    /// one anew, so that all get it.
    private void settle(long now) {
        boolean isContested = heldRevision != null
                && place.isActive()
                && peers.values().stream()
                        .anyMatch(peer -> now - peer.heard() < PRESENT_INTERVAL
                                && peer.id().equals(held)
                                && !peer.digest().equals(heldDigest));
        if (!isContested || heldRevision == null) {
            aloneSince = NEVER;
        } else if (aloneSince == NEVER) {
            aloneSince = now;
        } else if (now - aloneSince >= DOUBT_INTERVAL) {
            aloneSince = NEVER;
            effects.add(new Effect.Warn("two directors made a revision " + held + "; the active's is made anew"));
            make(
                    new Proposal(
                            Asker.NOBODY,
                            new Revision(
                                    held,
                                    heldRevision.at(),
                                    self,
                                    self,
                                    "two directors had made a revision " + held,
                                    heldRevision.shared(),
                                    heldRevision.ofFiles(),
                                    heldRevision.byHand())),
                    now);
        }
    }

    private void make(Proposal proposal, long now) {
        var draft = proposal.draft();
        if (!place.isActive()) {
            pass(proposal, now);
        } else if (place.term() < held.term()) {
            end(
                    proposal.asker(),
                    new Outcome.Refused(
                            "another director is or was active in a higher term, and its revisions count",
                            "see 'holdfast status', and try again when one director is active"));
        } else if (!draft.base().equals(held)) {
            end(proposal.asker(), since(draft, now));
        } else {
            var made = draft.after(heldRevision, new RevisionId(place.term(), number(now)), self);
            begin(made, RevisionText.of(made), proposal.asker(), true, now);
        }
    }

    /// A proposal that came too late for this director: another one asks again whoever is active then, and so do we.
    private void pass(Proposal proposal, long now) {
        if (proposal.asker().director().isEmpty() && !proposal.asker().equals(Asker.NOBODY)) {
            var draft = proposal.draft();
            outgoing.put(
                    proposal.asker().ticket(), new Outgoing(draft, RevisionText.of(draft), now, now - PROPOSE_AGAIN));
        }
    }

    /// What becomes of a draft whose base is not in force: an active that died before its answer may have made it.
    private Outcome since(Revision draft, long now) {
        return heldRevision != null && heldRevision.isOf(draft)
                ? new Outcome.Made(held, lacking(held, KNOWN_INTERVAL, now))
                : new Outcome.Overtaken(held);
    }

    /// Above every number that was heard, so that an operator never meets one number twice without a split.
    private long number(long now) {
        return 1
                + peers.values().stream()
                        .filter(peer -> now - peer.heard() < PRESENT_INTERVAL)
                        .mapToLong(peer -> peer.id().number())
                        .reduce(held.number(), Math::max);
    }

    private void begin(Revision revision, byte[] text, Asker asker, boolean isOurs, long now) {
        inHand = new InHand(revision, text, asker, isOurs, Stage.STORING, now);
        effects.add(new Effect.Store(revision));
    }

    /// @param interval  directors that were silent for longer do not count
    private List<String> lacking(RevisionId id, long interval, long now) {
        return peers.entrySet().stream()
                .filter(peer -> now - peer.getValue().heard() < interval)
                .filter(peer -> id.isNewerThan(peer.getValue().id()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private Optional<Map.Entry<String, Peer>> newest(long now) {
        return peers.entrySet().stream()
                .filter(peer -> now - peer.getValue().heard() < PRESENT_INTERVAL)
                .filter(peer -> peer.getValue().id().isNewerThan(held)
                        && !peer.getValue().id().equals(unusable))
                .max(Map.Entry.comparingByValue((one, other) -> one.id().compareTo(other.id())));
    }

    private void fetch(String from, RevisionId name, long now) {
        incoming = new Incoming(from, name, now);
        effects.add(new Effect.Send(from, incoming.question()));
    }

    private void tendIncoming(Incoming wanted, long now) {
        var peer = peers.get(wanted.from());
        boolean isGone = peer == null || now - peer.heard() >= PRESENT_INTERVAL;
        boolean isObsolete = !wanted.isProposal() && peer != null && peer.id().isNewerThan(wanted.name());
        if (isGone || isObsolete || wanted.isVain(now)) {
            incoming = null;
        } else if (wanted.idleFor(now) <= 0) {
            wanted.askedAgain(now);
            effects.add(new Effect.Send(wanted.from(), wanted.question()));
        }
    }

    private void answer(String from, ConfigMessage.Fetch fetch) {
        byte[] text = text(new RevisionId(fetch.revisionTerm(), fetch.number()));
        if (text != null && fetch.offset() < text.length) {
            int end = Math.min(text.length, fetch.offset() + ConfigMessage.CONTENT_BYTES_MAX);
            var content = ByteBuffer.wrap(Arrays.copyOfRange(text, fetch.offset(), end));
            effects.add(new Effect.Send(
                    from,
                    new ConfigMessage.Piece(
                            fetch.revisionTerm(), fetch.number(), fetch.offset(), text.length, content)));
        }
    }

    private byte @Nullable [] text(RevisionId name) {
        if (name.equals(RevisionId.OF_FILE)) {
            return whole.get().getBytes(StandardCharsets.UTF_8);
        }
        if (name.term() == 0) {
            var proposal = outgoing.get(name.number());
            return proposal == null ? null : proposal.text();
        }
        if (inHand != null && inHand.revision().id().equals(name)) {
            return inHand.text();
        }
        return held.equals(name) ? heldText : null;
    }

    private void piece(String from, ConfigMessage.Piece piece, long now) {
        if (looks.take(from, piece, now) || incoming == null || !incoming.take(from, piece, now)) {
            return;
        }
        var whole = incoming.whole();
        if (whole == null) {
            effects.add(new Effect.Send(from, incoming.question()));
            return;
        }
        var name = incoming.name();
        boolean isProposal = incoming.isProposal();
        incoming = null;
        switch (read.apply(whole)) {
            case RevisionText.Good(Revision revision, var _) -> {
                if (isProposal) {
                    waiting.add(new Proposal(new Asker(from, name.number()), revision));
                } else if (revision.id().equals(name)) {
                    arrived(from, revision, whole, now);
                } else {
                    refuse(name, from, "it names itself " + revision.id());
                }
            }
            case RevisionText.Mistakes(var all) -> {
                var why = all.stream().map(Mistake::toString).limit(3).reduce((a, b) -> a + "; " + b);
                if (isProposal) {
                    end(
                            new Asker(from, name.number()),
                            new Outcome.Refused(why.orElse(""), "correct it and apply it again"));
                } else {
                    refuse(name, from, why.orElse(""));
                }
            }
        }
    }

    private void refuse(RevisionId name, String from, String why) {
        unusable = name;
        trouble = "revision " + name + " of " + from + " cannot be used here: " + why;
        effects.add(new Effect.Warn(trouble));
    }

    private void arrived(String from, Revision revision, byte[] text, long now) {
        if (!revision.base().equals(held) && held.isNewerThan(revision.base())) {
            effects.add(new Effect.Warn("revision " + held + " gives way to " + revision.id() + " of " + from
                    + ", which was not made from it; 'holdfast config history' has both"));
        }
        begin(revision, text, Asker.NOBODY, false, now);
    }

    private void proposal(Asker asker, long now) {
        var known = answers.get(asker);
        if (known != null) {
            effects.add(new Effect.Send(asker.director(), known));
        } else if (place.isActive() && incoming == null && !isKnown(asker) && waiting.size() < WAITING_MAX) {
            fetch(asker.director(), new RevisionId(0, asker.ticket()), now);
        }
    }

    private boolean isKnown(Asker asker) {
        return (inHand != null && inHand.asker().equals(asker))
                || waiting.stream().anyMatch(proposal -> proposal.asker().equals(asker));
    }

    /// Passes our proposals on to the active, or makes them ourselves if we have become active.
    private void pass(long now) {
        for (var ticket : List.copyOf(outgoing.keySet())) {
            var each = outgoing.get(ticket);
            if (each == null) {
                continue;
            }
            if (place.isActive()) {
                outgoing.remove(ticket);
                waiting.add(new Proposal(new Asker("", ticket), each.draft()));
            } else if (now - each.since() >= ANSWER_INTERVAL) {
                outgoing.remove(ticket);
                effects.add(new Effect.Done(
                        ticket,
                        place.active().isEmpty()
                                ? new Outcome.Refused(
                                        "no director is active, and only an active makes a revision",
                                        "see 'holdfast status'")
                                : new Outcome.Refused(
                                        place.active() + ", which is active, has not answered",
                                        "look with 'holdfast config show' whether the change was made before you"
                                                + " repeat it")));
            } else if (!place.active().isEmpty() && now - each.askedAt() >= PROPOSE_AGAIN) {
                outgoing.put(ticket, new Outgoing(each.draft(), each.text(), each.since(), now));
                effects.add(new Effect.Send(place.active(), new ConfigMessage.Proposal(ticket)));
            }
        }
    }

    private void end(Asker asker, Outcome outcome) {
        if (asker.equals(Asker.NOBODY)) {
            return;
        }
        if (asker.director().isEmpty()) {
            effects.add(new Effect.Done(asker.ticket(), outcome));
            return;
        }
        var answer = Outcome.answer(asker.ticket(), outcome);
        answers.put(asker, answer);
        if (answers.size() > ANSWERS_MAX) {
            answers.remove(answers.keySet().iterator().next());
        }
        effects.add(new Effect.Send(asker.director(), answer));
    }
}
