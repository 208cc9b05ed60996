package holdfast.sync;

/// How a standby stands to its active, as either side sees it.
public enum SyncState {
    /// Nothing was heard, or not for a while: nobody can tell, which blocks like the worst.
    UNKNOWN,
    /// It follows the stream, but what it missed before is still on the way.
    JOINING,
    /// The last digest compared equal, a short while ago.
    EQUAL,
    /// It had everything once and now lacks the newest part.
    BEHIND,
    /// It has received everything, and yet the digests differ.
    DIFFERENT,
    /// It left or its process died.
    GONE
}
