package holdfast.sync;

/// The state of a standby towards its active, as either side sees it.
public enum SyncState {
    /// Nothing was heard, or nothing for a while. Unknown blocks a failover like the worst state.
    UNKNOWN,
    /// It follows the stream, but still lacks earlier entries.
    JOINING,
    /// The last digest compared equal, a short while ago.
    EQUAL,
    /// It was complete once and now lacks the newest changes.
    BEHIND,
    /// It has received everything, and yet the digests differ.
    DIFFERENT,
    /// It left or its process died.
    GONE
}
