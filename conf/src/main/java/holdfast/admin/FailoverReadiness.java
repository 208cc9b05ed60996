package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a standby would serve if the active died now, and what would be lost.
///
/// The active says it of its best standby, a standby of itself.
///
/// @param safe                yes where the standby would serve, and a planned failover would be done now
/// @param to                  the director that would take over; null where there is none
/// @param active              the director that is active, as far as this one knows; null where it knows of none
/// @param reasons             each reason against it, as a sentence of its own; empty only where `safe` is [Safe#YES]
/// @param templatesAtRisk     templates lost if the active died now; null where unknown, as on a standby
/// @param connectionsAtRisk   connections lost if the active died now; null where unknown, as on a standby
/// @param oldestUnsyncedMs    age of the oldest change that the standby lacks; 0 where it lacks none, null
///     where unknown
/// @param copyAgeMs           on a standby: since its tables were as the active's; null where unknown, and on the
/// active
public record FailoverReadiness(
        Safe safe,
        @Nullable String to,
        @Nullable String active,
        List<String> reasons,
        @Nullable Long templatesAtRisk,
        @Nullable Long connectionsAtRisk,
        @Nullable Long oldestUnsyncedMs,
        @Nullable Long copyAgeMs) {
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
