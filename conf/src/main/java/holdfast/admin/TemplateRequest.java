package holdfast.admin;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The wish to change persistence templates by hand.
///
/// @param filter   names one of client, real server and service at least
/// @param to       the real server that clients are to have; for [Action#MOVE], and for a [Action#PIN]
///     that is to make a template where there is none; else null
/// @param dryRun   only count what would be done
public record TemplateRequest(
        Action action, EntryFilter filter, @Nullable Host to, boolean dryRun) {
    public TemplateRequest {
        Objects.requireNonNull(action, "action is missing");
        Objects.requireNonNull(filter, "filter is missing");
    }

    /// What is done with each template that fits.
    public enum Action {
        /// Is removed; its client is scheduled anew at its next connection, and open connections stay.
        FLUSH,
        /// Names another real server from now on; open connections stay where they are.
        MOVE,
        /// Never expires; of a client and a service without a template, one is made.
        PIN,
        /// Expires as usual again.
        UNPIN
    }
}
