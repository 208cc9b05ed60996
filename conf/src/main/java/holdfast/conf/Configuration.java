package holdfast.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The whole configuration of one director as an immutable tree: already parsed and checked, so nobody checks it again.
///
/// @param interfaces  names of the links whose packets the datapath takes, in the order of the file
/// @param groups      the VIP groups; one for now
/// @param marks       in the order in which they are tried
/// @param services    in the order of the file
public record Configuration(
        Director director,
        Datapath datapath,
        List<String> interfaces,
        Cluster cluster,
        List<VipGroup> groups,
        Ipvs ipvs,
        List<MarkRule> marks,
        List<Service> services) {

    public Configuration {
        interfaces = List.copyOf(interfaces);
        groups = List.copyOf(groups);
        marks = List.copyOf(marks);
        services = List.copyOf(services);
    }

    /// SHA-256 in hexadecimal over what both directors of a pair must have in common: the cluster's name, the vrid, the
    /// VIPs and the services. Two directors with different ones must not take over from each other.
    public String sharedHash() {
        return SharedHash.of(this);
    }

    /// This director itself.
    ///
    /// @param name       unique in the cluster
    /// @param stateDir   holds what must outlive the process: the term
    /// @param apiSocket  Unix socket of the admin API; its file permissions are the login
    public record Director(String name, Path stateDir, Path apiSocket) {}

    /// Bounds and trade-offs of the packet path.
    ///
    /// @param connectionsMax  most connections held at once
    /// @param templatesMax    most persistence templates held at once
    /// @param spinMicros      how long a worker spins before it sleeps in poll(); 0 sleeps at once
    /// @param shield          drop the kernel's own copy of our packets at ingress
    /// @param passOverUnreachable  give no new clients to a real server that nothing gets to, if others are there
    /// @param refuseNoService      when the first packet of a connection to a port without service is refused
    /// @param refuseNoConnection   when a packet of a connection that is not known is refused
    public record Datapath(
            int connectionsMax,
            int templatesMax,
            int spinMicros,
            boolean shield,
            boolean passOverUnreachable,
            Refusal refuseNoService,
            Refusal refuseNoConnection) {
        /// With what few change as it is by default.
        public Datapath(int connectionsMax, int templatesMax, int spinMicros, boolean shield) {
            this(connectionsMax, templatesMax, spinMicros, shield, true, Refusal.ALWAYS, Refusal.VOUCHED);
        }
    }

    /// The interconnect between directors.
    ///
    /// @param name              of the JGroups cluster
    /// @param bindAddress       our address on the interconnect
    /// @param multicastAddress  224.0.0.0/4
    /// @param keyFile           32 bytes in hexadecimal that every director of the cluster shares, the key of its
    /// @param sync              whether tables are replicated; without it a failover loses every client
    ///     messages
    public record Cluster(
            String name, Ipv4 bindAddress, Ipv4 multicastAddress, int multicastPort, Path keyFile, boolean sync) {}

    /// One VRRP router: the unit of failover.
    ///
    /// @param vrid              1 to 255
    /// @param interfaceName     where adverts go
    /// @param priority          1 to 254, the higher one wins
    /// @param preempt           whether a higher priority takes the VIPs back by itself
    /// @param advertIntervalMs  10 to 40950, a multiple of 10 (VRRPv3 counts centiseconds)
    public record VipGroup(
            String name,
            int vrid,
            String interfaceName,
            int priority,
            boolean preempt,
            int advertIntervalMs,
            AdvertChecksum advertChecksum,
            Trust trust,
            Garp garp,
            List<Vip> vips) {
        public VipGroup {
            vips = List.copyOf(vips);
        }
    }

    /// Which bytes the checksum of an IPv4 VRRPv3 advert covers (VRRP-REF 1.4).
    public enum AdvertChecksum {
        RFC9568,
        PSEUDO_HEADER
    }

    /// Whose VRRP adverts a director believes.
    public enum Trust {
        /// Those of directors that vouch for themselves on the sealed channel.
        SEALED,
        /// Everybody's, as plain VRRP does: for a peer that is no Holdfast.
        ANY
    }

    /// Gratuitous ARP after a claim.
    ///
    /// @param repeatAtMs  when each further burst goes out, in ms after the claim; the first one goes at once
    /// @param refreshS    seconds between refreshes while active; 0 for none
    public record Garp(List<Integer> repeatAtMs, int refreshS) {
        public Garp {
            repeatAtMs = List.copyOf(repeatAtMs);
        }
    }

    /// An address that moves with its group and is answered for by the datapath, never by the kernel.
    public record Vip(Ipv4 address, String interfaceName) {}

    /// A virtual service and its real servers, in the order of the file.
    ///
    /// @param flags        of `sh` and `mh`
    /// @param onePacket    each datagram is scheduled by itself (IPVS-REF 1.12)
    /// @param clientLimit  what one client may have here
    public record Service(
            ServiceKey key,
            SchedulerName scheduler,
            Set<SchedulerFlag> flags,
            Optional<Persistence> persistence,
            boolean onePacket,
            Optional<ClientLimit> clientLimit,
            List<RealServer> realServers) {
        public Service {
            flags = Set.copyOf(flags);
            realServers = List.copyOf(realServers);
        }

        /// A service without any of the options that few need.
        public Service(
                ServiceKey key,
                SchedulerName scheduler,
                Optional<Persistence> persistence,
                List<RealServer> realServers) {
            this(key, scheduler, Set.of(), persistence, false, Optional.empty(), realServers);
        }
    }

    /// Stickiness of clients (IPVS-REF 3).
    ///
    /// @param timeoutS      1 to 2^32-1 seconds
    /// @param netmask       granularity of IPv4 clients as mask bits; all ones for each address by itself
    /// @param prefixLength  granularity of IPv6 clients, 1 to 128; no file can name an IPv6 service yet
    /// @param rearm         what becomes of a template's timer while its connections last
    /// @param engine        what a client is recognised by besides its address
    public record Persistence(
            long timeoutS, int netmask, int prefixLength, RearmPolicy rearm, Optional<PersistenceEngine> engine) {
        /// With each IPv6 client by itself.
        public Persistence(long timeoutS, int netmask, RearmPolicy rearm, Optional<PersistenceEngine> engine) {
            this(timeoutS, netmask, 128, rearm, engine);
        }

        /// IPVS's way, by the client's address alone.
        public Persistence(long timeoutS, int netmask) {
            this(timeoutS, netmask, RearmPolicy.IPVS, Optional.empty());
        }
    }

    /// What one client (address) may have of a service; what is over it is dropped and counted.
    ///
    /// @param connections   most at once; 0 for no bound
    /// @param newPerSecond  most new ones per second; 0 for no bound
    public record ClientLimit(int connections, int newPerSecond) {}

    /// A real server of one service.
    ///
    /// @param port            the service's own port for DR; 0 only in a port-0 service, which uses no other
    /// @param weight          0 to 2^31-1; 0 quiesces
    /// @param upperThreshold  connections from which on it gets no new ones; 0 for no bound (IPVS-REF 4.8)
    /// @param lowerThreshold  connections below which it gets new ones again; 0 for three quarters of the upper one
    /// @param drain           while it is quiesced; empty for what [Ipvs#expireQuiescentTemplate] says
    public record RealServer(
            Ipv4 address,
            int port,
            int weight,
            ForwardingMethod method,
            int upperThreshold,
            int lowerThreshold,
            Optional<Drain> drain) {
        /// A real server without thresholds that drains as all do.
        public RealServer(Ipv4 address, int port, int weight, ForwardingMethod method) {
            this(address, port, weight, method, 0, 0, Optional.empty());
        }
    }

    /// How a quiesced real server is emptied.
    ///
    /// @param deadlineS  seconds after it was quiesced; only for UNTIL_DEADLINE, else 0
    public record Drain(DrainMode mode, long deadlineS) {}
}
