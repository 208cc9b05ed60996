package holdfast.vip;

import holdfast.conf.Ipv4;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What one virtual router is doing, at one moment, for any thread. Intervals are in ns.
///
/// @param word           what this director tells its peers
/// @param faults         what keeps it out of the election, as sentences; empty for nothing
/// @param alarms         what an operator must know now, as sentences
/// @param doubted        adverts not believed, by reason; only reasons that occurred
/// @param downInterval   how long the active must be silent before this director takes over
/// @param peerInterval   between the active's adverts as it last told; our own while we are active
/// @param activeAddress  the active director as far as known: ourselves, or whom we follow
/// @param handover       name of the handover step that is under way; `Idle` for none
/// @param tables         what the sync side last said of our tables
/// @param received       valid adverts
/// @param heardAt        boot-time ns of the last one; empty before the first
/// @param heardFrom      who sent the last one
/// @param refused        adverts dropped, by reason; only reasons that occurred
/// @param fenced         times this director stood by because it had been paused
/// @param contested      promotions by silence after which the old active was still heard: false takeovers
/// @param eventsLost     events that met a full queue
/// @param differingPeer  a peer whose adverts list other addresses than ours (keepalived would refuse ours)
/// @param lastFailover   the latest planned failover, under way or ended
public record VrrpStatus(
        Role role,
        OwnWord word,
        List<String> faults,
        List<String> alarms,
        Map<String, Long> doubted,
        int vrid,
        int priority,
        boolean preempt,
        long interval,
        long skewInterval,
        long downInterval,
        long peerInterval,
        Optional<Ipv4> activeAddress,
        Optional<Transition> lastTransition,
        String handover,
        TableState tables,
        long sent,
        long received,
        OptionalLong heardAt,
        Optional<Ipv4> heardFrom,
        Map<String, Long> refused,
        long sendErrors,
        long transitions,
        long fenced,
        long contested,
        long eventsLost,
        Optional<Ipv4> differingPeer,
        Optional<FailoverRecord> lastFailover) {
    public VrrpStatus {
        faults = List.copyOf(faults);
        alarms = List.copyOf(alarms);
        doubted = Map.copyOf(doubted);
        refused = Map.copyOf(refused);
    }

    public enum Role {
        INITIALIZE,
        STANDBY,
        ACTIVE
    }

    /// @param cause  such as `PEER_SILENT` or `OUTRANKED`
    /// @param at     wall clock, for people only
    public record Transition(Role from, Role to, String cause, Instant at) {}
}
