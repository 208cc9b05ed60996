package holdfast.conf;

import java.time.Instant;

/// A numbered change of the shared configuration, with the whole configuration that it made.
///
/// @param base      the revision that it changed
/// @param at        by the clock of the director that made it
/// @param director  that made it
/// @param author    who asked for it
/// @param reason    that the author gave; may be empty
/// @param byHand    what operators have ordered beside the configuration
public record Revision(
        RevisionId id,
        RevisionId base,
        Instant at,
        String director,
        String author,
        String reason,
        Shared shared,
        ByHand byHand) {
    /// Most characters of an author or of a reason.
    public static final int TEXT_MAX = 200;

    public Revision {
        author = oneLine(author);
        reason = oneLine(reason);
    }

    /// The same change as another revision.
    public Revision as(RevisionId made, String by) {
        return new Revision(made, base, at, by, author, reason, shared, byHand);
    }

    private static String oneLine(String text) {
        var safe = new StringBuilder();
        text.codePoints()
                .limit(TEXT_MAX)
                .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c));
        return safe.toString().strip();
    }
}
