package holdfast.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The readout of synchronisation: how far each other director is, measured and proven, or unknown.
///
/// @param trouble   a sentence: why nothing below is known, such as a sync thread that ended; null where all is well
/// @param position  how far this director's own tables are; null where it holds nothing yet
/// @param peers     every other director of the cluster that is here or was
/// @param counters  whatever else the sync side counts, such as messages refused by reason
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
    /// @param digest    of the whole tables at that point, 16 hexadecimal digits; null where none was taken
    ///     yet, or the datapath has not answered
    public record Position(
            long batch, long sequence, @Nullable String digest) {}

    /// Another director as seen from this one. Each number is null where it is unknown.
    ///
    /// @param word            what it says of itself; null before the first one
    /// @param paths           ms since its last hello by each path: `interconnect` or a service link's name
    /// @param lastHeardAgeMs  since anything authentic was heard of it
    /// @param lagP50Micros    from sending a change to hearing that it was applied, on this director's clock
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

    /// What a director says of itself.
    ///
    /// @param ageMs        older than a second it says nothing about now
    /// @param obstacles    why it could not take over, each a sentence
    /// @param unreachable  real servers and gateways that do not answer it
    /// @param routes       destinations beyond its links that it has a route to
    /// @param elsewhere    destinations that it sends over an interface that is not the datapath's
    public record Word(
            long ageMs,
            Standing standing,
            List<String> obstacles,
            List<String> unreachable,
            List<String> routes,
            List<String> elsewhere) {
        public Word {
            obstacles = List.copyOf(obstacles);
            unreachable = List.copyOf(unreachable);
            routes = List.copyOf(routes);
            elsewhere = List.copyOf(elsewhere);
        }
    }

    /// What a director's election is.
    public enum Standing {
        /// Cannot take over; its obstacles say why.
        FAULT,
        STANDBY,
        ACTIVE,
        /// Gave the VIPs away and relays packets of clients that do not know yet.
        RELAYING
    }

    /// What is known of a peer's tables.
    public enum State {
        /// Nothing was heard yet.
        UNKNOWN,
        /// Is taking its first copy.
        JOINING,
        /// Its digest equals ours.
        EQUAL,
        /// Has not applied everything yet.
        BEHIND,
        /// Applied everything and yet its digest is another one.
        DIFFERENT,
        /// Left or died.
        GONE
    }
}
