package holdfast.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The results of the demo, in the form of its JSON file.
///
/// @param startSeconds  from the start of both directors until they were an equal pair; null if they never were
/// @param crash         of the only round, as are all up to `freeze`; null with several rounds
/// @param failovers     null if none in a row were requested
/// @param failures      each missed limit, as a sentence
/// @param disturbed     each round whose blackout the machine lengthened
/// @param tooBusy       why nothing can be judged; empty if it can
record Report(
        Machine machine,
        Mode mode,
        @Nullable Double startSeconds,
        Round.@Nullable Outcome crash,
        Round.@Nullable Rejoin rejoin,
        Round.@Nullable Outcome planned,
        Round.@Nullable Outcome freeze,
        List<Round> rounds,
        @Nullable FailoverRow failovers,
        Bars.Verdict verdict,
        List<String> failures,
        List<String> disturbed,
        List<String> tooBusy) {
    Report {
        rounds = List.copyOf(rounds);
        failures = List.copyOf(failures);
        disturbed = List.copyOf(disturbed);
        tooBusy = List.copyOf(tooBusy);
    }

    /// The report on these rounds and this row, judged.
    ///
    /// @param moreFailures  failures that belong to neither
    static Report of(
            Machine machine,
            Mode mode,
            @Nullable Double startSeconds,
            List<Round> rounds,
            @Nullable FailoverRow failovers,
            List<String> moreFailures) {
        var judged = Bars.judge(mode, rounds).and(new Bars.Judgement(moreFailures, List.of(), List.of()));
        if (failovers != null) {
            judged = judged.and(failovers.judge(mode));
        }
        var only = rounds.size() == 1 ? rounds.getFirst() : null;
        return new Report(
                machine,
                mode,
                startSeconds,
                only == null ? null : only.crash(),
                only == null ? null : only.rejoin(),
                only == null ? null : only.planned(),
                only == null ? null : only.freeze(),
                rounds,
                failovers,
                judged.verdict(),
                judged.failures(),
                judged.disturbed(),
                judged.tooBusy());
    }
}
