package holdfast.conf;

import java.time.Instant;

/// A numbered change of the shared configuration or of the orders beside it, with the whole of both.
///
/// @param base      the revision that it changed
/// @param at        by the clock of the director that made it
/// @param director  that made it
/// @param author    who asked for it
/// @param reason    that the author gave; may be empty
/// @param shared    the configuration that it made
/// @param ofFiles   whether nobody has changed the configuration at run time yet: each director's own file counts, and
///     `shared` is only what the maker had
/// @param byHand    what operators have ordered beside the configuration
public record Revision(
        RevisionId id,
        RevisionId base,
        Instant at,
        String director,
        String author,
        String reason,
        Shared shared,
        boolean ofFiles,
        ByHand byHand) {
    /// Most characters of an author or of a reason.
    public static final int TEXT_MAX = 200;

    public Revision {
        author = oneLine(author);
        reason = oneLine(reason);
    }

    /// The same change as another revision.
    public Revision as(RevisionId made, String by) {
        return new Revision(made, base, at, by, author, reason, shared, ofFiles, byHand);
    }

    /// The configuration of a director that has this revision in force.
    public Configuration in(Configuration own) {
        return ofFiles ? own : shared.in(own);
    }

    private static String oneLine(String text) {
        var safe = new StringBuilder();
        text.codePoints()
                .limit(TEXT_MAX)
                .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c));
        return safe.toString().strip();
    }
}
