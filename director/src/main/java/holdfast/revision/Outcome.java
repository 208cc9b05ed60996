package holdfast.revision;

import holdfast.conf.RevisionId;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigMessage.Verdict;
import java.util.List;

/// What became of a proposal.
public sealed interface Outcome {
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

    /// As the answer to another director's proposal.
    static ConfigMessage.Answer answer(long ticket, Outcome outcome) {
        return switch (outcome) {
            case Made(RevisionId id, List<String> lacking) ->
                new ConfigMessage.Answer(ticket, Verdict.MADE, id.term(), id.number(), lacking, "", "");
            case Overtaken(RevisionId id) ->
                new ConfigMessage.Answer(ticket, Verdict.OVERTAKEN, id.term(), id.number(), List.of(), "", "");
            case Refused(String why, String remedy) ->
                new ConfigMessage.Answer(ticket, Verdict.REFUSED, 0, 0, List.of(), why, remedy);
        };
    }

    /// The reverse of [#answer].
    static Outcome of(ConfigMessage.Answer answer) {
        var id = new RevisionId(answer.revisionTerm(), answer.number());
        return switch (answer.verdict()) {
            case MADE -> new Made(id, answer.lacking());
            case OVERTAKEN -> new Overtaken(id);
            case REFUSED -> new Refused(answer.why(), answer.remedy());
        };
    }
}
