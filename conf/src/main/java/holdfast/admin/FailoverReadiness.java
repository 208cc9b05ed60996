package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a failover at this moment would lose nothing, and what it would lose.
///
/// @param safe                whether a planned failover would be done now
/// @param to                  the director that would take over; null where there is none
/// @param reasons             each reason against it, as a sentence of its own; empty only where `safe` is [Safe#YES]
/// @param templatesAtRisk     templates lost if the active died now; null where unknown
/// @param connectionsAtRisk   connections lost if the active died now; null where unknown
/// @param oldestUnsyncedMs    age of the oldest change that the standby lacks; 0 where it lacks none, null
///     where unknown
public record FailoverReadiness(
        Safe safe,
        @Nullable String to,
        List<String> reasons,
        @Nullable Long templatesAtRisk,
        @Nullable Long connectionsAtRisk,
        @Nullable Long oldestUnsyncedMs) {
    public FailoverReadiness {
        reasons = List.copyOf(reasons);
    }

    /// The verdict; not knowing is one of its own and blocks like a no.
    public enum Safe {
        YES,
        NO,
        UNKNOWN
    }
}
