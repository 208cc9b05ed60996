package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a standby would serve if the active died now, and what the crash would lose.
///
/// The active reports on its best standby, a standby on itself.
///
/// @param safe                yes if the standby would serve and a planned failover would be done now
/// @param to                  the director that would take over; null without a candidate
/// @param active              the active director as far as this director knows; null if it knows of none
/// @param reasons             each reason against a failover, as a sentence; empty only if `safe` is [Safe#YES]
/// @param templatesAtRisk     templates lost if the active died now; null if unknown, as on a standby
/// @param connectionsAtRisk   connections lost if the active died now; null if unknown, as on a standby
/// @param oldestUnsyncedMs    age of the oldest change that the standby lacks; 0 if it lacks none, null if unknown
/// @param copyAgeMs           on a standby, time since its tables equalled the active's; null if unknown, and on the
///     active
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

    /// The verdict. `UNKNOWN` is a verdict of its own and blocks a failover like `NO`.
    public enum Safe {
        YES,
        NO,
        UNKNOWN
    }
}
