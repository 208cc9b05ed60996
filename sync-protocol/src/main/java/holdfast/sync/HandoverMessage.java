package holdfast.sync;

/// A step of a planned handover between two directors (design 7). Sync carries it sealed and does not interpret it.
///
/// @param id       of the handover, chosen by the giver
/// @param stamp    a reading of the giver's or the taker's clock, depending on the step; 0 if the step has none
/// @param term     of the active that gives the group away
/// @param version  the version of that step; [Version#NONE] if the step has none
/// @param reason   for the operator, cut at [#REASON_CHARS_MAX]; empty for none
public record HandoverMessage(Kind kind, long id, long stamp, int term, long version, String reason) {
    public static final int REASON_CHARS_MAX = 1000;

    public enum Kind {
        PREPARE,
        ARMED,
        REFUSED,
        TRANSFER,
        ALIVE,
        HOLDING,
        TAKEN,
        GIVEN,
        ABORT,
        RESUMED
    }

    public HandoverMessage {
        reason = reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX);
    }
}
