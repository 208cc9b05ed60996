package holdfast.admin;

import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The question where a client is, where it would go now, and where it would go after a change; nothing
/// is changed.
///
/// @param client   with its port where the scheduler is to count it
/// @param change   null where only the present is asked for
public record WhereIsRequest(
        Host client, ServiceKey service, @Nullable Change change) {
    public WhereIsRequest {
        Objects.requireNonNull(client, "client is missing");
        Objects.requireNonNull(service, "service is missing");
    }

    /// A change of the service that is only thought of.
    ///
    /// @param weights  of real servers that there are
    /// @param added    real servers that there are not
    /// @param removed  real servers that there are
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
