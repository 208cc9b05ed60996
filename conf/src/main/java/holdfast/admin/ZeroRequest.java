package holdfast.admin;

import holdfast.conf.ServiceKey;
import org.jspecify.annotations.Nullable;

/// The request to reset totals and rates, as `ipvsadm -Z` does.
///
/// @param service  null for all services
public record ZeroRequest(@Nullable ServiceKey service) {}
