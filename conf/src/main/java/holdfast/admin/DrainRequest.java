package holdfast.admin;

import holdfast.conf.DrainMode;
import holdfast.conf.ServiceKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The wish to quiesce a real server at run time, to ask how far it is, or to end that.
///
/// @param real       without a port where the service has one real server of that address only
/// @param mode       null for the one in force: that of an earlier wish, else what the configuration says
/// @param deadlineS  seconds from now, 1 to [Bounds#SECONDS_MAX]; only for [DrainMode#UNTIL_DEADLINE], else null
/// @param off        give it its configured weight back
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
