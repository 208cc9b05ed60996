package holdfast.vip;

/// What two directors say to each other during a planned failover, over the authenticated sync channel. Messages may be
/// lost, doubled, late and out of order; each is of one handover, and counts for that one only.
///
/// @param id       of the handover, which the giver chose and never uses again
/// @param term     of the giver
/// @param version  TRANSFER and HOLDING: the giver's final one; else 0
/// @param stamp    ARMED and ALIVE: the taker's clock when it sent this; TRANSFER and HOLDING: the latest such stamp
/// that
///     the giver received; else 0
/// @param reason   why, with REFUSED and ABORT; else empty
public record HandoverMessage(Kind kind, long id, int term, long version, long stamp, String reason) {
    /// In the order in which they occur.
    public enum Kind {
        /// Giver: get ready.
        PREPARE,
        /// Taker: ready.
        ARMED,
        /// Taker: did not take, and will not.
        REFUSED,
        /// Giver: nothing changes any more after this version; take over.
        TRANSFER,
        /// Taker: at work on it; promise me more time.
        ALIVE,
        /// Giver: packets are held, and will be for a [Handover.Deadlines#promise] from when your stamp came here.
        HOLDING,
        /// Taker: serves.
        TAKEN,
        /// Giver: knows that; will not take back.
        GIVEN,
        /// Giver: do not take; say that you did not.
        ABORT,
        /// Giver: serves again, so release what you took.
        RESUMED
    }
}
