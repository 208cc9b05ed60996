package holdfast.cli.ipvsadm;

import holdfast.cli.ipvsadm.DirectorAccess.Applied;
import holdfast.cli.ipvsadm.DirectorAccess.Present;
import holdfast.cli.ipvsadm.RuleEdits.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Commands that become one revision. It begins again when another revision comes first, and splits when the director
/// finds the whole wrong, so that a wrong command does not take the others with it.
///
/// @param reason  for the history
/// @param notes   takes what the director says about a revision that it made
record Transaction(DirectorAccess director, String reason, Consumer<String> notes) {
    private static final int ATTEMPTS_MAX = 50;

    /// The verdict on each command, in order.
    List<Verdict> commit(List<Command.Change> changes) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            var present = director.read();
            var edits = new RuleEdits(present.shared(), present.vips());
            var verdicts = changes.stream().map(edits::apply).toList();
            switch (apply(present, edits)) {
                case Applied.Done(var said) -> {
                    said.forEach(notes);
                    return verdicts;
                }
                case Applied.Outrun() -> {}
                case Applied.Wrong(var text) -> {
                    return changes.size() == 1 ? List.of(new Verdict.Refused(text)) : inHalves(changes);
                }
                case Applied.NotNow(var text) -> {
                    return notDone(changes, text);
                }
            }
        }
        return notDone(
                changes,
                "Others changed the rules " + ATTEMPTS_MAX + " times meanwhile, so this was not done; try again");
    }

    private static List<Verdict> notDone(List<Command.Change> changes, String text) {
        return Collections.nCopies(changes.size(), new Verdict.NotDone(text));
    }

    private Applied apply(Present present, RuleEdits edits) {
        var next = edits.after();
        return next.equals(present.shared()) ? new Applied.Done(List.of()) : director.apply(present, next, reason);
    }

    private List<Verdict> inHalves(List<Command.Change> changes) {
        int half = changes.size() / 2;
        var verdicts = new ArrayList<>(commit(changes.subList(0, half)));
        verdicts.addAll(commit(changes.subList(half, changes.size())));
        return verdicts;
    }
}
