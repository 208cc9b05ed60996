package holdfast.vip;

import holdfast.conf.Ipv4;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The state of one virtual router at one moment, for any thread. Intervals are in ns.
///
/// @param faults         the faults that keep it out of the election, as sentences; empty for none
/// @param alarms         alarms for the operator, as sentences
/// @param doubted        adverts not believed, by reason; only reasons that occurred
/// @param downInterval   how long the active must be silent before this director takes over
/// @param activeAddress  the active director as far as known: ourselves, or the one that we follow
/// @param sent           adverts
/// @param received       valid adverts
/// @param heardAt        boot-time ns of the last one; empty before the first
/// @param heardFrom      sender of the last one
/// @param turnedAt       boot-time ns of the election's last turn; one comes in each advert interval
/// @param refused        adverts dropped, by reason; only reasons that occurred
public record VrrpStatus(
        Role role,
        List<String> faults,
        List<String> alarms,
        Map<String, Long> doubted,
        long downInterval,
        Optional<Ipv4> activeAddress,
        Optional<Transition> lastTransition,
        long sent,
        long received,
        OptionalLong heardAt,
        Optional<Ipv4> heardFrom,
        long turnedAt,
        Map<String, Long> refused,
        Counts counts) {
    public VrrpStatus {
        faults = List.copyOf(faults);
        alarms = List.copyOf(alarms);
        doubted = Map.copyOf(doubted);
        refused = Map.copyOf(refused);
    }

    /// Counts since the start.
    ///
    /// @param roleChanges     of this director
    /// @param falseTakeovers  promotions by silence after which the old active was still heard
    /// @param pauses          times that this director stood by because it had been paused
    /// @param eventsLost      events that found the queue full
    /// @param sendErrors      adverts and announcements that the kernel refused
    public record Counts(long roleChanges, long falseTakeovers, long pauses, long eventsLost, long sendErrors) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0);
    }

    public enum Role {
        /// RFC 9568 names it "Initialize": a link that it needs is missing, or it has just started.
        FAULT,
        STANDBY,
        ACTIVE
    }

    /// @param cause  such as `PEER_SILENT` or `OUTRANKED`
    /// @param at     wall clock, for people only
    public record Transition(Role from, Role to, String cause, Instant at) {}
}
