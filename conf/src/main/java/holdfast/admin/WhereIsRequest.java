package holdfast.admin;

import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The question for a client's real server, now and after a hypothetical change; it changes nothing.
///
/// @param client   with its port if the scheduler is to use it
/// @param change   null to ask for the present only
public record WhereIsRequest(
        Host client, ServiceKey service, @Nullable Change change) {
    public WhereIsRequest {
        Objects.requireNonNull(client, "client is missing");
        Objects.requireNonNull(service, "service is missing");
    }

    /// A hypothetical change of the service.
    ///
    /// @param weights  of existing real servers
    /// @param added    new real servers
    /// @param removed  existing real servers
    /// @param netmask  of the persistence, such as 255.255.255.0; null for the present one
    public record Change(
            List<Weighted> weights,
            List<Weighted> added,
            List<Host> removed,
            @Nullable Ipv4 netmask) {
        public Change {
            weights = List.copyOf(weights);
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }

    /// A real server with a weight of 0 to 2^31-1.
    public record Weighted(Host real, int weight) {
        public Weighted {
            Objects.requireNonNull(real, "real is missing");
            Range.check("weight", weight, 0, Integer.MAX_VALUE, "0 is that of one that gets no new clients");
        }
    }
}
