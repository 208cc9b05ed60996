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
    /// @param clientLimit  null if the configuration sets none
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

    /// The persistence of a service.
    ///
    /// @param netmask  dotted quad
    /// @param engine   null if the address alone identifies a client
    public record Persistence(
            long timeoutS,
            String netmask,
            RearmPolicy rearm,
            @Nullable PersistenceEngine engine) {}

    /// The limits for each client of a service; 0 for no bound.
    public record ClientLimit(int connections, int newPerSecond) {}

    /// A real server of one service; the three counts are those of IPVS (IPVS-REF 4.7).
    ///
    /// @param address         dotted quad
    /// @param persistConn     templates that name it
    /// @param upperThreshold  0 for none
    /// @param lowerThreshold  0 for three quarters of the upper one
    /// @param overloaded      gets no new connections until it is below its lower threshold
    /// @param drain           what its clients keep while it is quiesced
    /// @param drainEndsMs     until the drain ends the remaining connections; null without a deadline, or if it is
    ///     not quiesced
    /// @param agentPercent    the part of its weight that its agent reports it can take; null without a report
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
        /// Cannot be reached: gets no new clients while the service has other servers.
        UNREACHABLE,
        /// Weight 0: gets no new clients; its [DrainMode] decides what present clients keep.
        QUIESCED,
        /// No longer in the configuration; listed while entries still name it.
        REMOVED
    }

    /// Sums since the start of the process or since they were set to zero, on this director.
    public record Totals(long connections, long inPackets, long inBytes, long outPackets, long outBytes) {
        public static final Totals ZERO = new Totals(0, 0, 0, 0, 0);
    }

    /// The values of the kernel's estimator (IPVS-REF 4.12), all per second.
    public record Rates(long connections, long inPackets, long inBytes, long outPackets, long outBytes) {
        public static final Rates ZERO = new Rates(0, 0, 0, 0, 0);
    }
}
