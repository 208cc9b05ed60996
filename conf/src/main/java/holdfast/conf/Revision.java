package holdfast.conf;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A numbered change of the shared configuration or of the orders beside it, with the whole of both.
///
/// @param base      the revision that it changed
/// @param line      the last revision of each earlier term that led to it, the latest first
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
        List<RevisionId> line,
        Instant at,
        String director,
        String author,
        String reason,
        Shared shared,
        boolean ofFiles,
        ByHand byHand) {
    /// Most characters of an author or of a reason.
    public static final int TEXT_MAX = 200;

    /// Most terms of a line.
    public static final int LINE_MAX = 50;

    public Revision {
        line = List.copyOf(line);
        author = oneLine(author);
        reason = oneLine(reason);
    }

    /// A change that is no revision yet.
    public Revision(
            RevisionId base,
            Instant at,
            String director,
            String author,
            String reason,
            Shared shared,
            boolean ofFiles,
            ByHand byHand) {
        this(RevisionId.OF_FILE, base, List.of(), at, director, author, reason, shared, ofFiles, byHand);
    }

    /// The same change as a revision after the one that is in force.
    ///
    /// @param last  in force; null for the configuration of the files
    public Revision after(@Nullable Revision last, RevisionId made, String by) {
        return new Revision(made, base, line(last, made), at, by, author, reason, shared, ofFiles, byHand);
    }

    private static List<RevisionId> line(@Nullable Revision last, RevisionId made) {
        if (last == null) {
            return List.of();
        }
        var line = new ArrayList<>(last.line());
        if (last.id().term() != made.term()) {
            line.addFirst(last.id());
        }
        return line.stream().limit(LINE_MAX).toList();
    }

    /// Whether this revision is the one that was made of a draft.
    public boolean isOf(Revision draft) {
        return at.equals(draft.at)
                && author.equals(draft.author)
                && reason.equals(draft.reason)
                && shared.equals(draft.shared)
                && ofFiles == draft.ofFiles
                && byHand.equals(draft.byHand);
    }

    /// Whether that revision is this one or led to it. One active makes all revisions of a term, each from the one
    /// before.
    public boolean isFrom(RevisionId other) {
        return Stream.concat(Stream.of(id), line.stream())
                .anyMatch(last -> last.term() == other.term() && last.number() >= other.number());
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
