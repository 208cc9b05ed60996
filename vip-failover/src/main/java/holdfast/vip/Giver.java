package holdfast.vip;

import static holdfast.vip.Handover.aborted;
import static holdfast.vip.Handover.refused;
import static holdfast.vip.Handover.to;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.FailoverRecord.Side;
import holdfast.vip.Handover.Begin;
import holdfast.vip.Handover.Deadlines;
import holdfast.vip.Handover.Effect;
import holdfast.vip.Handover.Ending;
import holdfast.vip.Handover.Event;
import holdfast.vip.Handover.Finished;
import holdfast.vip.Handover.Full;
import holdfast.vip.Handover.Give;
import holdfast.vip.Handover.Giving;
import holdfast.vip.Handover.Held;
import holdfast.vip.Handover.Hold;
import holdfast.vip.Handover.Holding;
import holdfast.vip.Handover.Idle;
import holdfast.vip.Handover.Message;
import holdfast.vip.Handover.PeerActive;
import holdfast.vip.Handover.PeerProcessDied;
import holdfast.vip.Handover.PeerReleased;
import holdfast.vip.Handover.Preparing;
import holdfast.vip.Handover.Promoted;
import holdfast.vip.Handover.Relay;
import holdfast.vip.Handover.Relaying;
import holdfast.vip.Handover.Resume;
import holdfast.vip.Handover.Returned;
import holdfast.vip.Handover.Send;
import holdfast.vip.Handover.Served;
import holdfast.vip.Handover.StandBy;
import holdfast.vip.Handover.State;
import holdfast.vip.Handover.Step;
import holdfast.vip.Handover.Tables;
import holdfast.vip.Handover.Tick;
import holdfast.vip.Handover.Transferring;
import holdfast.vip.Handover.Withdrawn;
import holdfast.vip.HandoverMessage.Kind;
import java.util.Optional;

/// The giver's half of a [Handover]: from the operator's request until the last late frame is relayed, or until the
/// giver serves again.
record Giver(Deadlines deadlines) {
    Step begin(State state, Begin begin, long now) {
        var preflight = begin.preflight();
        var record =
                FailoverRecord.begun(Side.GIVER, preflight.peer(), preflight.term(), now, begin.reason(), "preflight");
        if (!(state instanceof Idle)) {
            return to(state, refused(record, "another handover is under way", now));
        }
        if (!begin.active()) {
            return to(state, refused(record, "this director is not active", now));
        }
        var giving = new Giving(begin.id(), preflight, record.with(FailoverRecord.PREPARE_SENT, now), Optional.empty());
        return to(
                new Preparing(giving, now + deadlines.ask(), now + deadlines.prepare()), say(giving, Kind.PREPARE, 0));
    }

    Step whilePreparing(Preparing state, Event event, long now) {
        var giving = state.giving();
        return switch (event) {
            case Message(var _, var message, var _, var _) ->
                switch (message.kind()) {
                    case ARMED, ALIVE ->
                        to(
                                new Holding(
                                        giving.asked(message.stamp(), now).with(FailoverRecord.PEER_ARMED, now),
                                        now + deadlines.hold()),
                                new Hold());
                    case REFUSED ->
                        to(Idle.NOTHING, refused(giving.record(), "the peer refused: " + message.reason(), now));
                    case PREPARE, TRANSFER, HOLDING, TAKEN, GIVEN, ABORT, RESUMED -> to(state);
                };
            case Tick()
            when now - state.deadlineAt() >= 0 -> abortedBeforeHold(giving, "the peer did not answer PREPARE", now);
            case Tick()
            when now - state.askAt() >= 0 ->
                to(new Preparing(giving, now + deadlines.ask(), state.deadlineAt()), say(giving, Kind.PREPARE, 0));
            case PeerProcessDied(int address)
            when isPeer(giving, address) -> abortedBeforeHold(giving, "the peer's process died", now);
            case Withdrawn(String why) -> abortedBeforeHold(giving, why, now);
            case Tick _, Begin _, Held _, Full _, Tables _, PeerActive _ -> to(state);
            case PeerReleased _, PeerProcessDied _, Served _, Promoted _ -> to(state);
        };
    }

    Step whileHolding(Holding state, Event event, long now) {
        var giving = state.giving();
        return switch (event) {
            case Held(long finalVersion) -> {
                var held = giving.with("held", now).with("transfer sent", now);
                yield to(
                        new Transferring(held, finalVersion, now + deadlines.cap(), "", Long.MAX_VALUE),
                        say(held, Kind.TRANSFER, finalVersion));
            }
            case Message(var _, var message, var _, var _) ->
                switch (message.kind()) {
                    case ARMED, ALIVE -> to(new Holding(giving.asked(message.stamp(), now), state.deadlineAt()));
                    case REFUSED -> resumed(giving, "the peer refused: " + message.reason(), now);
                    case PREPARE, TRANSFER, HOLDING, TAKEN, GIVEN, ABORT, RESUMED -> to(state);
                };
            case Tick()
            when now - state.deadlineAt() >= 0 -> resumed(giving, "the worker did not report its final version", now);
            case PeerProcessDied(int address)
            when isPeer(giving, address) -> resumed(giving, "the peer's process died", now);
            // The election has released the addresses, and with them the held packets.
            case Withdrawn(String why) -> released(giving, why, now);
            case Tick _, Begin _, Full _, Tables _, PeerActive _ -> to(state);
            case PeerReleased _, PeerProcessDied _, Served _, Promoted _ -> to(state);
        };
    }

    Step whileTransferring(Transferring state, Event event, long now) {
        var giving = state.giving();
        return switch (event) {
            case Message(var _, var message, var _, var _) ->
                switch (message.kind()) {
                    case TAKEN -> taken(giving, "taken", now);
                    case REFUSED -> resumed(giving, "the peer refused: " + message.reason(), now);
                    case ARMED, ALIVE -> state.isPromising() ? promised(state, message, now) : to(state);
                    case PREPARE, TRANSFER, HOLDING, GIVEN, ABORT, RESUMED -> to(state);
                };
            case PeerActive(var name)
            when name.equals(giving.preflight().peer()) -> taken(giving, "the peer is active", now);
            case PeerProcessDied(int address)
            when isPeer(giving, address) -> resumed(giving, "the peer's process died", now);
            case Tick()
            when now - takesBackAt(state) >= 0 ->
                resumed(giving, state.isPromising() ? "no sign of life from the peer" : state.why(), now);
            case Tick()
            when state.isPromising() && now - state.capAt() >= 0 ->
                asksToGiveUp(state, "the peer did not take over in time", now);
            case Tick() when !state.isPromising() && now - state.askAt() >= 0 -> asksToGiveUp(state, state.why(), now);
            case Full()
            when state.isPromising() -> asksToGiveUp(state, "the receive ring has no more room for held packets", now);
            case Withdrawn(String why) -> released(giving, why, now);
            case Tick _, Begin _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Served _, Promoted _ -> to(state);
        };
    }

    Step whileRelaying(Relaying state, Event event, long now) {
        return switch (event) {
            case Message(var _, var message, var _, var _) ->
                switch (message.kind()) {
                    case TAKEN -> to(state, say(state.giving(), Kind.GIVEN, 0)); // it did not hear us the first time
                    case REFUSED -> to(Idle.NOTHING, new Returned());
                    case PREPARE, ARMED, TRANSFER, HOLDING, ALIVE, GIVEN, ABORT, RESUMED -> to(state);
                };
            case Tick() when now - state.deadlineAt() >= 0 -> to(gave(state), new StandBy());
            case Withdrawn _ -> to(gave(state), new StandBy());
            case Promoted() -> to(gave(state));
            case Tick _, Begin _, Held _, Full _, Tables _ -> to(state);
            case PeerActive _, PeerReleased _, PeerProcessDied _, Served _ -> to(state);
        };
    }

    private Step promised(Transferring state, HandoverMessage request, long now) {
        var giving = state.giving().asked(request.stamp(), now);
        return to(
                new Transferring(giving, state.version(), state.capAt(), "", Long.MAX_VALUE),
                say(giving, Kind.HOLDING, state.version()));
    }

    private Step asksToGiveUp(Transferring state, String why, long now) {
        return to(
                new Transferring(state.giving(), state.version(), state.capAt(), why, now + deadlines.ask()),
                abort(state.giving(), why));
    }

    private Step taken(Giving giving, String step, long now) {
        var record = giving.record();
        return to(
                new Relaying(giving, now + deadlines.relay()),
                new Give(giving.preflight().peerAddress()),
                say(giving, Kind.GIVEN, 0),
                new Relay(giving.preflight().peer()),
                new Finished(record.ended(Outcome.DONE, record.reason(), step, now)));
    }

    long takesBackAt(Transferring state) {
        return state.giving().request().orElseThrow().arrivedAt() + deadlines.promise();
    }

    private static Idle gave(Relaying state) {
        return new Idle(state.giving().id(), Ending.RELEASED);
    }

    private static Step abortedBeforeHold(Giving giving, String why, long now) {
        return to(Idle.NOTHING, abort(giving, why), aborted(giving.record(), why, now));
    }

    private static Step resumed(Giving giving, String why, long now) {
        return to(
                new Idle(giving.id(), Ending.RESUMED),
                new Resume(),
                abort(giving, why),
                aborted(giving.record(), why, now));
    }

    private static Step released(Giving giving, String why, long now) {
        return to(new Idle(giving.id(), Ending.RELEASED), abort(giving, why), aborted(giving.record(), why, now));
    }

    private static Effect say(Giving giving, Kind kind, long version) {
        var preflight = giving.preflight();
        return new Send(
                preflight.peer(),
                new HandoverMessage(kind, giving.id(), preflight.term(), version, giving.stamp(), ""));
    }

    private static Effect abort(Giving giving, String why) {
        var preflight = giving.preflight();
        return new Send(preflight.peer(), new HandoverMessage(Kind.ABORT, giving.id(), preflight.term(), 0, 0, why));
    }

    private static boolean isPeer(Giving giving, int address) {
        return address == giving.preflight().peerAddress();
    }

    static boolean isOf(Giving giving, String from, HandoverMessage message) {
        return giving.id() == message.id() && giving.preflight().peer().equals(from);
    }
}
