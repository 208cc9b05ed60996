package holdfast.admin;

import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every virtual service with its real servers.
///
/// @param connectionsMax  size of the connection table, which `ipvsadm` prints in its header
/// @param services        in the order of the configuration
/// @param totals          of all services together
/// @param rates           of all services together
public record ServiceList(long connectionsMax, Timeouts timeouts, List<Service> services, Totals totals, Rates rates) {
    public ServiceList {
        services = List.copyOf(services);
    }

    /// The timeouts that `ipvsadm --set` sets.
    public record Timeouts(int tcpS, int tcpFinS, int udpS) {}

    /// A virtual service.
    ///
    /// @param service      its key, `tcp/192.0.2.10:80` or `mark/7` in JSON
    /// @param persistence  null where the service is not persistent
    /// @param clientLimit  null where the configuration has none
    public record Service(
            ServiceKey service,
            SchedulerName scheduler,
            List<SchedulerFlag> flags,
            @Nullable Persistence persistence,
            boolean onePacket,
            @Nullable ClientLimit clientLimit,
            List<RealServer> realServers,
            Totals totals,
            Rates rates) {
        public Service {
            flags = flags.stream().sorted().toList();
            realServers = List.copyOf(realServers);
        }
    }

    /// Stickiness of a service.
    ///
    /// @param netmask  dotted quad
    /// @param engine   null where clients are known by their address alone
    public record Persistence(
            long timeoutS,
            String netmask,
            RearmPolicy rearm,
            @Nullable PersistenceEngine engine) {}

    /// What one client may have of a service; 0 for no bound.
    public record ClientLimit(int connections, int newPerSecond) {}

    /// A real server of one service; the three counts are those of IPVS (IPVS-REF 4.7).
    ///
    /// @param address         dotted quad
    /// @param persistConn     templates that name it
    /// @param upperThreshold  0 for none
    /// @param lowerThreshold  0 for three quarters of the upper one
    /// @param overloaded      gets no new connections until it is below its lower threshold
    /// @param drain           what is kept while it is quiesced
    /// @param drainEndsMs     until what is left is ended; null where there is no deadline, or it is not
    ///     quiesced
    /// @param agentPercent    what its agent says that it can take; null where none was heard
    public record RealServer(
            String address,
            int port,
            ForwardingMethod method,
            int weight,
            State state,
            long activeConn,
            long inActConn,
            long persistConn,
            int upperThreshold,
            int lowerThreshold,
            boolean overloaded,
            DrainMode drain,
            @Nullable Long drainEndsMs,
            @Nullable Integer agentPercent,
            Totals totals,
            Rates rates) {}

    /// Whether a real server gets new clients.
    public enum State {
        /// Gets new connections.
        UP,
        /// Nothing gets to its host: gets no new clients while others are there.
        UNREACHABLE,
        /// Weight 0: keeps what its [DrainMode] says, gets no new clients.
        QUIESCED,
        /// Not in the configuration any more; shown while entries still name it.
        REMOVED
    }

    /// Sums since the start of the process or since they were set to zero, on this director.
    public record Totals(long connections, long inPackets, long inBytes, long outPackets, long outBytes) {
        public static final Totals ZERO = new Totals(0, 0, 0, 0, 0);
    }

    /// What the kernel's estimator would say (IPVS-REF 4.12), all per second.
    public record Rates(long connections, long inPackets, long inBytes, long outPackets, long outBytes) {
        public static final Rates ZERO = new Rates(0, 0, 0, 0, 0);
    }
}
