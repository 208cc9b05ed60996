package holdfast.vip;

import holdfast.conf.Configuration.Trust;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One group of virtual addresses as a pure function: the election, the planned handover and the announcements of the
/// claims, wired to each other. The shell ([holdfast.vip.node.VrrpNode]) and the simulation run this same function.
///
/// It also decides which adverts reach the election ([Trust]), and how a director continues after a pause. It releases
/// the addresses, asks its peers, and is active again once each living peer has answered that it did not take over. A
/// peer restarts its own down timer before it answers, so that the answer stays true for that long.
///
/// Tables have a *history*. It begins when a director without one becomes active, and a standby shares it once it is
/// equal. Of two actives with different histories the one with the older history stays: the other started alone and has
/// few clients.
///
/// Order within a turn of the thread: [Paused] first, adverts next, then everything else, [Tick] last. The `now` of an
/// event is a time at which it had arrived; the `now` of a tick is a time at which no advert waited.
///
/// @param epoch  ms of the Unix epoch at 0 of the clock of `now`
public record VirtualRouter(Vrrp vrrp, Handover handover, GarpSchedule garp, Trust trust, long epoch) {
    /// How long adverts without a sealed word delay a standby. A peer vouches for an honest director that has just
    /// started sooner, also on a slow machine.
    static final long DOUBT_MAX = 5_000_000_000L;

    /// The same for a director that has never heard another director's word. Either key may be wrong, so it must
    /// not take the addresses from a director that serves. It has no tables that a client would miss meanwhile.
    static final long DOUBT_UNPROVED_MAX = 300_000_000_000L;

    static final long NOT_IN_DOUBT = Long.MIN_VALUE;

    /// @param tables      the last report of a standby's sync side
    /// @param fitAfter    time before which nobody asks us to take over: a down interval after the end of a pause
    /// @param peers       the words of the other directors
    /// @param faults      the faults that keep us out of the election, as sentences; empty for none
    /// @param unfit       other reasons against our taking over, as sentences
    /// @param doubtUntil  when we stop waiting because of adverts without a voucher; counted from the first of them
    /// @param waking      our question whether another director has taken over
    /// @param ahead       an advert that arrived before its sender's word
    /// @param renewAbove  a term that another director knows and that ours must exceed; 0 for none
    /// @param history     start of our tables' history, ms of the Unix epoch; 0 for none
    /// @param givenUp     promotions in a row that came too late and were given up
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
            long history,
            int givenUp) {
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
                0,
                0);

        public boolean isActive() {
            return vrrp instanceof Vrrp.Active;
        }

        /// This state, after a promotion from it was given up.
        public State afterGivingUp() {
            return new State(
                    vrrp,
                    handover,
                    garp,
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
                    givenUp + 1);
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
    /// @param isAlone  whether there was no peer to ask
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

    /// An advert whose sender has not yet reported that it is active: it counts as soon as the sender does.
    ///
    /// @param until  when the next advert is due, which makes this one useless
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

    /// The present faults that keep this director out of the election; empty for none.
    public record Links(List<String> faults) implements Event {
        public Links {
            faults = List.copyOf(faults);
        }
    }

    /// Other reasons against its taking over; empty for none.
    public record Unfit(List<String> reasons) implements Event {
        public Unfit {
            reasons = List.copyOf(reasons);
        }
    }

    public record Shutdown() implements Event {}

    public record Tables(TableState tables) implements Event {}

    public record Held(long finalVersion) implements Event {}

    /// The rings of the datapath, which holds packets, are nearly full.
    public record HeldFull() implements Event {}

    /// The datapath serves after a [BecomeActive], or could not in time.
    public record Served(boolean inTime) implements Event {}

    /// Another director knows this term, which is above ours.
    public record HigherTerm(int term) implements Event {}

    /// Another machine announced an address of ours, with this MAC.
    public record Stolen(int address, long mac) implements Event {}

    /// The group has other addresses than before.
    public record Claims() implements Event {}

    public record Message(String from, HandoverMessage message) implements Event {}

    public record Failover(Preflight preflight, String reason) implements Event {}

    public sealed interface Effect {}

    public record SendAdvert(int priority) implements Effect {}

    /// @param notAfter  the datapath must not begin to serve later
    public record BecomeActive(Vrrp.Promotion promotion, long notAfter) implements Effect {}

    public record BecomeStandby(Vrrp.Reason reason) implements Effect {}

    /// Continue as active under a term above this one.
    public record RenewTerm(int above) implements Effect {}

    /// One GARP for each claim.
    public record Announce() implements Effect {}

    public record Hold() implements Effect {}

    public record Resume() implements Effect {}

    public record Relay(String peer) implements Effect {}

    public record Send(String to, HandoverMessage message) implements Effect {}

    public record Finished(FailoverRecord record) implements Effect {}

    /// An advert was not believed; the shell counts it.
    public record Doubted(int sender, Doubt why) implements Effect {}

    /// What follows from an event.
    ///
    /// @param notAfter  after this time the shell looks for adverts once more before it carries out a promotion.
    ///     If it finds an advert, [State#afterGivingUp] replaces `next`, and the shell takes that advert first
    public record Step(State next, List<Effect> effects, long notAfter) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    public Step step(State state, Event event, long now) {
        var underWay = new StepUnderWay(this, state, now);
        underWay.take(event);
        return underWay.finished();
    }

    public long nextAt(State state) {
        return Math.min(state.garp().nextAt(), Math.min(Vrrp.nextAt(state.vrrp()), handover.nextAt(state.handover())));
    }

    /// How long this director has been silent when the shell is about to perform a step's effects. An active counts
    /// from its last advert: a pause within a turn adds to the silence before it.
    ///
    /// @param before  the state before the step
    /// @param at      the `now` of the step
    public long gap(State before, Event event, long at, long now) {
        return before.vrrp() instanceof Vrrp.Active active && !(event instanceof Served)
                ? Math.max(now - at, now - vrrp.lastAdvertAt(active))
                : now - at;
    }

    /// Whether an effect is forbidden to a director that may have been replaced meanwhile.
    public static boolean speaksForTheAddresses(Effect effect) {
        return switch (effect) {
            case SendAdvert(int priority) -> priority != 0;
            case BecomeActive _, Announce _, Resume _ -> true;
            case BecomeStandby _, Hold _, Relay _, Send _, Finished _, RenewTerm _, Doubted _ -> false;
        };
    }

    /// This director's word.
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
}
