package holdfast.persist;

import holdfast.conf.ServiceKey;
import holdfast.service.Flow;

/// A [Decision]'s view of a service: its present configuration, or a hypothetical one.
public interface ServiceTerms {
    ServiceKey key();

    boolean isPersistent();

    /// Whether a persistence engine identifies clients (IPVS-REF 3.11).
    boolean hasEngine();

    /// The bits of a client's address that count for its templates.
    int netmask();

    /// The number of leading bits of an IPv6 client's address that count for its templates.
    int prefixLength();

    /// Asks the scheduler.
    ///
    /// @return id of the picked real server, or [RealServerTable#NONE]
    int pick(Flow flow, long now);

    /// The configured port of a real server.
    int port(int real);

    /// Whether a real server is configured, in this service or another one with the same templates (IPVS-REF 3.3).
    boolean isAvailable(int real);

    /// Whether a real server keeps its sticky clients: always, unless it is drained or removed.
    boolean keepsClients(int real);
}
