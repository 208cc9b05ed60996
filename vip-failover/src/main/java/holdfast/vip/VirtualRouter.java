package holdfast.vip;

import holdfast.conf.Configuration.Trust;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One group of virtual addresses as a pure function: the election, the planned handover and the announcements of the
/// claims, wired to each other. The shell ([VrrpNode]) and the simulation run this same function.
///
/// It also decides which adverts the election gets to hear ([Trust]), and how a director that was paused goes on: it
/// releases the addresses, asks its peers, and is active again once each one alive has answered that it did not take
/// over. A peer restarts its own down timer before it answers, so that the answer stays true for that long.
///
/// Tables have a *history*. It begins when a director becomes active that has none, and a standby shares it once it is
/// equal. Of two actives with different histories the older one stays: the other one came up alone and has few clients.
///
/// Order within a turn: [Paused] first, adverts next, then everything else, [Tick] last, all with one `now`.
///
/// @param epoch  ms of the Unix epoch at 0 of the clock that brings `now`
public record VirtualRouter(Vrrp vrrp, Handover handover, GarpSchedule garp, Trust trust, long epoch) {
    /// How long adverts without a sealed word keep a standby waiting. An honest director that has just started is
    /// vouched for sooner, also on a slow machine.
    static final long DOUBT_MAX = 5_000_000_000L;

    /// The same for a director that has never heard another one's word. Its key may be wrong, or the other's: then it
    /// must
    /// not take the addresses from who serves. It has no tables that anybody would miss meanwhile.
    static final long DOUBT_UNPROVED_MAX = 300_000_000_000L;

    private static final long NOT_IN_DOUBT = Long.MIN_VALUE;

    /// @param tables      what a standby's sync side said last
    /// @param fitAfter    not asked to take over before: a down interval after the end of a pause
    /// @param peers       what the other directors say
    /// @param faults      what keeps us out of the election, as sentences; empty for nothing
    /// @param unfit       what else speaks against our taking over, as sentences
    /// @param doubtUntil  when waiting for adverts that nobody vouches for ends; it begins with the first of them
    /// @param waking      our question whether somebody has taken over
    /// @param ahead       an advert that came before its sender's word
    /// @param renewAbove  a term that another director knows and that ours must exceed; 0 for none
    /// @param history     when that of our tables began, ms of the Unix epoch; 0 for none
    public record State(
            Vrrp.State vrrp,
            Handover.State handover,
            GarpSchedule.Plan garp,
            TableState tables,
            long fitAfter,
            Peers peers,
            List<String> faults,
            List<String> unfit,
            long doubtUntil,
            Waking waking,
            Ahead ahead,
            int renewAbove,
            long history) {
        public static final State INITIAL = new State(
                new Vrrp.Initialize(),
                Handover.Idle.NOTHING,
                GarpSchedule.Plan.NONE,
                TableState.UNKNOWN,
                Long.MIN_VALUE,
                Peers.NONE,
                List.of("it has not started yet"),
                List.of(),
                NOT_IN_DOUBT,
                Waking.NOT,
                Ahead.NONE,
                0,
                0);

        public boolean isActive() {
            return vrrp instanceof Vrrp.Active;
        }

        Standing standing() {
            return switch (vrrp) {
                case Vrrp.Initialize _ -> Standing.FAULT;
                case Vrrp.Standby _ when handover instanceof Handover.Relaying -> Standing.RELAYING;
                case Vrrp.Standby _ -> Standing.STANDBY;
                case Vrrp.Active _ -> Standing.ACTIVE;
            };
        }
    }

    /// @param asks     the question, 0 for none
    /// @param awaited  peers whose answer is missing
    /// @param isAlone  whether nobody could be asked
    record Waking(long asks, Set<String> awaited, boolean isAlone) {
        static final Waking NOT = new Waking(0, Set.of(), false);

        Waking {
            awaited = Set.copyOf(awaited);
        }

        boolean isOver() {
            return asks != 0 && awaited.isEmpty();
        }

        Waking without(String name) {
            var left = new HashSet<>(awaited);
            left.remove(name);
            return new Waking(asks, left, isAlone);
        }
    }

    /// An advert whose sender did not yet say that it is active: it counts as soon as it does.
    ///
    /// @param until  when the next one is due, so that this one is of no use any more
    record Ahead(Vrrp.Advert advert, long until) {
        static final Ahead NONE = new Ahead(new Vrrp.Advert(0, 0, 0), Long.MIN_VALUE);
    }

    public sealed interface Event {}

    public record Tick() implements Event {}

    public record Heard(Vrrp.Advert advert) implements Event {}

    /// A peer's sealed word.
    public record Spoke(PeerWord word) implements Event {}

    public record PeerProcessDied(int address) implements Event {}

    public record Paused(long gap) implements Event {}

    /// What keeps this director out of the election now; empty for nothing.
    public record Links(List<String> faults) implements Event {
        public Links {
            faults = List.copyOf(faults);
        }
    }

    /// What else speaks against its taking over; empty for nothing.
    public record Unfit(List<String> reasons) implements Event {
        public Unfit {
            reasons = List.copyOf(reasons);
        }
    }

    public record Shutdown() implements Event {}

    public record Tables(TableState tables) implements Event {}

    public record Held(long finalVersion) implements Event {}

    /// The rings of the datapath, which holds, are nearly full.
    public record HeldFull() implements Event {}

    /// The datapath serves after a [BecomeActive], or could not in time.
    public record Served(boolean inTime) implements Event {}

    /// Another director knows this term, and it is above ours.
    public record HigherTerm(int term) implements Event {}

    /// Somebody else announced an address of ours, with this MAC.
    public record Stolen(int address, long mac) implements Event {}

    public record Message(String from, HandoverMessage message) implements Event {}

    public record Failover(Preflight preflight, String reason) implements Event {}

    public sealed interface Effect {}

    public record SendAdvert(int priority) implements Effect {}

    /// @param notAfter  the datapath must not begin to serve later
    public record BecomeActive(Vrrp.Promotion promotion, long notAfter) implements Effect {}

    public record BecomeStandby(Vrrp.Reason reason) implements Effect {}

    /// Go on as active under a term above this one.
    public record RenewTerm(int above) implements Effect {}

    /// One GARP for each claim.
    public record Announce() implements Effect {}

    public record Hold() implements Effect {}

    public record Resume() implements Effect {}

    public record Relay(String peer) implements Effect {}

    public record Send(String to, HandoverMessage message) implements Effect {}

    public record Finished(FailoverRecord record) implements Effect {}

    /// An advert was not believed; to be counted.
    public record Doubted(int sender, Doubt why) implements Effect {}

    public record Step(State next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    public Step step(State state, Event event, long now) {
        var turn = new Turn(state, now);
        turn.take(event);
        turn.finish();
        return new Step(turn.state(), turn.effects);
    }

    public long nextAt(State state) {
        return Math.min(state.garp().nextAt(), Math.min(Vrrp.nextAt(state.vrrp()), handover.nextAt(state.handover())));
    }

    /// How long this director has said nothing when it is about to do what a step decided. An active counts from its
    /// last advert: a pause within a turn adds to the silence before it.
    ///
    /// @param before  the state before the step
    /// @param turnAt  the `now` of the step
    public long gap(State before, Event event, long turnAt, long now) {
        return before.vrrp() instanceof Vrrp.Active active && !(event instanceof Served)
                ? Math.max(now - turnAt, now - vrrp.lastAdvertAt(active))
                : now - turnAt;
    }

    /// What a director must not do any more that may have been replaced meanwhile.
    public static boolean speaksForTheAddresses(Effect effect) {
        return switch (effect) {
            case SendAdvert(int priority) -> priority != 0;
            case BecomeActive _, Announce _, Resume _ -> true;
            case BecomeStandby _, Hold _, Relay _, Send _, Finished _, RenewTerm _, Doubted _ -> false;
        };
    }

    /// What this director has to say of itself.
    public OwnWord word(State state, long now) {
        return new OwnWord(
                state.standing(),
                state.waking().asks(),
                state.peers().answers(),
                state.history(),
                obstacles(state, now));
    }

    private List<String> obstacles(State state, long now) {
        var all = new ArrayList<>(state.faults());
        all.addAll(state.unfit());
        if (now < state.fitAfter()) {
            all.add("it was paused a moment ago");
        }
        if (state.vrrp() instanceof Vrrp.Standby standby && standby.following() == 0) {
            all.add("it does not hear the adverts of the active director");
        }
        return all;
    }

    /// One step under way: each part moves on in turn, and what one decides is told to the others.
    private final class Turn {
        private final long now;
        private final List<Effect> effects = new ArrayList<>();
        private Vrrp.State election;
        private Handover.State move;
        private GarpSchedule.Plan plan;
        private TableState tables;
        private long fitAfter;
        private Peers peers;
        private List<String> faults;
        private List<String> unfit;
        private long doubtUntil;
        private Waking waking;
        private Ahead ahead;
        private int renewAbove;
        private long history;
        private long notAfter = Long.MAX_VALUE;

        Turn(State state, long now) {
            this.now = now;
            election = state.vrrp();
            move = state.handover();
            plan = state.garp();
            tables = state.tables();
            fitAfter = state.fitAfter();
            peers = state.peers();
            faults = state.faults();
            unfit = state.unfit();
            doubtUntil = state.doubtUntil();
            waking = state.waking();
            ahead = state.ahead();
            renewAbove = state.renewAbove();
            history = state.history();
        }

        State state() {
            return new State(
                    election,
                    move,
                    plan,
                    tables,
                    fitAfter,
                    peers,
                    faults,
                    unfit,
                    doubtUntil,
                    waking,
                    ahead,
                    renewAbove,
                    history);
        }

        void take(Event event) {
            if (vrrp.hasBeenSilent(election, now) && !(event instanceof Served)) {
                paused(Long.MAX_VALUE); // before the event can make a handover of it
                if (event instanceof Paused) {
                    return;
                }
            }
            switch (event) {
                case Tick() -> {
                    goOnIfUnrivalled(); // not before the adverts that came meanwhile were heard
                    move(new Handover.Tick());
                    elect(new Vrrp.Tick());
                }
                case Heard(var advert) -> heard(advert);
                case Spoke(var word) -> spoke(word);
                case PeerProcessDied(int address) -> died(address);
                case Paused(long gap) -> paused(gap);
                case Links(var found) -> links(found);
                case Unfit(var reasons) -> unfit = reasons;
                case Shutdown() -> {
                    faults = List.of("it is shutting down");
                    withdraw(new Vrrp.Shutdown(), "this director is shutting down");
                }
                case Tables(var state) -> {
                    tables = state;
                    move(new Handover.Tables(state));
                }
                case Held(long finalVersion) -> move(new Handover.Held(finalVersion));
                case HeldFull() -> move(new Handover.Full());
                case Served(boolean inTime) -> served(inTime);
                case HigherTerm(int term) -> renewAbove = Math.max(renewAbove, term);
                case Stolen _ when election instanceof Vrrp.Active -> plan = garp.defended(plan, now);
                case Stolen _ -> {}
                case Message(var from, var message) ->
                    move(new Handover.Message(from, message, objection(message.term()), tables));
                case Failover(var preflight, var reason) ->
                    move(new Handover.Begin(now, preflight, election instanceof Vrrp.Active, reason));
            }
        }

        void finish() {
            if (plan.isDue(now)) {
                plan = garp.announced(plan, now);
                effects.add(new Announce());
            }
            if (!(election instanceof Vrrp.Active)) {
                renewAbove = 0;
            } else {
                doubtUntil = NOT_IN_DOUBT;
                if (renewAbove != 0 && Handover.isIdle(move)) {
                    effects.add(new RenewTerm(renewAbove));
                    renewAbove = 0;
                }
            }
            if (!(election instanceof Vrrp.Standby standby) || standby.waitsFor() != Vrrp.Wait.RELEARNING) {
                waking = Waking.NOT;
            }
            if (election instanceof Vrrp.Standby standby && tables.equal()) {
                peers.vouching(standby.following(), now)
                        .map(Peers.Peer::word)
                        .filter(word -> word.standing() == Standing.ACTIVE && word.history() != 0)
                        .ifPresent(word -> history = word.history());
            }
        }

        private void heard(Vrrp.Advert advert) {
            if (trust == Trust.ANY) {
                believe(advert);
                return;
            }
            var peer = peers.vouching(advert.sender(), now);
            if (advert.priority() == 0) {
                effects.add(new Doubted(advert.sender(), Doubt.RESIGNATION));
            } else if (peer.isEmpty()) {
                doubt(advert, Doubt.NOBODY_VOUCHES);
            } else if (peer.get().word().standing() != Standing.ACTIVE) {
                ahead = new Ahead(advert, now + vrrp.interval());
                doubt(advert, Doubt.SAYS_OTHERWISE);
            } else {
                believeVouched(advert, peer.get().word());
            }
        }

        /// The interval of the word is under the seal: a forged one in the advert neither makes us wait nor hurries us.
        private void believeVouched(Vrrp.Advert advert, PeerWord word) {
            doubtUntil = NOT_IN_DOUBT;
            believe(new Vrrp.Advert(advert.priority(), word.interval(), advert.sender(), seniority(word)));
        }

        private int seniority(PeerWord word) {
            return word.history() == 0 || history == 0 ? 0 : Long.compare(history, word.history());
        }

        private void believe(Vrrp.Advert advert) {
            var name = peers.nameOf(advert.sender());
            if (advert.priority() != 0) {
                // Before the election hears it: who is taken over from must not assert itself.
                name.ifPresent(active -> move(new Handover.PeerActive(active)));
            }
            boolean mayNotKnow =
                    name.filter(giver -> Handover.isConfirmedBy(move, giver)).isPresent();
            if (!mayNotKnow) {
                elect(advert);
            }
        }

        private void doubt(Vrrp.Advert advert, Doubt why) {
            if (now >= fitAfter) { // after a pause, adverts are read before the words that came with them
                effects.add(new Doubted(advert.sender(), why));
            }
            peers.nameOf(advert.sender()).ifPresent(name -> move = Handover.spoken(move, name, now));
            if (waking.isAlone()) {
                waking = Waking.NOT; // somebody may have started while we were paused, and nobody can be asked
            }
            if (election instanceof Vrrp.Standby) {
                if (doubtUntil == NOT_IN_DOUBT) {
                    long most = peers.byName().isEmpty() ? DOUBT_UNPROVED_MAX : DOUBT_MAX;
                    doubtUntil = now + Math.max(most, 3 * vrrp.downInterval(vrrp.interval()));
                }
                elect(new Vrrp.Doubted(doubtUntil));
            }
        }

        private void spoke(PeerWord word) {
            var before = peers.named(word.name());
            peers = peers.heard(word, now);
            boolean wasActive = before.filter(peer -> peer.word().standing() == Standing.ACTIVE)
                    .isPresent();
            boolean isOut = word.standing() == Standing.STANDBY || word.standing() == Standing.FAULT;
            if (word.standing() == Standing.ACTIVE) {
                waking = Waking.NOT;
                move(new Handover.PeerActive(word.name()));
                if (ahead.advert().sender() == word.address() && now < ahead.until()) {
                    believeVouched(ahead.advert(), word);
                    ahead = Ahead.NONE;
                }
            } else {
                move(new Handover.PeerReleased(word.name()));
                if (word.asks() == 0 && wasActive && isOut) {
                    elect(new Vrrp.PeerResigned(word.address()));
                }
            }
            boolean isNew = word.asks() != before.map(Peers.Peer::answered).orElse(0L);
            if (word.asks() != 0 && isNew && !(election instanceof Vrrp.Active)) {
                asked(word);
            }
            if (waking.asks() != 0 && word.answer() == waking.asks()) {
                waking = waking.without(word.name());
                goOnIfUnrivalled();
            }
        }

        private void asked(PeerWord word) {
            if (Handover.isTakenFrom(move, word.name())) {
                move(new Handover.Withdrawn("the giver was paused"));
            }
            elect(new Vrrp.Asked(word.address()));
            peers = peers.answered(word);
        }

        private void died(int address) {
            peers = peers.died(address);
            move(new Handover.PeerProcessDied(address));
            elect(new Vrrp.PeerProcessDied(address));
            if (waking.asks() != 0 && doubtUntil != NOT_IN_DOUBT) {
                waking = Waking.NOT; // the adverts that came meanwhile may be those of its next run
            } else if (waking.asks() != 0) {
                waking = new Waking(waking.asks(), peers.livingAmong(waking.awaited()), waking.isAlone());
                goOnIfUnrivalled();
            }
        }

        private void paused(long gap) {
            long silentSince = election instanceof Vrrp.Active active ? vrrp.lastAdvertAt(active) : now;
            boolean wasActive = election instanceof Vrrp.Active;
            if (gap > vrrp.earliestTakeoverInterval()) {
                fitAfter = now + vrrp.downInterval(vrrp.interval());
                doubtUntil = NOT_IN_DOUBT; // who could have vouched was not heard meanwhile
            }
            elect(new Vrrp.Paused(gap)); // with it the handover of a fenced director is over
            if (wasActive && !(election instanceof Vrrp.Active) && trust == Trust.SEALED) {
                ask(silentSince);
            }
        }

        private void ask(long silentSince) {
            var asked = peers.livingSince(silentSince - Peers.LIVING_MAX);
            waking = new Waking(now, asked, asked.isEmpty());
        }

        /// Who has answered may take over a down interval later, so what was asked before that says nothing any more.
        private void goOnIfUnrivalled() {
            boolean isTrueStill = now - waking.asks() < vrrp.earliestTakeoverInterval();
            if (waking.isOver() && isTrueStill) {
                waking = Waking.NOT;
                elect(new Vrrp.Unrivalled());
            }
        }

        private void links(List<String> found) {
            boolean wereGood = faults.isEmpty();
            faults = found;
            if (found.isEmpty()) {
                elect(new Vrrp.LinkUp());
            } else if (wereGood) {
                withdraw(new Vrrp.LinkDown(), String.join("; ", found));
            }
        }

        private void served(boolean inTime) {
            boolean isTooLate = move instanceof Handover.Taking taking && now - taking.mayUntil() >= 0;
            if (inTime && !isTooLate) {
                move(new Handover.Served(true)); // first, since it bounds for how long an advert lets us serve
                elect(new Vrrp.Served(true));
            } else {
                move(new Handover.Served(false));
                elect(new Vrrp.Served(false));
            }
        }

        private void withdraw(Vrrp.Event event, String why) {
            elect(event);
            move(new Handover.Withdrawn(why));
        }

        private void elect(Vrrp.Event event) {
            // A standby that is not equal leaves any live active alone, whatever its priority (promise 4).
            var rules = tables.equal() ? vrrp : vrrp.unfit();
            var step = rules.step(election, event, now);
            election = step.next();
            if (!(election instanceof Vrrp.Active)) {
                plan = GarpSchedule.Plan.NONE;
            }
            step.effects().forEach(this::perform);
        }

        private void perform(Vrrp.Effect effect) {
            switch (effect) {
                case Vrrp.SendAdvert(int priority) -> effects.add(new SendAdvert(priority));
                case Vrrp.Claim(var promotion) -> {
                    effects.add(new BecomeActive(promotion, notAfter));
                    history = history == 0 ? epoch + now / 1_000_000 : history;
                    plan = garp.claimed(now);
                    move(new Handover.Promoted());
                }
                case Vrrp.Release(var reason) -> {
                    effects.add(new BecomeStandby(reason));
                    move(new Handover.Withdrawn("the election moved: " + reason));
                }
                case Vrrp.Reassert() -> plan = garp.reasserted(plan, now);
            }
        }

        private void move(Handover.Event event) {
            var step = handover.step(move, event, now);
            move = step.next();
            step.effects().forEach(this::perform);
        }

        private void perform(Handover.Effect effect) {
            switch (effect) {
                case Handover.Send(var to, var message) -> effects.add(new Send(to, message));
                case Handover.Hold() -> effects.add(new Hold());
                case Handover.Resume() -> effects.add(new Resume());
                case Handover.Relay(var peer) -> effects.add(new Relay(peer));
                case Handover.StandBy() -> effects.add(new BecomeStandby(Vrrp.Reason.HANDED_OVER));
                case Handover.Give(int taker) -> elect(new Vrrp.HandoverGive(taker));
                case Handover.Take(long until) -> {
                    notAfter = until;
                    elect(new Vrrp.HandoverTake());
                }
                case Handover.Confirmed() -> elect(new Vrrp.HandoverConfirmed());
                case Handover.Unconfirmed() -> elect(new Vrrp.HandoverUnconfirmed());
                case Handover.Returned() -> {
                    effects.add(new BecomeStandby(Vrrp.Reason.HANDED_OVER)); // ends the relay
                    elect(new Vrrp.HandoverReturned());
                    ask(now); // the news may be old, and the silence since may have made an active
                }
                case Handover.Finished(var record) -> effects.add(new Finished(record));
            }
        }

        /// Why we could not take over now; empty where we could.
        private Optional<String> objection(int term) {
            if (!(election instanceof Vrrp.Standby standby)) {
                return Optional.of("it is not a standby");
            }
            if (standby.following() == 0) {
                return Optional.of("it does not hear the adverts of the active"); // it could not settle
            }
            if (now < fitAfter) {
                return Optional.of("it was paused a moment ago");
            }
            if (!unfit.isEmpty()) {
                return Optional.of(String.join("; ", unfit));
            }
            if (!tables.equal()) {
                return Optional.of("it is not proved equal");
            }
            return term < tables.term()
                    ? Optional.of("term " + term + " is older than " + tables.term() + ", which is known here")
                    : Optional.empty();
        }
    }
}
