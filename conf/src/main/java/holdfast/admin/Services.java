package holdfast.admin;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every virtual service with its real servers.
///
/// @param connectionsMax  size of the connection table, which `ipvsadm` prints in its header
public record Services(long connectionsMax, List<Service> services) {
    public Services {
        services = List.copyOf(services);
    }

    /// A virtual service.
    ///
    /// @param service      its key, `tcp/192.0.2.10:80` in JSON
    /// @param persistence  null where the service is not persistent
    public record Service(
            ServiceKey service,
            SchedulerName scheduler,
            @Nullable Persistence persistence,
            List<RealServer> realServers,
            Totals totals) {
        public Service {
            realServers = List.copyOf(realServers);
        }
    }

    /// Stickiness of a service.
    ///
    /// @param netmask  dotted quad
    public record Persistence(long timeoutS, String netmask) {}

    /// A real server of one service; the three counts are those of IPVS (IPVS-REF 4.7).
    ///
    /// @param address      dotted quad
    /// @param persistConn  templates that name it
    public record RealServer(
            String address,
            int port,
            ForwardingMethod method,
            int weight,
            State state,
            long activeConn,
            long inActConn,
            long persistConn,
            Totals totals) {}

    /// Whether a real server gets new clients.
    public enum State {
        /// Gets new connections.
        UP,
        /// Weight 0: keeps its connections and its sticky clients, gets no new ones.
        QUIESCED,
        /// Not in the configuration any more; shown while entries still name it.
        REMOVED
    }

    /// Sums since the start of the process, on this director.
    public record Totals(long connections, long inPackets, long inBytes, long outPackets, long outBytes) {}
}
