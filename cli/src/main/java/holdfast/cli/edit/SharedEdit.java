package holdfast.cli.edit;

import holdfast.admin.ConfigResult;
import holdfast.cli.edit.SharedAccess.Applied;
import holdfast.cli.edit.SharedAccess.Present;
import holdfast.conf.Shared;
import java.util.List;
import java.util.function.Function;

/// One edit of the shared configuration, which becomes one revision.
public final class SharedEdit {
    private static final int ATTEMPTS_MAX = 50;

    private SharedEdit() {}

    /// Makes an edit. It begins again from the new revision if another one comes first, 50 times at most.
    ///
    /// @param edit    the shared part after the edit; called for each attempt
    /// @param reason  for the history
    public static Applied make(SharedAccess director, Function<Present, Shared> edit, String reason) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            var present = director.read();
            var next = edit.apply(present);
            if (next.equals(present.shared())) {
                return new Applied.Done(new ConfigResult(false, present.revision(), List.of(), List.of(), List.of()));
            }
            var applied = director.apply(present, next, reason);
            if (!(applied instanceof Applied.Outrun)) {
                return applied;
            }
        }
        return new Applied.NotNow(
                "Others changed the rules " + ATTEMPTS_MAX + " times meanwhile, so this was not done; try again");
    }
}
