package holdfast.sync;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The state of the sync at one moment: the operator's readout. An unknown value is empty, never zero.
///
/// @param member       our own name
/// @param term         of the stream that we write or follow; empty before the first one
/// @param highestTerm  that any member is known to have taken; 0 for none
/// @param active       the member whose stream counts, ourselves included; empty while none is known
/// @param state        of ourselves as a standby; empty while active
/// @param position     in the stream
/// @param peers        every other member heard since the start, by name, including members that left
/// @param strangers    recent senders whose packets we refuse for a reason that an operator can remove, the latest
///     first
/// @param counters     since the start
/// @param trouble      why sync cannot do its work, as a sentence for the operator; empty if it can
/// @param asOf         monotonic ns of this state
public record SyncStatus(
        String member,
        StreamRole role,
        OptionalLong term,
        int highestTerm,
        Optional<String> active,
        Optional<SyncState> state,
        Position position,
        List<Peer> peers,
        List<Stranger> strangers,
        Counters counters,
        Optional<String> trouble,
        long asOf) {
    /// A word that is older than this no longer counts.
    public static final long WORD_MS_MAX = 1000;

    public SyncStatus {
        peers = List.copyOf(peers);
        strangers = List.copyOf(strangers);
    }

    /// This readout with everything unknown but names and counters.
    public SyncStatus unknown(String why) {
        return new SyncStatus(
                member,
                role,
                term,
                highestTerm,
                Optional.empty(),
                state.map(_ -> SyncState.UNKNOWN),
                Position.UNKNOWN,
                peers.stream().map(Peer::unknown).toList(),
                strangers,
                counters,
                Optional.of(why),
                asOf);
    }

    /// @param batch          the last batch cut (active) or applied (standby)
    /// @param version        of the newest change in it
    /// @param equality       the last comparison of digests on this director; only a standby makes any
    /// @param copying        whether a copy is under way, to or from this director
    /// @param activeHolds    entries in the active's tables at its last checkpoint; empty before the first one
    public record Position(
            OptionalLong batch,
            OptionalLong version,
            Optional<Equality> equality,
            boolean copying,
            Optional<TableSize> activeHolds) {
        static final Position UNKNOWN =
                new Position(OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), false, Optional.empty());
    }

    /// One other member. On the active, a standby's lag and losses are measured. On a standby, the state and
    /// backlog beside the active are our own towards it, and other standbys show only what they report. A member
    /// that is UNKNOWN or GONE has no numbers but ages, which grow.
    ///
    /// @param role                 that it reports
    /// @param term                 that it writes or follows
    /// @param lastHeardMs          since its last authentic message
    /// @param lastAckMs            since its last ack of our stream
    /// @param backlogBatches       cut and not acknowledged
    /// @param backlogDeltas        records in them and in the queue before them
    /// @param unsyncedTemplates    at most so many templates would be lost or stale if we failed now: each counted
    ///     once per batch, and the whole table while the standby joins
    /// @param unsyncedConnections  the same for connections
    /// @param oldestUnsyncedMs     age of the oldest record that it has not acknowledged; grows while it is silent
    /// @param sameConfiguration    whether its configuration hash is ours
    /// @param sameRevision         whether it runs our revision, perhaps with another file
    /// @param config               that it runs, as it last told
    /// @param whereabouts                where it is reachable
    /// @param word                 its last word, however old
    /// @param wordAgeMs            maximum age of the word, on our clock; empty if unknown
    /// @param paths                ms since its last hello by each path: `interconnect` or a service link's name
    public record Peer(
            String name,
            StreamRole role,
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
            boolean sameRevision,
            ConfigVersion config,
            Whereabouts whereabouts,
            Word word,
            OptionalLong wordAgeMs,
            Map<String, Long> paths) {
        public Peer {
            paths = Map.copyOf(paths);
        }

        /// Its present word: [Word#UNKNOWN] if the last one is older than [#WORD_MS_MAX].
        public Word says() {
            return wordAgeMs.isPresent() && wordAgeMs.getAsLong() <= WORD_MS_MAX ? word : Word.UNKNOWN;
        }

        private Peer unknown() {
            return new Peer(
                    name,
                    role,
                    SyncState.UNKNOWN,
                    term,
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    sameConfiguration,
                    sameRevision,
                    config,
                    whereabouts,
                    Word.UNKNOWN,
                    OptionalLong.empty(),
                    Map.of());
        }
    }

    /// A sender of refused packets.
    ///
    /// @param address  source address of the packets, which anybody can forge; `unknown` if the transport does not
    ///     know it
    /// @param name     of the member that they claim to be from; empty if unknown
    /// @param count    of its packets, for this reason
    /// @param lastMs   since the last one
    public record Stranger(String address, Refused reason, String name, long count, long lastMs) {
        public String sentence() {
            return sentence(reason, address, name);
        }

        static String sentence(Refused reason, String address, String name) {
            return switch (reason) {
                case NOT_SEALED ->
                    "packets from " + address
                            + " are not sealed: other software, or somebody without the key, sends to the interconnect";
                case UNKNOWN_KEY ->
                    "packets from " + address
                            + " carry another seal: the key files differ; give every director of the cluster the same one";
                case BAD_SEAL ->
                    "packets from " + address
                            + " carry a seal that does not open: forged, changed on the way, or of a cluster of another"
                            + " name";
                case UNKNOWN_FORMAT ->
                    "packets from " + address
                            + " are of another format: another version of Holdfast runs there; upgrade the older one";
                case OTHER_GROUP ->
                    "packets from " + address
                            + " are of another VIP group: the group's name or the cluster's name differs between the files";
                case TWIN ->
                    "a second director named " + name + " runs at " + address
                            + "; its messages are ignored; give it a director.name of its own";
                case REPLAYED, UNPROVEN ->
                    "packets from " + address
                            + " were sealed by a director, but are recordings: somebody sends them again; they have no"
                            + " effect";
                case MALFORMED, OLD_TERM, RIVAL, OVERFLOW -> "packets from " + address + " are refused: " + reason;
            };
        }
    }

    /// Time from cutting a batch until its acknowledgement arrives, on the active's clock alone, over the last 10
    /// to 20 s with acknowledgements.
    public record Lag(long p50Micros, long p99Micros, long maxMicros, long samples) {}

    /// @param batchesSent        each counted once, without resends
    /// @param deltasSent         after coalescing
    /// @param deltasCoalesced    replaced by a newer delta of the same key in the same batch
    /// @param deltasLost         that the worker could not queue; each such gap costs a copy of what changed since
    /// @param batchesResent      on request
    /// @param resendsAsked       ranges that we asked for
    /// @param copiesOfChanges    begun as active, of what changed since a version
    /// @param copiesOfDigests    likewise, of the digests of all buckets
    /// @param copiesOfBuckets    likewise, of all entries of some buckets; a part counts as one
    /// @param recordsCopied      sent in copies
    /// @param batchesApplied     as standby
    /// @param sendsDropped       that JGroups refused
    /// @param refused            by reason; every reason is present
    public record Counters(
            long batchesSent,
            long deltasSent,
            long deltasCoalesced,
            long deltasLost,
            long batchesResent,
            long resendsAsked,
            long copiesOfChanges,
            long copiesOfDigests,
            long copiesOfBuckets,
            long recordsCopied,
            long batchesApplied,
            long sendsDropped,
            Map<Refused, Long> refused) {
        public Counters {
            refused = Map.copyOf(refused);
        }
    }
}
