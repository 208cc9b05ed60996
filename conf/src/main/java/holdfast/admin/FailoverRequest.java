package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// The request to move the VIPs to the standby now.
///
/// @param reason  for the record of the failover; null if the operator gave none
public record FailoverRequest(@Nullable String reason) {}
