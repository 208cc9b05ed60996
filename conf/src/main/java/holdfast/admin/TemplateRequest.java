package holdfast.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to change persistence templates by hand.
///
/// @param filter   names at least one of client, real server and service
/// @param to       the new real server; for [Action#MOVE], and for a [Action#PIN] that creates missing templates; else
///     null
/// @param dryRun   only count
public record TemplateRequest(
        Action action, EntryFilter filter, @Nullable Host to, boolean dryRun) {
    public TemplateRequest {
        Objects.requireNonNull(action, "action is missing");
        Objects.requireNonNull(filter, "filter is missing");
    }

    /// The action on each template that matches.
    public enum Action {
        /// Removes it: its client is scheduled anew at its next connection; open connections stay.
        FLUSH,
        /// Gives it another real server; open connections stay where they are.
        MOVE,
        /// Exempts it from expiry; creates one for a client and a service without a template.
        PIN,
        /// Ends a pin.
        UNPIN
    }
}
