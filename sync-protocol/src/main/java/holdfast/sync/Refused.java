package holdfast.sync;

/// Why a datagram or a message was dropped unread.
public enum Refused {
    /// Not a sealed datagram at all: too short, or of other software.
    NOT_SEALED,
    /// Sealed with a key that is none of ours.
    UNKNOWN_KEY,
    /// The seal does not open: forged, or changed on the way.
    BAD_SEAL,
    /// Of a format that this build does not know.
    UNKNOWN_FORMAT,
    /// Not a message, or one that contradicts itself, or one that does not belong on its link.
    MALFORMED,
    /// Of another cluster's group.
    OTHER_GROUP,
    /// Seen before, or too old to tell.
    REPLAYED,
    /// Its sender has not yet shown that it hears us now, so it may be a recording. A few of these at each join are
    /// normal.
    UNPROVEN,
    /// From a second director of a name that another one has.
    TWIN,
    /// From a term that is over.
    OLD_TERM,
    /// A second active in the term that we follow.
    RIVAL,
    /// Our own queue was full; what was lost is found as a gap.
    OVERFLOW
}
