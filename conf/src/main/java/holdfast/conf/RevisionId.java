package holdfast.conf;

import java.util.Comparator;

/// Names a revision. Of two revisions the one of the higher term is newer, and within a term the one with the higher
/// number: so of two directors that were both active for a while, the later one decides.
///
/// @param term    of the active that made it; 0 for the configuration of a director's file
/// @param number  counts on from revision to revision
public record RevisionId(int term, long number) implements Comparable<RevisionId> {
    /// The configuration of a director's file, before the first revision.
    public static final RevisionId OF_FILE = new RevisionId(0, 0);

    private static final Comparator<RevisionId> ORDER =
            Comparator.comparingInt(RevisionId::term).thenComparingLong(RevisionId::number);

    @Override
    public int compareTo(RevisionId other) {
        return ORDER.compare(this, other);
    }

    public boolean isNewerThan(RevisionId other) {
        return compareTo(other) > 0;
    }

    /// Parses `17` or, where two revisions have that number, `17.6` with the term behind it.
    ///
    /// @throws IllegalArgumentException if the text names no revision
    public static RevisionId of(String text) {
        if (!text.matches("[0-9]{1,18}\\.[0-9]{1,5}")) {
            throw new IllegalArgumentException("'" + text + "' is not a revision such as 17.6");
        }
        int dot = text.indexOf('.');
        return new RevisionId(Integer.parseInt(text.substring(dot + 1)), Long.parseLong(text.substring(0, dot)));
    }

    /// `17.6`: the number, then the term.
    @Override
    public String toString() {
        return number + "." + term;
    }
}
