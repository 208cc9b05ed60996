package holdfast.vip;

import static holdfast.vip.VirtualRouter.*;

import holdfast.conf.Configuration.Trust;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One step of a [VirtualRouter]: each part takes the event in turn, and passes its decisions to the other parts.
final class StepUnderWay {
    /// Promotions in a row that may be given up.
    static final int GIVEN_UP_MAX = 8;

    private final Vrrp vrrp;
    private final Handover handover;
    private final GarpSchedule garp;
    private final Trust trust;
    private final long epoch;
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
    private int givenUp;
    private long notAfter = Long.MAX_VALUE; // of a handover
    private long silenceUntil;
    private long promotedUntil = Long.MAX_VALUE;

    StepUnderWay(VirtualRouter router, State state, long now) {
        vrrp = router.vrrp();
        handover = router.handover();
        garp = router.garp();
        trust = router.trust();
        epoch = router.epoch();
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
        givenUp = state.givenUp();
        // A flood of adverts must not keep a slow machine from serving for ever.
        silenceUntil = givenUp < GIVEN_UP_MAX ? now + vrrp.promptInterval() : Long.MAX_VALUE;
    }

    private State state() {
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
                history,
                givenUp);
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
                elect(tick());
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
            case Claims _
            when election instanceof Vrrp.Active && !plan.equals(GarpSchedule.Plan.NONE) -> plan = garp.claimed(now);
            case Claims _ -> {}
            case Message(var from, var message) ->
                move(new Handover.Message(from, message, objection(message.term()), tables));
            case Failover(var preflight, var reason) ->
                move(new Handover.Begin(now, preflight, election instanceof Vrrp.Active, reason));
        }
    }

    /// The step as a whole, once the event is taken.
    Step finished() {
        finish();
        return new Step(state(), effects, promotedUntil);
    }

    private void finish() {
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
        if (!(election instanceof Vrrp.Standby standby) || now - standby.peerDownAt() < 0) {
            givenUp = 0;
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
        ahead = new Ahead(advert, now + vrrp.interval());
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
        boolean wasActive =
                before.filter(peer -> peer.word().standing() == Standing.ACTIVE).isPresent();
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
            if (word.asks() == 0 && wasActive && isOut && isOutStill(word)) {
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

    /// Whether the speaker cannot serve again by now: if it hears nobody, it takes over from nobody after its
    /// silence.
    private boolean isOutStill(PeerWord word) {
        return now - word.spokenAt() < vrrp.earliestTakeoverInterval();
    }

    /// A director that follows a third one does not answer: the third may be active, and we may soon replace it.
    private void asked(PeerWord word) {
        if (Handover.isTakenFrom(move, word.name())) {
            move(new Handover.Withdrawn("the giver was paused"));
        }
        boolean followsAnother = election instanceof Vrrp.Standby standby
                && standby.following() != 0
                && standby.following() != word.address();
        if (!followsAnother && !peers.isAnotherActive(word.name(), now)) {
            elect(new Vrrp.Asked(word.address()));
            peers = peers.answered(word);
        }
    }

    private void died(int address) {
        peers = peers.died(address);
        move(new Handover.PeerProcessDied(address));
        elect(new Vrrp.PeerProcessDied(address));
        if (peers.nameOf(address).filter(waking.awaited()::contains).isPresent()) {
            waking = Waking.NOT; // it may have taken over before it died, and now its next run serves, or a third one
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

    /// A peer may take over a down interval after its answer, so an older answer proves nothing.
    private void goOnIfUnrivalled() {
        long isTrueUntil = waking.asks() + vrrp.earliestTakeoverInterval();
        if (waking.isOver() && now - isTrueUntil < 0) {
            silenceUntil = waking.isAlone() ? silenceUntil : isTrueUntil;
            waking = Waking.NOT;
            elect(new Vrrp.Unrivalled());
        }
    }

    /// When our time has come without tables, or with tables from before a pause, a standby with tables takes over
    /// first.
    private Vrrp.Event tick() {
        boolean yields = election instanceof Vrrp.Standby standby
                && now - standby.peerDownAt() >= 0
                && standby.waitsFor() != Vrrp.Wait.YIELDING
                && !tables.equal()
                && (history == 0 || standby.waitsFor() == Vrrp.Wait.RELEARNING);
        var elder = yields ? peers.elder(now) : Optional.<PeerWord>empty();
        return elder.isPresent()
                ? new Vrrp.Yielded(now + vrrp.longestDownInterval(elder.get().interval()))
                : new Vrrp.Tick();
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

    /// A standby that is not equal, or has another reason not to take over, leaves any live active alone, whatever
    /// its priority (promise 4). One that is equal loses no time once the active is dead.
    private Vrrp rules() {
        if (!tables.equal()) {
            return vrrp.unfit();
        }
        return unfit.isEmpty() ? vrrp : vrrp.patient();
    }

    private void elect(Vrrp.Event event) {
        var rules = rules();
        var step = (Handover.awaitsTables(move) ? rules.patient() : rules).step(election, event, now);
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
                boolean isOfSilence =
                        promotion.cause() != Vrrp.Cause.HANDOVER && promotion.cause() != Vrrp.Cause.OWNER_STARTED;
                promotedUntil = isOfSilence ? silenceUntil : Long.MAX_VALUE;
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
