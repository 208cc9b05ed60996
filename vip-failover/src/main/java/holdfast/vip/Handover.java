package holdfast.vip;

import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.HandoverMessage.Kind;
import java.util.List;
import java.util.Optional;

/// The planned failover of a group as a pure function of state, event and time: its states, its events, its effects,
/// and which side an event concerns. [Giver] and [Taker] hold the steps of the two sides.
///
/// ```
///   giver                                              taker
///   Idle --failover--> Preparing  ---- PREPARE ---->   Idle, ready? -> Armed
///   Preparing          <---- ARMED, ALIVE (stamp) --   Armed: asks on and on
///   Holding: the worker leaves packets in the receive ring and reports its final version F
///   Transferring       ---- TRANSFER(F, stamp) ---->   Catching: until F is applied and proved equal
///   Transferring       <---- ALIVE(stamp) ----------   Catching
///   Transferring       ---- HOLDING(F, stamp) ----->   Catching: may take until stamp + promise
///   Relaying           <---- TAKEN, or its word ----   Taking: claim -> Confirming
///   Relaying           ---- GIVEN ----------------->   Confirming -> Idle
///   Idle, standby, when late frames have been relayed for long enough
/// ```
///
/// Until it learns of the takeover, the giver stays the active of the election: it continues its adverts, only its
/// packets wait.
///
/// **One owner.** No message makes both sides certain, but a promise bounds both. The taker's stamp is its own clock
/// when it asked. The giver promises to take nothing back before [Deadlines#promise] has passed since that request
/// *arrived*. The taker serves only until that long after it *sent* the request, which is earlier, unless the giver has
/// confirmed. Its datapath checks the clock itself. However late a message is, the two never both own the addresses.
///
/// The giver waits for a slow taker that asks again. It takes back from a silent taker when the promise ends, and from
/// a refusing or dead taker at once. A pause of either side needs no rule of its own: after it the clock decides. The
/// giver stops promising when its rings fill up or after [Deadlines#cap]. It then asks the taker to abort, and still
/// waits for the taker's answer or for the end of the last promise. A taker without confirmation releases the addresses
/// and reports it, unless the giver has been silent for so long that it must have fenced itself.
///
/// @param deadlines  how long each wait may last
public record Handover(Deadlines deadlines) {
    /// Lengths in ns.
    ///
    /// @param prepare  giver: from PREPARE to ARMED
    /// @param armed    taker: from the last message of the giver until the giver counts as gone
    /// @param hold     giver: from the hold to the final version
    /// @param promise  giver: time after a request of the taker in which it takes nothing back
    /// @param cap      giver: how long it continues to promise
    /// @param relay    giver: how long it relays late frames
    /// @param ask      interval at which either side repeats its message
    /// @param silence  an active without an advert for this long has fenced itself
    public record Deadlines(
            long prepare, long armed, long hold, long promise, long cap, long relay, long ask, long silence) {
        private static final long MS = 1_000_000;

        /// For an advert interval of `interval` ns.
        public static Deadlines of(long interval) {
            return new Deadlines(
                    2000 * MS, 3000 * MS, 500 * MS, 1000 * MS, 2000 * MS, 2000 * MS, 20 * MS, 3 * interval);
        }

        /// The part of a promise that the taker uses, because two clocks may differ in speed.
        long usable() {
            return promise - promise / 10;
        }
    }

    /// The state of a handover.
    public sealed interface State {}

    /// @param last    the previous handover, 0 for none
    /// @param ending  how it ended
    public record Idle(long last, Ending ending) implements State {
        static final Idle NOTHING = new Idle(0, Ending.NOTHING);
    }

    /// How a handover ended on this director.
    public enum Ending {
        NOTHING,
        /// The taker has taken over.
        TOOK,
        /// The taker has not taken over.
        REFUSED,
        /// The giver has taken back.
        RESUMED,
        /// The giver has given the group, or released it for another reason.
        RELEASED
    }

    /// The state that a giver keeps until the end.
    ///
    /// @param request  the latest of the taker; empty before the first
    record Giving(long id, Preflight preflight, FailoverRecord record, Optional<Request> request) {
        Giving with(String step, long now) {
            return new Giving(id, preflight, record.with(step, now), request);
        }

        Giving asked(long stamp, long now) {
            boolean isNewer = request.isEmpty() || stamp - request.get().stamp() > 0;
            return isNewer ? new Giving(id, preflight, record, Optional.of(new Request(stamp, now))) : this;
        }

        long stamp() {
            return request.map(Request::stamp).orElse(0L);
        }
    }

    /// @param stamp      the taker's clock when it sent this
    /// @param arrivedAt  on the giver's clock
    record Request(long stamp, long arrivedAt) {}

    record Preparing(Giving giving, long askAt, long deadlineAt) implements State {}

    record Holding(Giving giving, long deadlineAt) implements State {}

    /// @param capAt   when the giver stops promising
    /// @param why     why it has stopped; empty while it promises
    /// @param askAt   when it next asks the taker to abort
    record Transferring(Giving giving, long version, long capAt, String why, long askAt) implements State {
        boolean isPromising() {
            return why.isEmpty();
        }
    }

    record Relaying(Giving giving, long deadlineAt) implements State {}

    /// The state that a taker keeps until the end.
    record Offer(long id, String giver, FailoverRecord record) {}

    record Armed(Offer offer, long askAt, long deadlineAt) implements State {}

    /// @param mayUntil  the end of the promise, on our own clock
    record Catching(Offer offer, long version, long mayUntil, long askAt, long deadlineAt) implements State {}

    /// The datapath has been ordered to serve.
    record Taking(Offer offer, long mayUntil) implements State {}

    /// The datapath serves, until `mayUntil` or until the giver confirms.
    ///
    /// @param giverHeardAt  time of the last advert or word that reports the giver as active
    record Confirming(Offer offer, long mayUntil, long askAt, long giverHeardAt) implements State {}

    /// The events of a handover.
    public sealed interface Event {}

    public record Tick() implements Event {}

    /// The operator requests a failover.
    ///
    /// @param id      of the handover, greater than any before
    /// @param active  whether this director is active
    public record Begin(long id, Preflight preflight, boolean active, String reason) implements Event {}

    /// A message of the peer.
    ///
    /// @param objection  why we could not take over now; used with PREPARE only
    public record Message(String from, HandoverMessage message, Optional<String> objection, TableState tables)
            implements Event {}

    /// The worker holds packets; this is its last version.
    public record Held(long finalVersion) implements Event {}

    /// The rings of the worker that holds packets are nearly full.
    public record Full() implements Event {}

    public record Tables(TableState tables) implements Event {}

    /// This director is active, by a believed advert or its sealed word.
    public record PeerActive(String name) implements Event {}

    /// This director reports that it is not active.
    public record PeerReleased(String name) implements Event {}

    public record PeerProcessDied(int address) implements Event {}

    /// The datapath serves after a [Take], or could not in time.
    public record Served(boolean inTime) implements Event {}

    /// The election made us active without a handover.
    public record Promoted() implements Event {}

    /// We are no longer fit: outranked, link down, shutting down.
    public record Withdrawn(String why) implements Event {}

    /// The effects that the shell must perform, in order.
    public sealed interface Effect {}

    public record Send(String to, HandoverMessage message) implements Effect {}

    /// The worker leaves packets for the virtual addresses in the receive ring, writes a checkpoint into the stream,
    /// and reports.
    public record Hold() implements Effect {}

    /// The worker forwards again, the held packets first.
    public record Resume() implements Effect {}

    /// The worker relays held and late frames to the peer.
    public record Relay(String peer) implements Effect {}

    /// The relay has ended: an ordinary standby from now on.
    public record StandBy() implements Effect {}

    /// The election learns that the peer with this address has taken over.
    public record Give(int taker) implements Effect {}

    /// The election takes over. The datapath must not begin to serve after `notAfter`.
    public record Take(long notAfter) implements Effect {}

    /// The election learns that the giver has confirmed; an advert then lets the datapath serve as long as any
    /// other does.
    public record Confirmed() implements Effect {}

    /// The election learns that the giver may have taken back.
    public record Unconfirmed() implements Effect {}

    /// The election learns that the taker has released the addresses.
    public record Returned() implements Effect {}

    public record Finished(FailoverRecord record) implements Effect {}

    /// The state after an event, and the effects to perform.
    public record Step(State next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    /// The state after `event` at `now`, and the effects that the shell must perform, in order.
    public Step step(State state, Event event, long now) {
        return switch (event) {
            case Begin begin -> giver().begin(state, begin, now);
            case Message(var from, var message, var objection, var _)
            when message.kind() == Kind.PREPARE -> taker().prepare(state, from, message, objection, now);
            case Message(var from, var message, var _, var _)
            when !isOf(state, from, message) -> new Step(state, answer(state, from, message, now));
            case Message(var _, var message, var _, var _) when isOutdatedRefusal(state, message) -> to(state);
            case Message _, Tick _, Held _, Full _, Tables _, PeerActive _, PeerReleased _ ->
                dispatch(state, event, now);
            case PeerProcessDied _, Served _, Promoted _, Withdrawn _ -> dispatch(state, event, now);
        };
    }

    private Step dispatch(State state, Event event, long now) {
        return switch (state) {
            case Idle _ -> to(state);
            case Preparing preparing -> giver().whilePreparing(preparing, event, now);
            case Holding holding -> giver().whileHolding(holding, event, now);
            case Transferring transferring -> giver().whileTransferring(transferring, event, now);
            case Relaying relaying -> giver().whileRelaying(relaying, event, now);
            case Armed armed -> taker().whileArmed(armed, event, now);
            case Catching catching -> taker().whileCatching(catching, event, now);
            case Taking taking -> taker().whileTaking(taking, event, now);
            case Confirming confirming -> taker().whileConfirming(confirming, event, now);
        };
    }

    private Giver giver() {
        return new Giver(deadlines);
    }

    private Taker taker() {
        return new Taker(deadlines);
    }

    /// The time of the next [Tick] that the state needs; [Long#MAX_VALUE] for never.
    public long nextAt(State state) {
        return switch (state) {
            case Idle _, Taking _ -> Long.MAX_VALUE;
            case Preparing preparing -> Math.min(preparing.askAt(), preparing.deadlineAt());
            case Holding holding -> holding.deadlineAt();
            case Transferring transferring ->
                Math.min(
                        giver().takesBackAt(transferring),
                        transferring.isPromising() ? transferring.capAt() : transferring.askAt());
            case Relaying relaying -> relaying.deadlineAt();
            case Armed armed -> Math.min(armed.askAt(), armed.deadlineAt());
            case Catching catching -> Math.min(catching.askAt(), catching.deadlineAt());
            case Confirming confirming -> Math.min(confirming.askAt(), confirming.mayUntil());
        };
    }

    /// The latest time until which the datapath may serve, whatever adverts are sent.
    public static long servesAtMost(State state) {
        return switch (state) {
            case Confirming confirming -> confirming.mayUntil();
            case Idle _, Preparing _, Holding _, Transferring _, Relaying _ -> Long.MAX_VALUE;
            case Armed _, Catching _, Taking _ -> Long.MAX_VALUE;
        };
    }

    /// Whether the state waits for [Tables].
    public static boolean awaitsTables(State state) {
        return state instanceof Armed || state instanceof Catching;
    }

    /// Whether we are about to take over from this director.
    static boolean isTakenFrom(State state, String giver) {
        return switch (state) {
            case Armed(var offer, var _, var _) -> offer.giver().equals(giver);
            case Catching(var offer, var _, var _, var _, var _) ->
                offer.giver().equals(giver);
            case Idle _, Preparing _, Holding _, Transferring _, Relaying _, Taking _, Confirming _ -> false;
        };
    }

    /// Whether we have taken over from this director, which may not know it yet.
    static boolean isConfirmedBy(State state, String giver) {
        return state instanceof Confirming confirming
                && confirming.offer().giver().equals(giver);
    }

    /// The state after an advert in this director's name, believed or not: a giver that may live has not fenced
    /// itself.
    static State spoken(State state, String name, long now) {
        return state instanceof Confirming(var offer, long mayUntil, long askAt, long _)
                        && offer.giver().equals(name)
                ? new Confirming(offer, mayUntil, askAt, now)
                : state;
    }

    static boolean isIdle(State state) {
        return state instanceof Idle;
    }

    static Effect refused(FailoverRecord record, String why, long now) {
        return new Finished(record.ended(Outcome.REFUSED, why, "refused", now));
    }

    static Effect aborted(FailoverRecord record, String why, long now) {
        return new Finished(record.ended(Outcome.ABORTED, why, "aborted", now));
    }

    /// The answer to a side that speaks of a handover which has ended here. A handover that is unknown here gets no
    /// answer: a giver waits until its promise ends, a taker until it may no longer serve.
    private static List<Effect> answer(State state, String from, HandoverMessage message, long now) {
        if (!(state instanceof Idle idle) || idle.last() != message.id()) {
            return List.of();
        }
        var kind = switch (message.kind()) {
            case TRANSFER, HOLDING, ABORT ->
                switch (idle.ending()) {
                    case TOOK -> Optional.of(Kind.TAKEN);
                    case REFUSED -> Optional.of(Kind.REFUSED);
                    case NOTHING, RESUMED, RELEASED -> Optional.<Kind>empty();
                };
            case TAKEN ->
                switch (idle.ending()) {
                    case RESUMED -> Optional.of(Kind.RESUMED);
                    case RELEASED -> Optional.of(Kind.GIVEN);
                    case NOTHING, TOOK, REFUSED -> Optional.<Kind>empty();
                };
            case PREPARE, ARMED, REFUSED, ALIVE, GIVEN, RESUMED -> Optional.<Kind>empty();
        };
        return kind
                .<Effect>map(answer -> new Send(
                        from,
                        new HandoverMessage(
                                answer,
                                message.id(),
                                message.term(),
                                0,
                                answer == Kind.REFUSED ? now : 0,
                                answer == Kind.REFUSED ? "not armed for this handover" : "")))
                .stream()
                .toList();
    }

    /// Whether the taker refused before it was ready: the giver has promised on a later message of the taker.
    private static boolean isOutdatedRefusal(State state, HandoverMessage message) {
        var giving = switch (state) {
            case Holding(var held, var _) -> Optional.of(held);
            case Transferring(var held, var _, var _, var _, var _) -> Optional.of(held);
            case Relaying(var held, var _) -> Optional.of(held);
            case Idle _, Preparing _, Armed _, Catching _, Taking _, Confirming _ -> Optional.<Giving>empty();
        };
        return message.kind() == Kind.REFUSED
                && giving.flatMap(Giving::request)
                        .filter(request -> message.stamp() - request.stamp() <= 0)
                        .isPresent();
    }

    /// Whether a message belongs to the handover in progress here, and comes from its other side.
    static boolean isOf(State state, String from, HandoverMessage message) {
        return switch (state) {
            case Idle _ -> false;
            case Relaying(var giving, var _) -> Giver.isOf(giving, from, message);
            case Preparing(var giving, var _, var _) -> Giver.isOf(giving, from, message);
            case Holding(var giving, var _) -> Giver.isOf(giving, from, message);
            case Transferring(var giving, var _, var _, var _, var _) -> Giver.isOf(giving, from, message);
            case Armed(var offer, var _, var _) -> Taker.isOf(offer, from, message);
            case Catching(var offer, var _, var _, var _, var _) -> Taker.isOf(offer, from, message);
            case Taking(var offer, var _) -> Taker.isOf(offer, from, message);
            case Confirming(var offer, var _, var _, var _) -> Taker.isOf(offer, from, message);
        };
    }

    static Step to(State next, Effect... effects) {
        return new Step(next, List.of(effects));
    }
}
