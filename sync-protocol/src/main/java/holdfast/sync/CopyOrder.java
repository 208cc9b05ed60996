package holdfast.sync;

/// A copy that a worker writes into its stream for a standby that lacks something.
///
/// @param ticket   that the records COPY_BEGIN and COPY_END repeat
/// @param since    a version of the present term, for a copy of what changed or ended after it; [Version#NONE] for
///     none
/// @param buckets  to copy; none, and no `since`, for the digests of all buckets
public record CopyOrder(int ticket, long since, Buckets buckets) {
    /// What is copied: a rung of the ladder, from the cheapest down.
    public enum Kind {
        /// Every entry whose version is newer than a given one, and every end that is.
        CHANGES,
        /// The digest of each bucket.
        DIGESTS,
        /// All entries of some buckets. What the standby has in them beside is not the active's.
        BUCKETS;

        private static final Kind[] ALL = values();

        /// Its code in memory and on the wire.
        @SuppressWarnings("EnumOrdinal") // the order above is the format
        public int code() {
            return ordinal();
        }

        public static boolean isKnown(int code) {
            return code >= 0 && code < ALL.length;
        }

        /// The kind of a valid [#code].
        public static Kind of(int code) {
            return ALL[code];
        }
    }

    public Kind kind() {
        if (since != Version.NONE) {
            return Kind.CHANGES;
        }
        return buckets.isEmpty() ? Kind.DIGESTS : Kind.BUCKETS;
    }
}
