package holdfast.admin;

import holdfast.conf.DrainMode;
import holdfast.conf.ServiceKey;
import org.jspecify.annotations.Nullable;

/// How a real server is drained now, and what is left on it.
///
/// @param mode             null where it is not drained any more
/// @param weight           in force now; 0 while it is drained
/// @param templatesGoneMs  until the last template has gone at the latest; null where connections, pins
///     or sticky clients may keep some without end
/// @param deadlineMs       until what is left is ended; null where there is no deadline
public record DrainResult(
        ServiceKey service,
        Endpoint real,
        @Nullable DrainMode mode,
        int weight,
        long connections,
        long templates,
        @Nullable Long templatesGoneMs,
        @Nullable Long deadlineMs) {}
