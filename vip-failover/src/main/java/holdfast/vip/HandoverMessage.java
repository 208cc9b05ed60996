package holdfast.vip;

/// What two directors say to each other during a planned failover, over the authenticated sync channel, which keeps the
/// order of one sender's messages.
///
/// @param term     of the giver; both sides drop what belongs to another one
/// @param version  PREPARE: the giver's version when it asked; TRANSFER: the final one; else 0
/// @param reason   why, with REFUSED and ABORT; else empty
public record HandoverMessage(Kind kind, int term, long version, String reason) {
    /// In the order in which they occur.
    public enum Kind {
        PREPARE,
        ARMED,
        REFUSED,
        TRANSFER,
        TAKEN,
        ABORT
    }
}
