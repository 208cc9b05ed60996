package holdfast.cli.ipvsadm;

import holdfast.cli.edit.SharedAccess.Applied;
import holdfast.cli.edit.SharedEdit;
import holdfast.cli.ipvsadm.RuleEdits.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Commands that become one revision. It splits when the director finds the whole wrong, so that a wrong command does
/// not take the others with it.
///
/// @param reason  for the history
/// @param notes   takes what the director says about a revision that it made
record Transaction(DirectorAccess director, String reason, Consumer<String> notes) {
    /// The verdict on each command, in order.
    List<Verdict> commit(List<Command.Change> changes) {
        var verdicts = new ArrayList<Verdict>();
        var applied = SharedEdit.make(
                director,
                present -> {
                    var edits = new RuleEdits(present.shared());
                    verdicts.clear();
                    changes.forEach(change -> verdicts.add(edits.apply(change)));
                    return edits.after();
                },
                reason);
        return switch (applied) {
            case Applied.Done(var result) -> {
                if (!result.lacking().isEmpty()) {
                    notes.accept("Note: " + String.join(", ", result.lacking())
                            + " does not have the change yet; see 'holdfast status'");
                }
                yield verdicts;
            }
            case Applied.Wrong(var text) ->
                changes.size() == 1 ? List.of(new Verdict.Refused(text)) : inHalves(changes);
            case Applied.NotNow(var text) -> Collections.nCopies(changes.size(), new Verdict.NotDone(text));
            case Applied.Outrun() -> throw new IllegalStateException("an edit that was outrun is made again");
        };
    }

    private List<Verdict> inHalves(List<Command.Change> changes) {
        int half = changes.size() / 2;
        var verdicts = new ArrayList<>(commit(changes.subList(0, half)));
        verdicts.addAll(commit(changes.subList(half, changes.size())));
        return verdicts;
    }
}
