package holdfast.admin;

import holdfast.conf.DrainMode;
import holdfast.conf.ServiceKey;
import org.jspecify.annotations.Nullable;

/// The drain mode of a real server, and the entries that are left on it.
///
/// @param mode             null if it is no longer drained
/// @param weight           in force now; 0 while it is drained
/// @param templatesGoneMs  latest time until the last template ends; null if connections, pins or sticky clients may
///     keep a template without end
/// @param deadlineMs       until the drain ends the remaining connections; null without a deadline
public record DrainResult(
        ServiceKey service,
        Endpoint real,
        @Nullable DrainMode mode,
        int weight,
        long connections,
        long templates,
        @Nullable Long templatesGoneMs,
        @Nullable Long deadlineMs) {}
