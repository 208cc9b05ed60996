package holdfast.sync;

/// Which shared configuration a director runs, as its hellos tell.
///
/// @param hash    of the configuration
/// @param term    of the active that made its revision; 0 if the configuration is still that of the file
/// @param number  of the revision; 0 if the configuration is still that of the file
/// @param digest  of the revision's text, which has more than the configuration; empty if it is still that of the file
public record ConfigVersion(String hash, int term, long number, String digest) {
    /// Whether both run the same revision. If the hash differs all the same, so do their files, and no revision that is
    /// under way makes them equal.
    public boolean isSameRevision(ConfigVersion other) {
        return number == other.number && term == other.term;
    }

    /// The configuration of a director's file.
    public static ConfigVersion ofFile(String hash) {
        return new ConfigVersion(hash, 0, 0, "");
    }
}
