package holdfast.persist;

import holdfast.conf.ServiceKey;
import holdfast.service.Flow;

/// What a [Decision] must know of a service: how the service is configured, or how it would be after a change.
public interface Terms {
    ServiceKey key();

    boolean isPersistent();

    /// Whether a persistence engine recognises clients (IPVS-REF 3.11).
    boolean hasEngine();

    /// The bits of a client's address that its templates go by.
    int netmask();

    /// How many leading bits of an IPv6 client's address its templates go by.
    int prefixLength();

    /// Asks the scheduler.
    ///
    /// @return id of the real server that it picks, or [RealServerTable#NONE]
    int pick(Flow flow, long now);

    /// The port that a real server is configured with.
    int port(int real);

    /// Whether a real server is configured, in this service or another one with the same templates (IPVS-REF 3.3).
    boolean isAvailable(int real);

    /// Whether sticky clients still come to a real server: always, unless it is drained or removed.
    boolean keepsClients(int real);
}
