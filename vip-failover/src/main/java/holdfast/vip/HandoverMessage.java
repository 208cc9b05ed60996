package holdfast.vip;

/// A message of a planned failover between two directors, over the authenticated sync channel. Messages may be lost,
/// duplicated, late and reordered. Each message belongs to one handover and counts for that handover only.
///
/// @param id       of the handover, chosen by the giver and never used again
/// @param term     of the giver
/// @param version  TRANSFER and HOLDING: the giver's final version; else 0
/// @param stamp    ARMED, ALIVE and REFUSED: the taker's clock when it sent this; TRANSFER and HOLDING: the latest
/// stamp
///     of ARMED and ALIVE that the giver received; else 0
/// @param reason   with REFUSED and ABORT, cut at [#REASON_CHARS_MAX]; else empty
public record HandoverMessage(Kind kind, long id, int term, long version, long stamp, String reason) {
    public static final int REASON_CHARS_MAX = 1000;

    public HandoverMessage {
        reason = reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX);
    }

    /// The term whose stream this step gives away; 0 for a step that counts in any term.
    ///
    /// A giver of an older term than a stream that the taker knows has nothing to give. Whoever answers may be in
    /// the next term already, so an answer is judged by the handover's id.
    public int givenTerm() {
        return switch (kind) {
            case PREPARE, TRANSFER -> term;
            case ARMED, REFUSED, ALIVE, HOLDING, TAKEN, GIVEN, ABORT, RESUMED -> 0;
        };
    }

    /// In the order in which they occur.
    public enum Kind {
        /// Giver: prepare to take over.
        PREPARE,
        /// Taker: ready.
        ARMED,
        /// Taker: has not taken over, and will not because of anything that it sent before.
        REFUSED,
        /// Giver: this version is final; take over.
        TRANSFER,
        /// Taker: not ready yet; asks for a new promise.
        ALIVE,
        /// Giver: still holds packets; promises to hold them for a [Handover.Deadlines#promise] after your
        /// stamp arrived.
        HOLDING,
        /// Taker: serves.
        TAKEN,
        /// Giver: has received TAKEN and will not take back.
        GIVEN,
        /// Giver: do not take over; confirm that you did not.
        ABORT,
        /// Giver: serves again; release the addresses.
        RESUMED
    }
}
