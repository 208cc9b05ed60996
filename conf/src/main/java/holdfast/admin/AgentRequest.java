package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.Objects;

/// The load that an agent on a real server reports.
///
/// @param real     without a port if the service has only one real server of that address
/// @param percent  the part of its weight that the server can take, 0 to 100
public record AgentRequest(ServiceKey service, Host real, int percent) {
    public AgentRequest {
        Objects.requireNonNull(service, "service is missing");
        Objects.requireNonNull(real, "real is missing");
        Range.check("percent", percent, 0, 100, "100 is all of its weight");
    }
}
