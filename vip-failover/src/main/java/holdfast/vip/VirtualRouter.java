package holdfast.vip;

import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One group of virtual addresses as a pure function: the election, the planned handover and the announcements of the
/// claims, wired to each other. The shell ([VrrpNode]) and the simulation run this same function.
///
/// Order within a turn: [Paused] first, adverts next, then everything else, [Tick] last, all with one `now`.
record VirtualRouter(Vrrp vrrp, Handover handover, GarpSchedule garp) {
    /// After a pause a director does not offer to take over for so many of its down intervals.
    private static final int DOWN_INTERVALS_AFTER_PAUSE = 3;

    /// @param tables    what a standby's sync side said last
    /// @param fitAfter  not asked to take over before, because of a pause
    record State(Vrrp.State vrrp, Handover.State handover, GarpSchedule.Plan garp, TableState tables, long fitAfter) {
        static final State INITIAL = new State(
                new Vrrp.Initialize(), new Handover.Idle(), GarpSchedule.Plan.NONE, TableState.UNKNOWN, Long.MIN_VALUE);

        boolean isActive() {
            return vrrp instanceof Vrrp.Active;
        }
    }

    sealed interface Event {}

    record Tick() implements Event {}

    record Heard(Vrrp.Advert advert) implements Event {}

    record PeerProcessDied(int address) implements Event {}

    record Paused(long gap) implements Event {}

    record LinkUp() implements Event {}

    record LinkDown() implements Event {}

    record Shutdown() implements Event {}

    record Tables(TableState tables) implements Event {}

    record Held(long finalVersion) implements Event {}

    record Message(String from, HandoverMessage message) implements Event {}

    record Failover(Preflight preflight, String reason) implements Event {}

    sealed interface Effect {}

    record SendAdvert(int priority) implements Effect {}

    record BecomeActive(Vrrp.Promotion promotion) implements Effect {}

    record BecomeStandby(Vrrp.Reason reason) implements Effect {}

    /// One GARP for each claim.
    record Announce() implements Effect {}

    record Hold() implements Effect {}

    record Resume() implements Effect {}

    record Relay(String peer) implements Effect {}

    record Send(String to, HandoverMessage message) implements Effect {}

    record Finished(FailoverRecord record) implements Effect {}

    record Step(State next, List<Effect> effects) {
        Step {
            effects = List.copyOf(effects);
        }
    }

    Step step(State state, Event event, long now) {
        var turn = new Turn(state, now);
        turn.take(event);
        turn.announce();
        return new Step(turn.state(), turn.effects);
    }

    static long nextAt(State state) {
        return Math.min(state.garp().nextAt(), Math.min(Vrrp.nextAt(state.vrrp()), Handover.nextAt(state.handover())));
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

        Turn(State state, long now) {
            this.now = now;
            election = state.vrrp();
            move = state.handover();
            plan = state.garp();
            tables = state.tables();
            fitAfter = state.fitAfter();
        }

        State state() {
            return new State(election, move, plan, tables, fitAfter);
        }

        void take(Event event) {
            if (vrrp.hasBeenSilent(election, now)) {
                elect(new Vrrp.Paused(Long.MAX_VALUE)); // before the event can make a handover of it
            }
            switch (event) {
                case Tick() -> {
                    move(new Handover.Tick()); // its take-back comes before the down timer of the same moment
                    elect(new Vrrp.Tick());
                }
                case Heard(var advert) -> {
                    if (advert.priority() != 0) {
                        move(new Handover.PeerAdvert(advert.sender())); // who is taken over from must not assert itself
                    }
                    elect(advert);
                }
                case PeerProcessDied(int address) -> {
                    move(new Handover.PeerProcessDied(address));
                    elect(new Vrrp.PeerProcessDied(address));
                }
                case Paused(long gap) -> {
                    fitAfter = now + DOWN_INTERVALS_AFTER_PAUSE * vrrp.downInterval(vrrp.interval());
                    elect(new Vrrp.Paused(gap)); // first: a fenced director must not resume what it held
                    move(new Handover.Paused());
                }
                case LinkUp() -> elect(new Vrrp.LinkUp());
                case LinkDown() -> withdraw(new Vrrp.LinkDown(), "the link is down");
                case Shutdown() -> withdraw(new Vrrp.Shutdown(), "this director is shutting down");
                case Tables(var state) -> {
                    tables = state;
                    move(new Handover.Tables(state));
                }
                case Held(long finalVersion) -> move(new Handover.Held(finalVersion));
                case Message(var from, var message) ->
                    move(new Handover.Message(from, message, objection(message), tables));
                case Failover(var preflight, var reason) ->
                    move(new Handover.Begin(preflight, election instanceof Vrrp.Active, reason));
            }
        }

        void announce() {
            if (plan.isDue(now)) {
                plan = garp.announced(plan, now);
                effects.add(new Announce());
            }
        }

        private void withdraw(Vrrp.Event event, String why) {
            elect(event);
            move(new Handover.Withdrawn(why));
        }

        private void elect(Vrrp.Event event) {
            // A standby that is not equal leaves any live active alone, whatever its priority (promise 4).
            var rules = tables.equal() ? vrrp : vrrp.withoutPreempt();
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
                    effects.add(new BecomeActive(promotion));
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
                case Handover.Give() -> elect(new Vrrp.HandoverGive());
                case Handover.TakeBack() -> elect(new Vrrp.HandoverTakeBack());
                case Handover.Take() -> elect(new Vrrp.HandoverTake());
                case Handover.Finished(var record) -> effects.add(new Finished(record));
            }
        }

        /// Why we could not take over for the giver of this message; empty where we could.
        private Optional<String> objection(HandoverMessage message) {
            if (!(election instanceof Vrrp.Standby standby)) {
                return Optional.of("this director is not a standby");
            }
            if (standby.following() == 0) {
                return Optional.of("this director does not hear the adverts of the active"); // it could not settle
            }
            if (now < fitAfter) {
                return Optional.of("this director was paused a moment ago");
            }
            if (!tables.equal()) {
                return Optional.of("this director is not proved equal");
            }
            if (message.term() < tables.term()) {
                return Optional.of(
                        "term " + message.term() + " is older than " + tables.term() + ", which is known here");
            }
            return Optional.empty();
        }
    }
}
