package holdfast.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The state of replication: how far each other director is, measured and proved, or unknown.
///
/// @param trouble   why nothing below is known, as a sentence, such as a sync thread that ended; null if all is well
/// @param position  of this director's own tables; null before it has any
/// @param peers     every other director of the cluster that is present or was
/// @param counters  all other counters of the sync side, such as messages refused by reason
public record Sync(
        Role role,
        @Nullable Integer term,
        @Nullable String trouble,
        @Nullable Position position,
        List<Peer> peers,
        Map<String, Long> counters) {
    public Sync {
        peers = List.copyOf(peers);
        counters = Map.copyOf(counters);
    }

    /// A point of the stream of changes.
    ///
    /// @param batch     number of the last batch sent, or applied on a standby
    /// @param sequence  of the last change in it
    /// @param digest    of the whole tables at that point, 16 hexadecimal digits; null before the first digest, or
    ///     if the datapath has not answered
    public record Position(
            long batch, long sequence, @Nullable String digest) {}

    /// Another director as seen from this one. Each number is null where it is unknown.
    ///
    /// @param word            its report about itself; null before the first one
    /// @param paths           ms since its last hello by each path: `interconnect` or a service link's name
    /// @param lastHeardAgeMs  since its last authentic message
    /// @param lagP50Micros    from sending a change until the peer's acknowledgement arrives, on this director's
    ///     clock
    /// @param lastAckAgeMs    grows while the peer is silent
    public record Peer(
            String name,
            State state,
            boolean sameConfiguration,
            @Nullable Word word,
            Map<String, Long> paths,
            @Nullable Long lastHeardAgeMs,
            @Nullable Long lagP50Micros,
            @Nullable Long lagP99Micros,
            @Nullable Long lagMaxMicros,
            @Nullable Long lastAckAgeMs,
            @Nullable Long backlogBatches,
            @Nullable Long backlogDeltas,
            @Nullable Long unsyncedTemplates,
            @Nullable Long unsyncedConnections,
            @Nullable Long oldestUnsyncedMs) {
        public Peer {
            paths = Map.copyOf(paths);
        }
    }

    /// A director's report about itself.
    ///
    /// @param ageMs        a word older than a second does not count
    /// @param obstacles    why it could not take over, each a sentence
    /// @param unreachable  real servers and gateways that do not answer it
    /// @param routes       destinations beyond its links to which it has a route
    /// @param elsewhere    destinations that it routes over an interface outside the datapath
    /// @param connectionsMax  its `datapath.connections-max`; null if its version does not report it
    /// @param templatesMax    its `datapath.templates-max`; null if its version does not report it
    public record Word(
            long ageMs,
            Standing standing,
            List<String> obstacles,
            List<String> unreachable,
            List<String> routes,
            List<String> elsewhere,
            @Nullable Integer connectionsMax,
            @Nullable Integer templatesMax) {
        public Word {
            obstacles = List.copyOf(obstacles);
            unreachable = List.copyOf(unreachable);
            routes = List.copyOf(routes);
            elsewhere = List.copyOf(elsewhere);
        }
    }

    /// The election state of a director.
    public enum Standing {
        /// Cannot take over; its obstacles say why.
        FAULT,
        STANDBY,
        ACTIVE,
        /// Has given the VIPs away and relays packets of clients that do not know it yet.
        RELAYING
    }

    /// The known state of a peer's tables.
    public enum State {
        /// Nothing was heard yet.
        UNKNOWN,
        /// Takes copies, until it has everything.
        JOINING,
        /// Its digest equals ours.
        EQUAL,
        /// Has not applied everything yet.
        BEHIND,
        /// Has applied everything, but its digest differs from ours.
        DIFFERENT,
        /// Left or died.
        GONE
    }
}
