package holdfast.sync;

/// The version of an entry: the term of the active that wrote it and that active's running number, packed into one
/// `long`, so that one comparison orders two versions. Positive for every term and sequence in range.
public final class Version {
    /// No change has this version; it is older than all others.
    public static final long NONE = 0;

    public static final int TERM_MAX = (1 << 15) - 1;
    public static final long SEQUENCE_MAX = (1L << 48) - 1;

    private Version() {}

    /// @param term      1 to [#TERM_MAX]
    /// @param sequence  0 to [#SEQUENCE_MAX]; the first change of a term has 1
    public static long of(int term, long sequence) {
        return (long) term << 48 | sequence;
    }

    public static int term(long version) {
        return (int) (version >>> 48);
    }

    public static long sequence(long version) {
        return version & SEQUENCE_MAX;
    }

    /// Formats as `3.1207`: term, then sequence; for readouts.
    public static String text(long version) {
        return term(version) + "." + sequence(version);
    }
}
