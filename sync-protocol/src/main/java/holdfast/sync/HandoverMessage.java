package holdfast.sync;

/// A step of a planned handover on its way between the two sides (design 7); sync carries it sealed and asks nothing.
///
/// @param id       of the handover, chosen by the giver
/// @param stamp    a clock of one of the two sides, whose only the step tells; 0 where a step has none
/// @param term     of the active that gives the group away
/// @param version  the marker of that step; [Version#NONE] where a step has none
/// @param reason   for the operator, cut at [#REASON_CHARS_MAX]; empty where there is nothing to say
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
