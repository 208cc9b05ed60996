package holdfast.admin;

import org.jspecify.annotations.Nullable;

/// The request to move the VIPs to the standby now.
///
/// @param reason  for the record of the failover; null if the operator gave none
/// @param accept  why the operator accepts that the standby runs another configuration, for the record; null if he does
///     not
public record FailoverRequest(
        @Nullable String reason, @Nullable String accept) {
    public FailoverRequest(@Nullable String reason) {
        this(reason, null);
    }
}
