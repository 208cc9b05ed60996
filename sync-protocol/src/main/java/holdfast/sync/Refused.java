package holdfast.sync;

/// Why a datagram or a message was dropped.
public enum Refused {
    /// No sealed datagram: too short, or of other software.
    NOT_SEALED,
    /// Sealed with a key that we do not have.
    UNKNOWN_KEY,
    /// The seal does not open: the datagram is forged, or was changed on the way.
    BAD_SEAL,
    /// A format that this build does not know.
    UNKNOWN_FORMAT,
    /// No message, or a message that contradicts itself or does not belong on its link.
    MALFORMED,
    /// From another cluster's group.
    OTHER_GROUP,
    /// Seen before, or too old to decide.
    REPLAYED,
    /// Its sender has not yet proved that it hears us now, so it may be a recording. A few of these at each join
    /// are normal.
    UNPROVEN,
    /// From a second director with the name of another one.
    TWIN,
    /// From a term that has ended.
    OLD_TERM,
    /// From a second active in the term that we follow.
    RIVAL,
    /// Our own queue was full; the core finds the loss as a gap.
    OVERFLOW
}
