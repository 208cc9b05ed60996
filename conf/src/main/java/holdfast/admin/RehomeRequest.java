package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request to give another real server to a client's next connections.
///
/// @param to  null to let the scheduler pick any server but the present one
public record RehomeRequest(
        MarkRule.Prefix client,
        ServiceKey service,
        @Nullable Host to) {
    public RehomeRequest {
        Objects.requireNonNull(client, "client is missing");
        Objects.requireNonNull(service, "service is missing");
    }
}
