package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// Whether a director is in maintenance: it stands by, and takes over only if no other director serves.
///
/// @param since  by the wall clock, as in RFC 3339; null if it is not in maintenance
/// @param moved  the director to which the VIPs were moved for it; null if they were not
public record MaintenanceState(
        boolean on,
        @Nullable String since,
        @Nullable String author,
        @Nullable String reason,
        @Nullable String moved) {}
