package holdfast.admin;

import holdfast.conf.DrainMode;
import holdfast.conf.ServiceKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to quiesce a real server at run time, to show the progress of a drain, or to end it.
///
/// @param real       without a port if the service has only one real server of that address
/// @param mode       null for the present mode: that of an earlier request, or else of the configuration
/// @param deadlineS  seconds from now, 1 to [Bounds#SECONDS_MAX]; only for [DrainMode#UNTIL_DEADLINE], else null
/// @param off        restore the configured weight
public record DrainRequest(
        ServiceKey service,
        Host real,
        @Nullable DrainMode mode,
        @Nullable Long deadlineS,
        boolean off) {
    public DrainRequest {
        Objects.requireNonNull(service, "service is missing");
        Objects.requireNonNull(real, "real is missing");
        Range.check("deadlineS", deadlineS, 1, Bounds.SECONDS_MAX, "the mode 'now' ends everything at once");
    }
}
