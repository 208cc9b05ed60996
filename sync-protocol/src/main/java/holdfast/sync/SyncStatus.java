package holdfast.sync;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What sync knew at one moment: the operator's readout. What is not known is empty, never zero.
///
/// @param member    our own name
/// @param term      of the stream that we write or follow; empty before the first one
/// @param active    the member whose stream counts, ourselves included; empty while nobody is known
/// @param state     of ourselves as a standby; empty while active
/// @param position  in the stream
/// @param peers     every other member heard since the start, those that left included, by name
/// @param counters  since the start
public record SyncStatus(
        String member,
        Role role,
        OptionalLong term,
        Optional<String> active,
        Optional<SyncState> state,
        Position position,
        List<Peer> peers,
        Counters counters) {

    public SyncStatus {
        peers = List.copyOf(peers);
    }

    /// @param batch          the last batch cut (active) or applied (standby)
    /// @param version        of the newest change in it
    /// @param activeBatch    the last batch that the active says it cut
    /// @param equality       the last comparison of digests on this director; only a standby makes any
    /// @param snapshotOpen   a full copy is under way
    public record Position(
            OptionalLong batch,
            OptionalLong version,
            OptionalLong activeBatch,
            Optional<Equality> equality,
            boolean snapshotOpen) {}

    /// One other member. On the active, a standby's lag and losses are measured; on a standby, the state and backlog
    /// beside the active are our own towards it, and other standbys show only what they say of themselves.
    ///
    /// @param role                 what it says it is
    /// @param term                 that it writes or follows
    /// @param lastHeardMs          since any authentic message of it
    /// @param lastAckMs            since its last ack of our stream
    /// @param backlogBatches       cut and not acked
    /// @param backlogDeltas        records in them and in the queue before them
    /// @param unsyncedTemplates    at most so many templates would be lost or stale if we failed now: each counted
    ///                             once per batch, and the whole table while the standby joins
    /// @param unsyncedConnections  the same for connections
    /// @param oldestUnsyncedMs     age of the oldest record that it has not acked; grows while it is silent
    /// @param sameConfiguration    whether its configuration hash is ours
    /// @param links                where it is found
    public record Peer(
            String name,
            Role role,
            SyncState state,
            OptionalLong term,
            Optional<Lag> lag,
            OptionalLong lastHeardMs,
            OptionalLong lastAckMs,
            OptionalLong backlogBatches,
            OptionalLong backlogDeltas,
            OptionalLong unsyncedTemplates,
            OptionalLong unsyncedConnections,
            OptionalLong oldestUnsyncedMs,
            boolean sameConfiguration,
            Links links) {}

    /// Time from cutting a batch to its ack after it was applied, on the active's clock alone, over all batches of this
    /// term.
    public record Lag(long p50Micros, long p99Micros, long maxMicros, long samples) {}

    /// @param batchesSent        each counted once, resends apart
    /// @param deltasSent         after coalescing
    /// @param deltasCoalesced    left out because a newer one of the same key stood in the same batch
    /// @param deltasLost         that the worker could not queue; each such hole costs a snapshot
    /// @param batchesResent      on request
    /// @param resendsAsked       ranges that we asked for
    /// @param snapshotsAsked     of our own worker, as active
    /// @param batchesApplied     as standby
    /// @param sendsDropped       that JGroups did not take
    /// @param refused            by reason; every reason is present
    public record Counters(
            long batchesSent,
            long deltasSent,
            long deltasCoalesced,
            long deltasLost,
            long batchesResent,
            long resendsAsked,
            long snapshotsAsked,
            long batchesApplied,
            long sendsDropped,
            Map<Refused, Long> refused) {
        public Counters {
            refused = Map.copyOf(refused);
        }
    }
}
