package holdfast.vip;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.FailoverRecord.Side;
import holdfast.vip.HandoverMessage.Kind;
import java.util.List;
import java.util.Optional;

/// The planned failover of a group, both sides of it, as a pure function of state, event and time.
///
/// ```
///   giver                                              taker
///   Idle --failover--> Preparing  ---- PREPARE ---->   Idle, ready? -> Armed
///   Preparing          <------------- ARMED --------
///   Holding: the worker leaves packets in the receive ring and says its final version F; adverts go on
///   Transferring: adverts stop    ---- TRANSFER(F) ->  Catching: until F is applied and proved equal
///   Relaying           <------------- TAKEN --------   takes: advert, next term, GARP -> Idle
///   Idle, standby, when late frames have been relayed for long enough
/// ```
///
/// Any refusal or deadline aborts: the giver forwards and advertises again under the same term, tells the taker ABORT
/// and the operator why.
///
/// **Two generals.** No message makes both sides certain, so the question is which side errs for how long.
/// After TRANSFER the giver is silent but has not released anything; any of TAKEN, an advert of the taker, seen
/// on two different paths, tells it that the taker took. If neither comes before its deadline it takes back and
/// says ABORT, which follows TRANSFER in order. The taker takes only while armed, within its own deadline (half
/// the giver's, so that TAKEN has the other half), not after ABORT, and not after it was paused itself. What is
/// left is a TRANSFER delayed on its way by about as much as the deadline: the taker takes while the giver
/// takes back. Therefore the giver stays in `Doubt` for a while after a take-back and still gives way to a late
/// TAKEN or advert, whatever the priorities; the taker does not obey the giver's adverts meanwhile
/// ([holdfast.vrrp.Vrrp]'s settle time). So both own the addresses for the flight time of one advert. Only
/// where both paths lose everything for the whole settle time does the ordinary election decide, by priority,
/// at the next advert that passes. There is no window with no owner beyond the giver's deadline: if the taker
/// dies the giver takes back; if the giver dies the taker's down timer or the closed socket acts.
///
/// @param deadlines  how long each wait may last
public record Handover(Deadlines deadlines) {
    /// Lengths in ns.
    ///
    /// @param prepare   giver: from PREPARE to ARMED
    /// @param armed     taker: from PREPARE to TRANSFER
    /// @param hold      giver: from the hold to the final version
    /// @param transfer  giver: from TRANSFER to a sign of the taker; must be below its own down interval
    /// @param doubt     giver: after a take-back, how long a late sign of the taker still counts
    /// @param relay     giver: how long late frames are relayed
    public record Deadlines(long prepare, long armed, long hold, long transfer, long doubt, long relay) {
        private static final long MS = 1_000_000;

        /// For an advert interval of `interval` ns.
        public static Deadlines of(long interval) {
            return new Deadlines(1000 * MS, 1500 * MS, 50 * MS, Math.min(100 * MS, 2 * interval), 1000 * MS, 2000 * MS);
        }
    }

    /// Where a handover stands.
    public sealed interface State {}

    public record Idle() implements State {}

    record Preparing(Preflight preflight, FailoverRecord record, long deadlineAt) implements State {}

    record Holding(Preflight preflight, FailoverRecord record, long deadlineAt) implements State {}

    record Transferring(Preflight preflight, FailoverRecord record, long deadlineAt) implements State {}

    /// Taken back after TRANSFER: the peer may have taken all the same.
    record Doubt(Preflight preflight, FailoverRecord record, long deadlineAt) implements State {}

    record Relaying(Preflight preflight, long deadlineAt) implements State {}

    record Armed(String giver, FailoverRecord record, long deadlineAt) implements State {}

    record Catching(String giver, FailoverRecord record, long version, long deadlineAt) implements State {}

    /// What can happen to a handover.
    public sealed interface Event {}

    public record Tick() implements Event {}

    /// The operator asks.
    ///
    /// @param active  whether we are the active director
    public record Begin(Preflight preflight, boolean active, String reason) implements Event {}

    /// A message of the peer.
    ///
    /// @param objection  why we could not take over now; looked at with PREPARE only
    public record Message(String from, HandoverMessage message, Optional<String> objection, TableState tables)
            implements Event {}

    /// The worker holds packets and this is its last version.
    public record Held(long finalVersion) implements Event {}

    public record Tables(TableState tables) implements Event {}

    /// An advert, not a resignation, of this address.
    public record PeerAdvert(int sender) implements Event {}

    public record PeerProcessDied(int address) implements Event {}

    public record Paused() implements Event {}

    /// The election made us active by itself.
    public record Promoted() implements Event {}

    /// We are not fit any more: outranked, link down, shutting down.
    public record Withdrawn(String why) implements Event {}

    /// What the shell must do, in order.
    public sealed interface Effect {}

    public record Send(String to, HandoverMessage message) implements Effect {}

    /// The worker leaves packets for the virtual addresses in the receive ring, marks the stream, and reports.
    public record Hold() implements Effect {}

    /// The worker forwards again, the held packets first.
    public record Resume() implements Effect {}

    /// The worker sends held and late frames on to the peer.
    public record Relay(String peer) implements Effect {}

    /// The relay is over: an ordinary standby from now on.
    public record StandBy() implements Effect {}

    /// Tell the election to give, to take back, to take.
    public record Give() implements Effect {}

    public record TakeBack() implements Effect {}

    public record Take() implements Effect {}

    public record Finished(FailoverRecord record) implements Effect {}

    /// The state after an event, and what must then be done.
    public record Step(State next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    /// The state after `event` at `now`, and what the shell must then do, in order.
    public Step step(State state, Event event, long now) {
        return switch (event) {
            case Begin begin -> begin(state, begin, now);
            case Message(var from, var message, var objection, var _)
            when message.kind() == Kind.PREPARE -> asked(state, from, message, objection, now);
            case Message message
            when message.message().kind() == Kind.TRANSFER && !isArmedFor(state, message) ->
                to(state, refuse(message.from(), message.message().term(), "not armed for this handover"));
            default ->
                switch (state) {
                    case Idle _ -> to(state);
                    case Preparing preparing -> whilePreparing(preparing, event, now);
                    case Holding holding -> whileHolding(holding, event, now);
                    case Transferring transferring -> whileTransferring(transferring, event, now);
                    case Doubt doubt -> whileDoubt(doubt, event, now);
                    case Relaying relaying -> whileRelaying(relaying, event, now);
                    case Armed armed -> whileArmed(armed, event, now);
                    case Catching catching -> whileCatching(catching, event, now);
                };
        };
    }

    /// When the state wants its next [Tick]; [Long#MAX_VALUE] for never.
    public static long nextAt(State state) {
        return switch (state) {
            case Idle _ -> Long.MAX_VALUE;
            case Preparing preparing -> preparing.deadlineAt();
            case Holding holding -> holding.deadlineAt();
            case Transferring transferring -> transferring.deadlineAt();
            case Doubt doubt -> doubt.deadlineAt();
            case Relaying relaying -> relaying.deadlineAt();
            case Armed armed -> armed.deadlineAt();
            case Catching catching -> catching.deadlineAt();
        };
    }

    /// Whether the state waits for [Tables].
    static boolean awaitsTables(State state) {
        return state instanceof Armed || state instanceof Catching;
    }

    private Step begin(State state, Begin begin, long now) {
        var preflight = begin.preflight();
        var record =
                FailoverRecord.begun(Side.GIVER, preflight.peer(), preflight.term(), now, begin.reason(), "preflight");
        if (!(state instanceof Idle)) {
            return to(state, refused(record, "another handover is under way", now));
        }
        if (!begin.active()) {
            return to(state, refused(record, "this director is not active", now));
        }
        var objections = preflight.objections();
        if (!objections.isEmpty()) {
            return to(state, refused(record, String.join("; ", objections), now));
        }
        var prepare = new HandoverMessage(Kind.PREPARE, preflight.term(), preflight.version(), "");
        return to(
                new Preparing(preflight, record.with(FailoverRecord.PREPARE_SENT, now), now + deadlines.prepare()),
                new Send(preflight.peer(), prepare));
    }

    private Step whilePreparing(Preparing state, Event event, long now) {
        return switch (event) {
            case Message message
            when isFromPeer(state.preflight(), message, Kind.ARMED) ->
                to(
                        new Holding(
                                state.preflight(),
                                state.record().with(FailoverRecord.PEER_ARMED, now),
                                now + deadlines.hold()),
                        new Hold());
            case Message message
            when isFromPeer(state.preflight(), message, Kind.REFUSED) ->
                to(
                        new Idle(),
                        refused(
                                state.record(),
                                "the peer refused: " + message.message().reason(),
                                now));
            case Tick()
            when now - state.deadlineAt() >= 0 -> abortedBeforeHold(state, "the peer did not answer PREPARE", now);
            case PeerProcessDied(int address)
            when address == state.preflight().peerAddress() -> abortedBeforeHold(state, "the peer's process died", now);
            case Paused() -> abortedBeforeHold(state, "this director was paused", now);
            case Withdrawn(String why) -> abortedBeforeHold(state, why, now);
            default -> to(state);
        };
    }

    private Step whileHolding(Holding state, Event event, long now) {
        return switch (event) {
            case Held(long finalVersion) -> {
                var transfer =
                        new HandoverMessage(Kind.TRANSFER, state.preflight().term(), finalVersion, "");
                yield to(
                        new Transferring(
                                state.preflight(),
                                state.record().with("held", now).with("transfer sent", now),
                                now + deadlines.transfer()),
                        new Give(),
                        new Send(state.preflight().peer(), transfer));
            }
            case Tick()
            when now - state.deadlineAt() >= 0 ->
                abortedHold(state, "the worker did not report its final version", now);
            case Message message
            when isFromPeer(state.preflight(), message, Kind.REFUSED) ->
                abortedHold(state, "the peer refused: " + message.message().reason(), now);
            case PeerProcessDied(int address)
            when address == state.preflight().peerAddress() -> abortedHold(state, "the peer's process died", now);
            case Paused() -> abortedHold(state, "this director was paused", now);
            // The election has released the addresses, and with them the held packets.
            case Withdrawn(String why) ->
                to(new Idle(), abort(state.preflight(), why), aborted(state.record(), why, now));
            default -> to(state);
        };
    }

    private Step whileTransferring(Transferring state, Event event, long now) {
        return switch (event) {
            case Message message
            when isFromPeer(state.preflight(), message, Kind.TAKEN) ->
                taken(state.preflight(), state.record(), "taken", now);
            case PeerAdvert(int sender)
            when sender == state.preflight().peerAddress() ->
                taken(state.preflight(), state.record(), "peer's advert heard", now);
            case Message message
            when isFromPeer(state.preflight(), message, Kind.REFUSED) ->
                takenBack(
                        new Idle(),
                        state,
                        "the peer refused: " + message.message().reason(),
                        now);
            case PeerProcessDied(int address)
            when address == state.preflight().peerAddress() ->
                takenBack(new Idle(), state, "the peer's process died", now);
            case Tick()
            when now - state.deadlineAt() >= 0 ->
                takenBack(doubt(state, now), state, "no sign that the peer took over", now);
            // The peer had all the time of the pause, so we do not take back: its advert decides, or our down timer.
            case Paused() -> to(new Idle(), new StandBy(), aborted(state.record(), "this director was paused", now));
            case Promoted() -> {
                String why = "no sign that the peer took over before the down timer ended";
                yield to(doubt(state, now), abort(state.preflight(), why), aborted(state.record(), why, now));
            }
            case Withdrawn(String why) -> to(new Idle(), new StandBy(), aborted(state.record(), why, now));
            default -> to(state);
        };
    }

    private Step whileDoubt(Doubt state, Event event, long now) {
        return switch (event) {
            case Message message
            when isFromPeer(state.preflight(), message, Kind.TAKEN) -> takenAfterAll(state, "late taken", now);
            case PeerAdvert(int sender)
            when sender == state.preflight().peerAddress() -> takenAfterAll(state, "peer's late advert heard", now);
            case Tick() when now - state.deadlineAt() >= 0 -> to(new Idle());
            case Withdrawn _ -> to(new Idle());
            default -> to(state);
        };
    }

    private Step whileRelaying(Relaying state, Event event, long now) {
        return switch (event) {
            case Tick() when now - state.deadlineAt() >= 0 -> to(new Idle(), new StandBy());
            case Paused(), Withdrawn _ -> to(new Idle(), new StandBy());
            case Promoted() -> to(new Idle());
            default -> to(state);
        };
    }

    private Step asked(State state, String from, HandoverMessage message, Optional<String> objection, long now) {
        if (!(state instanceof Idle)) {
            return to(state, refuse(from, message.term(), "another handover is under way"));
        }
        if (objection.isPresent()) {
            return to(state, refuse(from, message.term(), objection.get()));
        }
        var record = FailoverRecord.begun(Side.TAKER, from, message.term(), now, "asked by " + from, "armed");
        return to(
                new Armed(from, record, now + deadlines.armed()),
                new Send(from, new HandoverMessage(Kind.ARMED, message.term(), 0, "")));
    }

    private Step whileArmed(Armed state, Event event, long now) {
        return switch (event) {
            case Message(var _, var message, var _, var tables)
            when message.kind() == Kind.TRANSFER -> {
                var record = state.record().with("transfer received", now);
                yield tables.hasProved(message.version())
                        ? takes(state.giver(), record, now)
                        : to(new Catching(state.giver(), record, message.version(), now + deadlines.transfer() / 2));
            }
            case Message message
            when isAbort(state.giver(), state.record(), message) ->
                to(new Idle(), aborted(state.record(), message.message().reason(), now));
            case Tick()
            when now - state.deadlineAt() >= 0 -> to(new Idle(), aborted(state.record(), "no TRANSFER came", now));
            case Paused() -> disarmed(state.giver(), state.record(), "the taker was paused", now);
            case Withdrawn(String why) -> disarmed(state.giver(), state.record(), why, now);
            case Promoted() -> disarmed(state.giver(), state.record(), "the active failed meanwhile", now);
            default -> to(state);
        };
    }

    private Step whileCatching(Catching state, Event event, long now) {
        return switch (event) {
            case Tables(var tables) when tables.hasProved(state.version()) -> takes(state.giver(), state.record(), now);
            case Message message
            when isAbort(state.giver(), state.record(), message) ->
                to(new Idle(), aborted(state.record(), message.message().reason(), now));
            case Tick()
            when now - state.deadlineAt() >= 0 ->
                disarmed(state.giver(), state.record(), "the taker was not proved equal in time", now);
            case Paused() -> disarmed(state.giver(), state.record(), "the taker was paused", now);
            case Withdrawn(String why) -> disarmed(state.giver(), state.record(), why, now);
            case Promoted() -> disarmed(state.giver(), state.record(), "the active failed meanwhile", now);
            default -> to(state);
        };
    }

    private Step taken(Preflight preflight, FailoverRecord record, String step, long now) {
        return to(
                new Relaying(preflight, now + deadlines.relay()),
                new Relay(preflight.peer()),
                new Finished(record.ended(Outcome.DONE, record.reason(), step, now)));
    }

    private Step takenAfterAll(Doubt state, String step, long now) {
        return to(
                new Relaying(state.preflight(), now + deadlines.relay()),
                new Give(),
                new Relay(state.preflight().peer()),
                new Finished(state.record().ended(Outcome.DONE, "taken after all", step, now)));
    }

    private Step takes(String giver, FailoverRecord record, long now) {
        return to(
                new Idle(),
                new Take(),
                new Send(giver, new HandoverMessage(Kind.TAKEN, record.term(), 0, "")),
                new Finished(record.with("proved equal", now).ended(Outcome.DONE, record.reason(), "taken", now)));
    }

    private Step disarmed(String giver, FailoverRecord record, String why, long now) {
        return to(new Idle(), refuse(giver, record.term(), why), aborted(record, why, now));
    }

    private static Step abortedBeforeHold(Preparing state, String why, long now) {
        return to(new Idle(), abort(state.preflight(), why), aborted(state.record(), why, now));
    }

    private static Step abortedHold(Holding state, String why, long now) {
        return to(new Idle(), new Resume(), abort(state.preflight(), why), aborted(state.record(), why, now));
    }

    private static Step takenBack(State next, Transferring state, String why, long now) {
        return to(next, new TakeBack(), new Resume(), abort(state.preflight(), why), aborted(state.record(), why, now));
    }

    private Doubt doubt(Transferring state, long now) {
        return new Doubt(state.preflight(), state.record().with("doubt", now), now + deadlines.doubt());
    }

    private static Effect refused(FailoverRecord record, String why, long now) {
        return new Finished(record.ended(Outcome.REFUSED, why, "refused", now));
    }

    private static Effect aborted(FailoverRecord record, String why, long now) {
        return new Finished(record.ended(Outcome.ABORTED, why, "aborted", now));
    }

    private static Effect abort(Preflight preflight, String why) {
        return new Send(preflight.peer(), new HandoverMessage(Kind.ABORT, preflight.term(), 0, why));
    }

    private static Effect refuse(String to, int term, String why) {
        return new Send(to, new HandoverMessage(Kind.REFUSED, term, 0, why));
    }

    private static boolean isFromPeer(Preflight preflight, Message event, Kind kind) {
        return event.message().kind() == kind
                && event.from().equals(preflight.peer())
                && event.message().term() == preflight.term();
    }

    private static boolean isAbort(String giver, FailoverRecord record, Message event) {
        return event.message().kind() == Kind.ABORT
                && event.from().equals(giver)
                && event.message().term() == record.term();
    }

    private static boolean isArmedFor(State state, Message event) {
        return state instanceof Armed armed
                && armed.giver().equals(event.from())
                && armed.record().term() == event.message().term();
    }

    private static Step to(State next, Effect... effects) {
        return new Step(next, List.of(effects));
    }
}
