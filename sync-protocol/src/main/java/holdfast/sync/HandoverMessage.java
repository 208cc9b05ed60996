package holdfast.sync;

/// A step of a planned handover on its way between the two sides (design 7); sync carries it sealed and asks nothing.
///
/// @param term     of the active that gives the group away
/// @param version  the marker of that step; [Version#NONE] where a step has none
/// @param reason   for the operator; empty where there is nothing to say
public record HandoverMessage(Kind kind, int term, long version, String reason) implements SyncMessage {
    public enum Kind {
        PREPARE,
        ARMED,
        REFUSED,
        TRANSFER,
        TAKEN,
        ABORT
    }
}
