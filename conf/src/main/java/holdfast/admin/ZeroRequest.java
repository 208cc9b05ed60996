package holdfast.admin;

import holdfast.conf.ServiceKey;
import org.jspecify.annotations.Nullable;

/// The wish that totals and rates begin anew, as by `ipvsadm -Z`.
///
/// @param service  null for all
public record ZeroRequest(@Nullable ServiceKey service) {}
