package holdfast.vrrp;

import static holdfast.vrrp.Vrrp.Wait.*;

import java.util.ArrayList;
import java.util.List;

/// The election of one virtual router as a pure function of state, event and time (RFC 9568 §6.4): no socket, clock or
/// thread. `Standby` is the RFC's "Backup".
///
/// Seven rules go beyond the RFC. *Pause fencing*: an active that was silent for as long as a peer needs to take over
/// stands by before it sends anything more. Once it learns that no director took over, it is active again at once.
/// *Crash wait*: when the process of the active is known to be dead, its standby waits some ms instead of a down
/// interval. *Handover*: an active can give, and a standby take, without a timer. *Last word*: a director that yields
/// sends one last advert, so that the winner learns of the rival and repeats its GARPs (VRRP-REF 5.4, where a silent
/// yield cost 37.8 s). *Fitness*: a standby whose tables are not equal never preempts, and lets an equal standby take
/// over first. *Yielding*: a standby without tables, or with tables from before a pause, lets another take over first.
/// *Seniority*: of two actives the one with the older tables stays, whatever its priority; a director that started
/// while
/// it was cut off has empty tables.
///
/// All times are ns of one clock that also counts while the machine sleeps. An advert's time is one at which it had
/// arrived; a tick's time is one at which no advert waited (VRRP-REF 2.5).
///
/// @param priority  1 to 255, the higher one wins (§5.2.4); 255 owns the addresses and does not wait at its start
/// @param interval  ns between our own adverts while active
/// @param address   our primary IPv4 address, which decides between equal priorities
/// @param preempt   whether to take over from a live active of lower priority
/// @param fit       whether the tables are equal to the active's
public record Vrrp(int priority, long interval, int address, boolean preempt, boolean fit) {
    /// The priority of a director whose own addresses are the virtual ones.
    public static final int OWNER = 255;

    /// The wait of a standby of priority 0 after the active's process has died. A higher priority waits for a part
    /// of it, which keeps several standbys apart, as the skew does in a down interval.
    static final long CRASH_WAIT_INTERVAL = 5_000_000;

    /// How long a director ignores adverts of the director that gave it the group, once the handover is confirmed:
    /// earlier ones may still be under way.
    static final long SETTLE_INTERVAL = 50_000_000;

    /// The least time between two adverts that answer a rival, so that a flood of lower adverts causes no flood of
    /// ours.
    static final long ASSERT_INTERVAL_MIN = 1_000_000;

    private static final long PROMPT_INTERVAL_MIN = 2_000_000;

    public Vrrp {
        if (priority < 1 || priority > OWNER || interval <= 0) {
            throw new IllegalArgumentException("priority " + priority + " or interval " + interval);
        }
    }

    /// A router whose tables are equal.
    public Vrrp(int priority, long interval, int address, boolean preempt) {
        this(priority, interval, address, preempt, true);
    }

    /// The state of the election.
    public sealed interface State {}

    /// Takes no part: not started, link down, or shut down.
    public record Initialize() implements State {}

    /// Listens to the active director, or for one.
    ///
    /// @param peerDownAt    when we take over if the active stays silent
    /// @param peerInterval  ns between the active's adverts, from its last advert; ours before the first
    /// @param following     address of the active that spoke last, 0 for none
    /// @param gave          we handed the group over: no preempting until we have been active again
    /// @param waitsFor      the reason for the timer
    public record Standby(long peerDownAt, long peerInterval, int following, boolean gave, Wait waitsFor)
            implements State {}

    /// Owns the addresses.
    ///
    /// @param nextAdvertAt  one interval after the last advert that we sent
    public record Active(long nextAdvertAt, Promotion promotion) implements State {}

    /// Why a standby's timer has its value.
    public enum Wait {
        STARTED,
        FOLLOWING,
        /// An active of lower priority speaks, and we do not follow it.
        PREEMPTING,
        PEER_RESIGNED,
        PEER_PROCESS_DIED,
        RELEARNING,
        GAVE,
        /// Another standby should take over first.
        YIELDING
    }

    /// How and when a director became active.
    ///
    /// @param from  address of the previous active, 0 if none was heard
    public record Promotion(Cause cause, int from, long at) {}

    /// What made a director active.
    public enum Cause {
        OWNER_STARTED,
        NOBODY_SPOKE,
        PEER_SILENT,
        PEER_RESIGNED,
        PEER_PROCESS_DIED,
        /// An active of lower priority was heard until the end.
        PREEMPTED,
        /// We were active, were paused or gave the group to a director that could not keep it, and no peer took
        /// over meanwhile.
        NOBODY_TOOK_OVER,
        HANDOVER
    }

    /// Why a director released the addresses.
    public enum Reason {
        OUTRANKED,
        PAUSED,
        LINK_DOWN,
        SHUTDOWN,
        HANDED_OVER,
        /// A handover came too late: the giver may have taken the group back.
        TOO_LATE
    }

    /// The events of an election.
    public sealed interface Event {}

    /// Time has passed.
    public record Tick() implements Event {}

    /// A valid advert of another director.
    ///
    /// @param interval   ns until its next one
    /// @param seniority  above 0 if the sender's tables are older than ours, below 0 if ours are older, else 0
    public record Advert(int priority, long interval, int sender, int seniority) implements Event {
        public Advert(int priority, long interval, int sender) {
            this(priority, interval, sender, 0);
        }
    }

    /// The process of the director with this address has closed its sockets: it is dead although its host may live.
    public record PeerProcessDied(int address) implements Event {}

    /// We did not run for `gap` ns.
    public record Paused(long gap) implements Event {}

    /// The director with this address reports, under the cluster's seal, that it is no longer active.
    public record PeerResigned(int address) implements Event {}

    /// An advert for which no director vouches; it delays us until `until` at the latest.
    public record Doubted(long until) implements Event {}

    /// Another standby should take over, which it does by `until` if it lives.
    public record Yielded(long until) implements Event {}

    /// The director with this address was active, was paused, and asks whether we have taken over.
    public record Asked(int address) implements Event {}

    /// No peer has taken over while we were not active, and none will before it hears nothing for a whole down
    /// interval.
    public record Unrivalled() implements Event {}

    /// The director with this address has taken over from us by handover.
    public record HandoverGive(int taker) implements Event {}

    /// The active asks us to take over now.
    public record HandoverTake() implements Event {}

    /// The datapath serves, or could not in time, after a [Claim].
    public record Served(boolean inTime) implements Event {}

    /// The giver of the group knows that we have taken over.
    public record HandoverConfirmed() implements Event {}

    /// The giver of the group did not confirm in time, so it may have taken back.
    public record HandoverUnconfirmed() implements Event {}

    /// The taker of the group has released it again.
    public record HandoverReturned() implements Event {}

    public record LinkUp() implements Event {}

    public record LinkDown() implements Event {}

    public record Shutdown() implements Event {}

    /// The effects that the shell must perform, in order.
    public sealed interface Effect {}

    /// @param priority  0 resigns
    public record SendAdvert(int priority) implements Effect {}

    /// Take the next term, own the addresses, announce them.
    public record Claim(Promotion promotion) implements Effect {}

    /// Stop owning the addresses.
    public record Release(Reason reason) implements Effect {}

    /// A rival was heard: announce the addresses again.
    public record Reassert() implements Effect {}

    /// The state after an event, and the effects to perform.
    public record Step(State next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    /// The state after `event` at `now`, and the effects that the shell must perform, in order.
    public Step step(State state, Event event, long now) {
        return switch (state) {
            case Initialize initialize -> whileInitialize(initialize, event, now);
            case Standby standby -> whileStandby(standby, event, now);
            // The giver's promise covers a takeover by handover, however long the datapath took.
            case Active active when hasBeenSilent(active, now) && !(event instanceof Served) -> fenced(event, now);
            case Active active -> whileActive(active, event, now);
        };
    }

    private Step whileInitialize(Initialize state, Event event, long now) {
        return switch (event) {
            case LinkUp() when priority == OWNER -> promoted(Cause.OWNER_STARTED, 0, now);
            case LinkUp() -> standby(now + downInterval(interval), interval, 0, false, STARTED);
            case Tick _, Advert _, PeerProcessDied _, Paused _, LinkDown _, Shutdown _ -> unchanged(state);
            case PeerResigned _, Doubted _, Yielded _, Asked _, Unrivalled _ -> unchanged(state);
            case HandoverGive _, HandoverTake _, Served _, HandoverUnconfirmed _ -> unchanged(state);
            case HandoverConfirmed _, HandoverReturned _ -> unchanged(state);
        };
    }

    private Step whileStandby(Standby state, Event event, long now) {
        return switch (event) {
            case Tick() when now - state.peerDownAt() < 0 -> unchanged(state);
            // Since then something has come up that speaks against preempting; the active lives.
            case Tick()
            when state.waitsFor() == PREEMPTING && !preempt ->
                standby(
                        now + downInterval(state.peerInterval()),
                        state.peerInterval(),
                        state.following(),
                        state.gave(),
                        FOLLOWING);
            case Tick() -> promoted(causeOf(state), state.following(), now);
            case Advert ad when ad.sender() == address -> unchanged(state);
            case Advert ad when ad.priority() == 0 -> resigned(state, now);
            case Advert ad
            when follows(state, ad) ->
                standby(now + downInterval(ad.interval()), ad.interval(), ad.sender(), state.gave(), FOLLOWING);
            // A live active that we are about to preempt: the timer continues, and we remember its address.
            case Advert ad -> standby(state.peerDownAt(), state.peerInterval(), ad.sender(), state.gave(), PREEMPTING);
            case PeerResigned(int peer) when peer == state.following() -> resigned(state, now);
            case Doubted(long until) -> doubting(state, until, now);
            case Yielded(long until) -> standby(until, state.peerInterval(), state.following(), state.gave(), YIELDING);
            case Asked(int peer)
            when peer == state.following() || state.following() == 0 ->
                standby(now + downInterval(state.peerInterval()), state.peerInterval(), peer, state.gave(), FOLLOWING);
            case Unrivalled() when state.waitsFor() == RELEARNING -> promoted(Cause.NOBODY_TOOK_OVER, 0, now);
            case PeerProcessDied(int dead)
            when dead == state.following() && state.waitsFor() != RELEARNING -> processDied(state, now);
            case Paused(long gap)
            when gap > 3 * Math.min(interval, state.peerInterval()) ->
                standby(
                        now + downInterval(state.peerInterval()),
                        state.peerInterval(),
                        state.following(),
                        state.gave(),
                        RELEARNING);
            // Adverts sent while we did not run may be lost, so this time is no silence of the active.
            case Paused(long gap)
            when state.waitsFor() != PEER_PROCESS_DIED && state.waitsFor() != PEER_RESIGNED ->
                standby(
                        state.peerDownAt() + gap,
                        state.peerInterval(),
                        state.following(),
                        state.gave(),
                        state.waitsFor());
            case HandoverTake() -> taken(new Promotion(Cause.HANDOVER, state.following(), now), now);
            case HandoverReturned()
            when state.gave() -> standby(now + downInterval(interval), interval, 0, true, RELEARNING);
            case LinkDown _, Shutdown _ -> new Step(new Initialize(), List.of());
            case HandoverConfirmed _, HandoverUnconfirmed _, HandoverReturned _ -> unchanged(state);
            case PeerProcessDied _, PeerResigned _, Asked _, Unrivalled _ -> unchanged(state);
            case Paused _, LinkUp _, HandoverGive _, Served _ -> unchanged(state);
        };
    }

    private Step whileActive(Active state, Event event, long now) {
        return switch (event) {
            case Tick()
            when now - state.nextAdvertAt() >= 0 -> active(now, state.promotion(), new SendAdvert(priority));
            case Advert ad when ad.sender() == address -> unchanged(state); // a loop or a twin; the codec counts it
            case Advert ad when ad.priority() == 0 -> active(now, state.promotion(), new SendAdvert(priority));
            case Advert ad
            when outranksUs(ad) && !isStillUnderWay(state, ad, now) ->
                standby(
                        now + downInterval(ad.interval()),
                        ad.interval(),
                        ad.sender(),
                        false,
                        FOLLOWING,
                        new SendAdvert(priority),
                        new Release(Reason.OUTRANKED));
            case Advert _
            when now - lastAdvertAt(state) >= ASSERT_INTERVAL_MIN ->
                active(now, state.promotion(), new SendAdvert(priority), new Reassert());
            case Advert _ -> new Step(state, List.of(new Reassert()));
            case Paused(long gap) when gap > earliestTakeoverInterval() -> relearning(now);
            case HandoverGive(int taker) -> standby(now + downInterval(interval), interval, taker, true, GAVE);
            // Here the advert follows the claim: the giver relays to us after the advert and must find us
            // serving.
            case Served(boolean inTime)
            when isHandover(state) ->
                inTime ? active(now, state.promotion(), new SendAdvert(priority)) : tooLate(state, now);
            case HandoverConfirmed()
            when isHandover(state) ->
                active(now, new Promotion(Cause.HANDOVER, state.promotion().from(), now), new SendAdvert(priority));
            case HandoverUnconfirmed() when isHandover(state) -> tooLate(state, now);
            case LinkDown() -> new Step(new Initialize(), List.of(new SendAdvert(0), new Release(Reason.LINK_DOWN)));
            case Shutdown() -> new Step(new Initialize(), List.of(new SendAdvert(0), new Release(Reason.SHUTDOWN)));
            case Tick _, PeerProcessDied _, PeerResigned _, Doubted _, Yielded _ -> unchanged(state);
            case Asked _, Unrivalled _ -> unchanged(state);
            case Paused _, LinkUp _, HandoverTake _, Served _ -> unchanged(state);
            case HandoverConfirmed _, HandoverUnconfirmed _, HandoverReturned _ -> unchanged(state);
        };
    }

    /// The time of the next [Tick] that the state needs; [Long#MAX_VALUE] for never.
    public static long nextAt(State state) {
        return switch (state) {
            case Initialize _ -> Long.MAX_VALUE;
            case Standby standby -> standby.peerDownAt();
            case Active active -> active.nextAdvertAt();
        };
    }

    /// The time that this priority adds to three silent intervals, so that standbys do not collide (§6.1). In ns,
    /// because in centiseconds an interval of 10 ms would give every priority the same skew of 0.
    public long skewInterval(long peerInterval) {
        return (256 - priority) * peerInterval / 256 + (fit ? 0 : peerInterval);
    }

    /// How long an active with this interval must be silent before we take over (§6.1).
    public long downInterval(long peerInterval) {
        return 3 * peerInterval + skewInterval(peerInterval);
    }

    /// The down interval at most, whatever the priority and the tables.
    public long longestDownInterval(long peerInterval) {
        return 5 * peerInterval;
    }

    /// How soon after our last advert any peer may take over, whatever its priority.
    ///
    /// The crash wait is shorter, but no pause starts it: a paused process keeps its sockets open. A handover does
    /// not count either: its giver is not active.
    public long earliestTakeoverInterval() {
        return 3 * interval;
    }

    /// How long after its last look for adverts a standby may still act on the silence. That is less than the skew
    /// between most priorities, and enough to write a line of the log.
    public long promptInterval() {
        return Math.max(interval / 10, PROMPT_INTERVAL_MIN);
    }

    /// How long we wait once the process of an active with this interval is known to be dead. Several standbys
    /// learn of it some ms apart, so a standby that is not equal waits longer than that: else it could outrank an
    /// equal one.
    public long crashWaitInterval(long peerInterval) {
        return (256 - priority) * CRASH_WAIT_INTERVAL / 256 + (fit ? 0 : CRASH_WAIT_INTERVAL + peerInterval);
    }

    /// The same router with tables that are not equal: it leaves any live active alone and lets others act first.
    public Vrrp unfit() {
        return new Vrrp(priority, interval, address, priority == OWNER && preempt, false);
    }

    /// The same router while the active hands the group over: it takes nothing before.
    public Vrrp patient() {
        return new Vrrp(priority, interval, address, false, fit);
    }

    /// An active that finds itself silent for as long as a peer needs may no longer be the only active. It relearns
    /// first and answers the event as a standby, so it does not even send a resignation.
    private Step fenced(Event event, long now) {
        var first = relearning(now);
        var second = step(first.next(), event, now);
        var effects = new ArrayList<>(first.effects());
        effects.addAll(second.effects());
        return new Step(second.next(), effects);
    }

    private Step relearning(long now) {
        return standby(now + downInterval(interval), interval, 0, false, RELEARNING, new Release(Reason.PAUSED));
    }

    private Step resigned(Standby state, long now) {
        return standby(
                now + skewInterval(state.peerInterval()),
                state.peerInterval(),
                state.following(),
                state.gave(),
                PEER_RESIGNED);
    }

    /// An advert that the dead process sent just before, and that arrives after this event, restarts the full
    /// timer: it looks like the advert of a live process whose connection was cut. This costs one ordinary takeover
    /// time.
    private Step processDied(Standby state, long now) {
        long soon = now + crashWaitInterval(state.peerInterval());
        return standby(
                soon - state.peerDownAt() < 0 ? soon : state.peerDownAt(),
                state.peerInterval(),
                state.following(),
                state.gave(),
                PEER_PROCESS_DIED);
    }

    /// Whether an active has been silent for so long that a peer may have taken over.
    public boolean hasBeenSilent(State state, long now) {
        return state instanceof Active active && now - lastAdvertAt(active) >= earliestTakeoverInterval();
    }

    /// Whether a peer may have taken over from a director that has been silent for this long.
    public boolean mayBeReplacedAfter(long gap) {
        return gap > earliestTakeoverInterval();
    }

    /// When an active sent its last advert.
    public long lastAdvertAt(Active state) {
        return state.nextAdvertAt() - interval;
    }

    private boolean follows(Standby state, Advert ad) {
        boolean preempts = preempt && !state.gave();
        return !preempts || ad.priority() >= priority;
    }

    private boolean outranksUs(Advert ad) {
        if (ad.seniority() != 0) {
            return ad.seniority() > 0;
        }
        return ad.priority() > priority
                || (ad.priority() == priority && Integer.compareUnsigned(ad.sender(), address) > 0);
    }

    private static boolean isStillUnderWay(Active state, Advert ad, long now) {
        return isHandover(state)
                && state.promotion().from() == ad.sender()
                && now - state.promotion().at() < SETTLE_INTERVAL;
    }

    private static boolean isHandover(Active state) {
        return state.promotion().cause() == Cause.HANDOVER;
    }

    private static Cause causeOf(Standby state) {
        return switch (state.waitsFor()) {
            case PEER_RESIGNED -> Cause.PEER_RESIGNED;
            case PEER_PROCESS_DIED -> Cause.PEER_PROCESS_DIED;
            case PREEMPTING -> Cause.PREEMPTED;
            case STARTED, FOLLOWING, RELEARNING, GAVE, YIELDING ->
                state.following() == 0 ? Cause.NOBODY_SPOKE : Cause.PEER_SILENT;
        };
    }

    private Step promoted(Cause cause, int from, long now) {
        var promotion = new Promotion(cause, from, now);
        return active(now, promotion, new SendAdvert(priority), new Claim(promotion));
    }

    private Step taken(Promotion promotion, long now) {
        return active(now, promotion, new Claim(promotion));
    }

    private Step tooLate(Active state, long now) {
        return standby(
                now + downInterval(interval),
                interval,
                state.promotion().from(),
                false,
                FOLLOWING,
                new Release(Reason.TOO_LATE));
    }

    /// Waits as for any active, but never beyond `until`, and follows nobody, because the sender is not known.
    private Step doubting(Standby state, long until, long now) {
        long wanted = now + downInterval(interval);
        long waits = wanted - until < 0 ? wanted : until;
        return standby(
                waits - state.peerDownAt() > 0 ? waits : state.peerDownAt(),
                state.peerInterval(),
                state.following(),
                state.gave(),
                state.waitsFor());
    }

    /// An active whose next advert is due in one interval.
    private Step active(long now, Promotion promotion, Effect... effects) {
        return new Step(new Active(now + interval, promotion), List.of(effects));
    }

    private static Step standby(
            long peerDownAt, long peerInterval, int following, boolean gave, Wait waitsFor, Effect... effects) {
        return new Step(new Standby(peerDownAt, peerInterval, following, gave, waitsFor), List.of(effects));
    }

    private static Step unchanged(State state) {
        return new Step(state, List.of());
    }
}
