package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.Objects;

/// What an agent on a real server says that it can take.
///
/// @param real     without a port where the service has one real server of that address only
/// @param percent  0 to 100 of its weight
public record AgentRequest(ServiceKey service, Host real, int percent) {
    public AgentRequest {
        Objects.requireNonNull(service, "service is missing");
        Objects.requireNonNull(real, "real is missing");
        Range.check("percent", percent, 0, 100, "100 is all of its weight");
    }
}
