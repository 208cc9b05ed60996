package holdfast.vip;

import static holdfast.vip.Handover.aborted;
import static holdfast.vip.Handover.to;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.FailoverRecord.Side;
import holdfast.vip.Handover.Armed;
import holdfast.vip.Handover.Begin;
import holdfast.vip.Handover.Catching;
import holdfast.vip.Handover.Confirmed;
import holdfast.vip.Handover.Confirming;
import holdfast.vip.Handover.Deadlines;
import holdfast.vip.Handover.Effect;
import holdfast.vip.Handover.Ending;
import holdfast.vip.Handover.Event;
import holdfast.vip.Handover.Finished;
import holdfast.vip.Handover.Full;
import holdfast.vip.Handover.Held;
import holdfast.vip.Handover.Idle;
import holdfast.vip.Handover.Message;
import holdfast.vip.Handover.Offer;
import holdfast.vip.Handover.PeerActive;
import holdfast.vip.Handover.PeerProcessDied;
import holdfast.vip.Handover.PeerReleased;
import holdfast.vip.Handover.Promoted;
import holdfast.vip.Handover.Send;
import holdfast.vip.Handover.Served;
import holdfast.vip.Handover.State;
import holdfast.vip.Handover.Step;
import holdfast.vip.Handover.Tables;
import holdfast.vip.Handover.Take;
import holdfast.vip.Handover.Taking;
import holdfast.vip.Handover.Tick;
import holdfast.vip.Handover.Unconfirmed;
import holdfast.vip.Handover.Withdrawn;
import holdfast.vip.HandoverMessage.Kind;
import java.util.Optional;

/// The taker's half of a [Handover]: from the giver's first request until the giver confirms that it gave the group.
record Taker(Deadlines deadlines) {
    Step prepare(State state, String from, HandoverMessage message, Optional<String> objection, long now) {
        if (state instanceof Armed armed && Handover.isOf(state, from, message)) {
            return to(state, say(armed.offer(), Kind.ARMED, now, "")); // it did not hear us the first time
        }
        if (state instanceof Idle idle && idle.last() == message.id()) {
            return to(state); // late: it is over
        }
        if (!(state instanceof Idle)) {
            return Handover.isOf(state, from, message)
                    ? to(state)
                    : to(state, refusal(from, message, now, "another handover is under way"));
        }
        if (objection.isPresent()) {
            return to(state, refusal(from, message, now, objection.get()));
        }
        var record = FailoverRecord.begun(Side.TAKER, from, message.term(), now, "asked by " + from, "armed");
        var offer = new Offer(message.id(), from, record);
        return to(new Armed(offer, now + deadlines.ask(), now + deadlines.armed()), say(offer, Kind.ARMED, now, ""));
    }

    Step whileArmed(Armed state, Event event, long now) {
        var offer = state.offer();
        return switch (event) {
            case Message(var _, var message, var _, var tables) ->
                switch (message.kind()) {
                    case TRANSFER, HOLDING -> {
                        var begun = new Offer(
                                offer.id(), offer.giver(), offer.record().with("transfer received", now));
                        var catching = new Catching(
                                begun,
                                message.version(),
                                message.stamp() + deadlines.usable(),
                                now + deadlines.ask(),
                                now + deadlines.armed());
                        yield tables.hasProved(message.version()) ? takesOrAsks(catching, now) : to(catching);
                    }
                    case ABORT -> disarmed(offer, message.reason(), now);
                    case PREPARE, ARMED, REFUSED, ALIVE, TAKEN, GIVEN, RESUMED -> to(state);
                };
            case Tick() when now - state.deadlineAt() >= 0 -> disarmed(offer, "no TRANSFER came", now);
            case Tick()
            when now - state.askAt() >= 0 ->
                to(new Armed(offer, now + deadlines.ask(), state.deadlineAt()), say(offer, Kind.ALIVE, now, ""));
            case Withdrawn(String why) -> disarmed(offer, why, now);
            case Promoted() -> disarmed(offer, "the active failed meanwhile", now);
            case Tick _, Begin _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Served _ -> to(state);
        };
    }

    Step whileCatching(Catching state, Event event, long now) {
        var offer = state.offer();
        return switch (event) {
            case Tables(var tables) when tables.hasProved(state.version()) -> takesOrAsks(state, now);
            case Message(var _, var message, var _, var tables) ->
                switch (message.kind()) {
                    case TRANSFER, HOLDING -> {
                        long until = message.stamp() + deadlines.usable();
                        var promised = new Catching(
                                offer,
                                state.version(),
                                until - state.mayUntil() > 0 ? until : state.mayUntil(),
                                state.askAt(),
                                now + deadlines.armed());
                        yield tables.hasProved(state.version()) ? takesOrAsks(promised, now) : to(promised);
                    }
                    case ABORT -> disarmed(offer, message.reason(), now);
                    case PREPARE, ARMED, REFUSED, ALIVE, TAKEN, GIVEN, RESUMED -> to(state);
                };
            case Tick()
            when now - state.deadlineAt() >= 0 -> disarmed(offer, "the taker was not proved equal in time", now);
            case Tick() when now - state.askAt() >= 0 -> asks(state, now);
            case Withdrawn(String why) -> disarmed(offer, why, now);
            case Promoted() -> disarmed(offer, "the active failed meanwhile", now);
            case Tick _, Begin _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Served _ -> to(state);
        };
    }

    Step whileTaking(Taking state, Event event, long now) {
        var offer = state.offer();
        return switch (event) {
            case Served(boolean inTime)
            when inTime && now - state.mayUntil() < 0 ->
                to(new Confirming(offer, state.mayUntil(), now + deadlines.ask(), now), say(offer, Kind.TAKEN, 0, ""));
            case Served _ -> disarmed(offer, "the taker's datapath got no processor in time", now);
            case Withdrawn(String why) -> disarmed(offer, why, now);
            case Tick _, Begin _, Message _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Promoted _ -> to(state);
        };
    }

    Step whileConfirming(Confirming state, Event event, long now) {
        var offer = state.offer();
        return switch (event) {
            case Message(var _, var message, var _, var _) when message.kind() == Kind.GIVEN -> confirmed(offer, now);
            case Message(var _, var message, var _, var _)
            when message.kind() == Kind.RESUMED -> unconfirmed(offer, now);
            case PeerReleased(var name) when name.equals(offer.giver()) -> confirmed(offer, now);
            case Tick()
            when now - state.mayUntil() >= 0 ->
                now - state.giverHeardAt() >= deadlines.silence() ? confirmed(offer, now) : unconfirmed(offer, now);
            case Tick()
            when now - state.askAt() >= 0 ->
                to(
                        new Confirming(offer, state.mayUntil(), now + deadlines.ask(), state.giverHeardAt()),
                        say(offer, Kind.TAKEN, 0, ""));
            case PeerActive(var name)
            when name.equals(offer.giver()) -> to(new Confirming(offer, state.mayUntil(), state.askAt(), now));
            case Withdrawn(String why) -> disarmed(offer, why, now);
            case Tick _, Begin _, Message _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Served _, Promoted _ -> to(state);
        };
    }

    /// The tables are equal, so only a promise that still holds may be missing.
    private Step takesOrAsks(Catching state, long now) {
        return now - state.mayUntil() < 0
                ? to(new Taking(state.offer(), state.mayUntil()), new Take(state.mayUntil()))
                : asks(state, now);
    }

    private Step asks(Catching state, long now) {
        return to(
                new Catching(
                        state.offer(), state.version(), state.mayUntil(), now + deadlines.ask(), state.deadlineAt()),
                say(state.offer(), Kind.ALIVE, now, ""));
    }

    private static Step confirmed(Offer offer, long now) {
        var record = offer.record().with("proved equal", now);
        return to(
                new Idle(offer.id(), Ending.TOOK),
                new Confirmed(),
                new Finished(record.ended(Outcome.DONE, record.reason(), "taken", now)));
    }

    private static Step unconfirmed(Offer offer, long now) {
        String why = "the giver did not confirm the takeover in time";
        return to(
                new Idle(offer.id(), Ending.REFUSED),
                new Unconfirmed(),
                say(offer, Kind.REFUSED, now, why),
                aborted(offer.record(), why, now));
    }

    private static Step disarmed(Offer offer, String why, long now) {
        return to(
                new Idle(offer.id(), Ending.REFUSED),
                say(offer, Kind.REFUSED, now, why),
                aborted(offer.record(), why, now));
    }

    private static Effect say(Offer offer, Kind kind, long stamp, String why) {
        return new Send(
                offer.giver(),
                new HandoverMessage(kind, offer.id(), offer.record().term(), 0, stamp, why));
    }

    private static Effect refusal(String to, HandoverMessage message, long stamp, String why) {
        return new Send(to, new HandoverMessage(Kind.REFUSED, message.id(), message.term(), 0, stamp, why));
    }

    static boolean isOf(Offer offer, String from, HandoverMessage message) {
        return offer.id() == message.id() && offer.giver().equals(from);
    }
}
