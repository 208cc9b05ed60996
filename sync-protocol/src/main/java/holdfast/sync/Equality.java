package holdfast.sync;

/// The result of the last comparison of a checkpoint with the digest of our own tables.
///
/// @param version  the version of that checkpoint; [Version#NONE] while UNKNOWN
/// @param atNanos  monotonic ns of the comparison; undefined while UNKNOWN
public record Equality(State state, long version, long atNanos) {
    public static final Equality UNKNOWN = new Equality(State.UNKNOWN, Version.NONE, 0);

    public enum State {
        /// Nothing was compared yet.
        UNKNOWN,
        EQUAL,
        DIFFERENT
    }
}
