package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The wish that a client's next connections go to another real server.
///
/// @param to  null for the one that the scheduler picks of all but the present one
public record RehomeRequest(
        MarkRule.Prefix client,
        ServiceKey service,
        @Nullable Host to) {
    public RehomeRequest {
        Objects.requireNonNull(client, "client is missing");
        Objects.requireNonNull(service, "service is missing");
    }
}
