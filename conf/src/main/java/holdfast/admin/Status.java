package holdfast.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A director at a glance: whether it is active, whether it is safe to fail over now, and what a crash would lose.
///
/// Each part is independent: a part that does not answer is null, and a fault names it.
///
/// @param director        name of this director
/// @param version         of the program
/// @param at              time of this status, by the wall clock, as in RFC 3339
/// @param uptimeMs        since the process started
/// @param group           name of the VIP group
/// @param term            of the present or last active of the group, as this director knows it; null before it
///     heard one
/// @param faults          faults of this director, each a sentence: a link, its disk, a datapath that does not answer
/// @param alarms          behaviour of other machines, each a sentence: a foreign key, a twin name, a stolen VIP
/// @param lastTransition  null if the role has not changed since the start
/// @param failover        the answer to "is it safe to fail over now"
/// @param sync            the readout behind that answer
/// @param config          which configuration, orders by hand and reports of agents are in force
public record Status(
        String director,
        String version,
        String at,
        long pid,
        long uptimeMs,
        Role role,
        @Nullable Integer term,
        String group,
        int vrid,
        int priority,
        List<String> faults,
        List<String> alarms,
        List<Vip> vips,
        Adverts adverts,
        @Nullable Transition lastTransition,
        FailoverReadiness failover,
        Sync sync,
        Datapath datapath,
        Config config) {
    public Status {
        faults = List.copyOf(faults);
        alarms = List.copyOf(alarms);
        vips = List.copyOf(vips);
    }

    /// One VIP of the group.
    ///
    /// @param address   dotted quad
    /// @param answered  whether this director answers ARP and packets for it now
    public record Vip(String address, String interfaceName, boolean answered) {}

    /// VRRP adverts since the start.
    ///
    /// @param refused            by reason, such as `checksum` or `nobody-vouches`
    /// @param counts             by event: `role-changes`; `pauses` after which it stood by; `events-lost`;
    ///     `send-errors`; `false-takeovers`, after which the old active was still heard
    /// @param lastReceivedFrom   dotted quad; null if none was received
    /// @param lastReceivedAgeMs  null if none was received
    public record Adverts(
            int intervalMs,
            long sent,
            long received,
            Map<String, Long> refused,
            Map<String, Long> counts,
            @Nullable String lastReceivedFrom,
            @Nullable Long lastReceivedAgeMs) {
        public Adverts {
            refused = Map.copyOf(refused);
            counts = Map.copyOf(counts);
        }
    }

    /// The last change of role.
    public record Transition(Role from, Role to, String cause, long ageMs) {}

    /// Packets and tables since the start of the process.
    ///
    /// @param drops        packets not forwarded, by reason
    /// @param counters     all other counters of the datapath, by name
    /// @param connections  null if the datapath has not answered
    /// @param templates    null if the datapath has not answered
    /// @param passedOver   addresses of real servers that cannot be reached: they get no new clients while their
    ///     service has other servers; null if the datapath has not answered
    /// @param resetsUnknown  whether a TCP segment of an unknown connection is reset now, rather than dropped
    /// @param unrouted     the latest destination of a packet without a route, if that was in the last minute
    public record Datapath(
            long packetsForwarded,
            long bytesForwarded,
            Map<String, Long> drops,
            Map<String, Long> counters,
            @Nullable Table connections,
            @Nullable Table templates,
            @Nullable List<String> passedOver,
            boolean resetsUnknown,
            @Nullable String unrouted) {
        public Datapath {
            drops = Map.copyOf(drops);
            counters = Map.copyOf(counters);
            passedOver = passedOver == null ? null : List.copyOf(passedOver);
        }
    }

    /// The configuration in force.
    ///
    /// @param revision     `NUMBER.TERM`; `0.0` before the first
    /// @param ofFile       whether the shared sections of this director's file count
    /// @param fileDiffers  whether those sections, as they were read at the start, are other ones than are in force
    /// @param drains       ordered by hand
    /// @param clientRules  ordered by hand
    /// @param reducedByAgents  real servers whose agent has last reported less than 100 percent
    public record Config(
            String revision, boolean ofFile, boolean fileDiffers, int drains, int clientRules, int reducedByAgents) {}

    /// How full a bounded table is, in entries.
    public record Table(long used, long max) {}
}
