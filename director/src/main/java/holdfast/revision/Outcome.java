package holdfast.revision;

import holdfast.conf.RevisionId;
import java.util.List;

/// What became of a proposal.
public sealed interface Outcome {
    /// Begins the reason of [Overtaken].
    String OVERTAKEN = "overtaken by ";

    /// It is a revision, in force on the director that made it.
    ///
    /// @param lacking  names of directors that were heard in the last hour and do not have it yet
    record Made(RevisionId id, List<String> lacking) implements Outcome {
        public Made {
            lacking = List.copyOf(lacking);
        }
    }

    /// Another revision came first.
    ///
    /// @param present  the revision in force
    record Overtaken(RevisionId present) implements Outcome {}

    /// It is no revision.
    ///
    /// @param why     a sentence without full stop
    /// @param remedy  the way out, as a sentence without full stop
    record Refused(String why, String remedy) implements Outcome {}

    /// The answer in one line, for another director.
    static String reason(Outcome outcome) {
        return switch (outcome) {
            case Made made -> String.join(",", made.lacking());
            case Overtaken(var present) -> OVERTAKEN + present;
            case Refused refused -> refused.why() + "; " + refused.remedy();
        };
    }

    /// The reverse of [#reason].
    ///
    /// @param made  [RevisionId#OF_FILE] if no revision was made
    static Outcome of(RevisionId made, String reason) {
        if (made.isNewerThan(RevisionId.OF_FILE)) {
            return new Made(made, reason.isEmpty() ? List.of() : List.of(reason.split(",", -1)));
        }
        if (reason.startsWith(OVERTAKEN)) {
            try {
                return new Overtaken(RevisionId.of(reason.substring(OVERTAKEN.length())));
            } catch (IllegalArgumentException _) {
                return new Refused(reason, "try again");
            }
        }
        int stop = reason.lastIndexOf("; ");
        return stop < 0
                ? new Refused(reason, "try again")
                : new Refused(reason.substring(0, stop), reason.substring(stop + 2));
    }
}
