package holdfast.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The whole configuration of one director as an immutable tree, parsed and checked: code that reads it checks nothing
/// again.
///
/// @param management  how people and programs reach the director
/// @param interfaces  names of the links whose packets the datapath receives, in the order of the file
/// @param networks    of the machine's links, which say where a VIP belongs that the file does not name; none for a
///     file that no machine has
/// @param groups      the VIP groups; one for now
/// @param marks       in the order of the file: the first rule that matches applies
/// @param services    in the order of the file
public record Configuration(
        Director director,
        Management management,
        Datapath datapath,
        List<String> interfaces,
        List<Network> networks,
        Cluster cluster,
        List<VipGroup> groups,
        Ipvs ipvs,
        List<MarkRule> marks,
        List<Service> services) {

    public Configuration {
        interfaces = List.copyOf(interfaces);
        networks = List.copyOf(networks);
        groups = List.copyOf(groups);
        marks = List.copyOf(marks);
        services = List.copyOf(services);
    }

    /// A configuration that is reached on its socket alone, of a machine that is not known.
    public Configuration(
            Director director,
            Datapath datapath,
            List<String> interfaces,
            Cluster cluster,
            List<VipGroup> groups,
            Ipvs ipvs,
            List<MarkRule> marks,
            List<Service> services) {
        this(director, Management.LOCAL, datapath, interfaces, List.of(), cluster, groups, ipvs, marks, services);
    }

    /// The configuration of a director on a machine with these networks.
    public Configuration on(List<Network> machine) {
        return new Configuration(
                director, management, datapath, interfaces, machine, cluster, groups, ipvs, marks, services);
    }

    /// Where a VIP belongs: as this configuration says, or on the link whose own network has it, or with the adverts of
    /// its group.
    Vip placed(Ipv4 address) {
        var group = groups.getFirst();
        return group.vips().stream()
                .filter(vip -> vip.address().equals(address))
                .findFirst()
                .orElseGet(() -> new Vip(
                        address,
                        networks.stream()
                                .filter(network -> interfaces.contains(network.interfaceName()))
                                .filter(network -> network.has(address))
                                .findFirst()
                                .map(Network::interfaceName)
                                .orElse(group.interfaceName())));
    }

    /// A network that a link of the machine is in.
    ///
    /// @param address  the machine's own in it
    public record Network(String interfaceName, Ipv4 address, int prefixLength) {
        boolean has(Ipv4 other) {
            return prefixLength == 0 || (address.bits() ^ other.bits()) >>> (Integer.SIZE - prefixLength) == 0;
        }
    }

    /// This director itself.
    ///
    /// @param name       unique in the cluster
    /// @param stateDir   holds the state that must outlive the process: the term
    /// @param apiSocket  Unix socket of the admin API; its file permissions are the login
    public record Director(String name, Path stateDir, Path apiSocket) {}

    /// Bounds and trade-offs of the packet path.
    ///
    /// @param connectionsMax  most connections held at once
    /// @param templatesMax    most persistence templates held at once
    /// @param spinMicros      how long a worker spins before it sleeps in poll(); 0 sleeps at once
    /// @param shield          drop the kernel's own copy of our packets at ingress
    /// @param passOverUnreachable  give no new clients to a real server that cannot be reached, if others are there
    /// @param refuseNoService      when to refuse the first packet of a connection to a port without service
    /// @param refuseNoConnection   when to refuse a packet of an unknown connection
    public record Datapath(
            int connectionsMax,
            int templatesMax,
            int spinMicros,
            boolean shield,
            boolean passOverUnreachable,
            Refusal refuseNoService,
            Refusal refuseNoConnection) {
        /// With the usual defaults of the remaining settings.
        public Datapath(int connectionsMax, int templatesMax, int spinMicros, boolean shield) {
            this(connectionsMax, templatesMax, spinMicros, shield, true, Refusal.ALWAYS, Refusal.VOUCHED);
        }
    }

    /// The interconnect between directors.
    ///
    /// @param name              of the JGroups cluster
    /// @param bindAddress       our address on the interconnect
    /// @param multicastAddress  224.0.0.0/4
    /// @param keyFile           holds the cluster's keys of 32 bytes in hexadecimal, which all directors share
    /// @param sync              whether tables are replicated; without it a failover loses every client
    public record Cluster(
            String name, Ipv4 bindAddress, Ipv4 multicastAddress, int multicastPort, Path keyFile, boolean sync) {}

    /// One VRRP router: the unit of failover.
    ///
    /// @param vrid              1 to 255
    /// @param interfaceName     link of the adverts
    /// @param priority          1 to 254, the higher one wins
    /// @param preempt           whether a higher priority takes the VIPs back without an operator
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

        VipGroup with(List<Vip> others) {
            return new VipGroup(
                    name,
                    vrid,
                    interfaceName,
                    priority,
                    preempt,
                    advertIntervalMs,
                    advertChecksum,
                    trust,
                    garp,
                    others);
        }
    }

    /// Which bytes the checksum of an IPv4 VRRPv3 advert covers (VRRP-REF 1.4).
    public enum AdvertChecksum {
        RFC9568,
        PSEUDO_HEADER
    }

    /// Whose VRRP adverts a director believes.
    public enum Trust {
        /// Adverts of directors that vouch for themselves on the sealed channel.
        SEALED,
        /// All adverts, as in plain VRRP: for a peer that is no Holdfast.
        ANY
    }

    /// Gratuitous ARP after a claim.
    ///
    /// @param repeatAtMs  when each further burst is sent, in ms after the claim; the first burst is sent at the
    ///     claim
    /// @param refreshS    seconds between refreshes while active; 0 for none
    public record Garp(List<Integer> repeatAtMs, int refreshS) {
        public Garp {
            repeatAtMs = List.copyOf(repeatAtMs);
        }
    }

    /// An address that moves with its group; the datapath answers for it, never the kernel.
    public record Vip(Ipv4 address, String interfaceName) {}

    /// A virtual service and its real servers, in the order of the file.
    ///
    /// @param flags        of `sh` and `mh`
    /// @param onePacket    each datagram is scheduled by itself (IPVS-REF 1.12)
    /// @param clientLimit  limits for each client of this service
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

        /// A service with the defaults of the rare options.
        public Service(
                ServiceKey key,
                SchedulerName scheduler,
                Optional<Persistence> persistence,
                List<RealServer> realServers) {
            this(key, scheduler, Set.of(), persistence, false, Optional.empty(), realServers);
        }
    }

    /// Persistence of clients (IPVS-REF 3).
    ///
    /// @param timeoutS      1 to 2^32-1 seconds
    /// @param netmask       granularity of IPv4 clients as mask bits; all ones for each address by itself
    /// @param prefixLength  granularity of IPv6 clients, 1 to 128; no file can name an IPv6 service yet
    /// @param rearm         how a template's timer restarts while its connections last
    /// @param engine        identifies a client by more than its address
    public record Persistence(
            long timeoutS, int netmask, int prefixLength, RearmPolicy rearm, Optional<PersistenceEngine> engine) {
        /// With IPv6 clients each by itself.
        public Persistence(long timeoutS, int netmask, RearmPolicy rearm, Optional<PersistenceEngine> engine) {
            this(timeoutS, netmask, 128, rearm, engine);
        }

        /// With IPVS's re-arm policy, and clients identified by their address alone.
        public Persistence(long timeoutS, int netmask) {
            this(timeoutS, netmask, RearmPolicy.IPVS, Optional.empty());
        }
    }

    /// The limits of one client address at a service; new connections over them are dropped and counted.
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
    /// @param drain           its drain mode while it is quiesced; empty to follow [Ipvs#expireQuiescentTemplate]
    public record RealServer(
            Ipv4 address,
            int port,
            int weight,
            ForwardingMethod method,
            int upperThreshold,
            int lowerThreshold,
            Optional<Drain> drain) {
        /// A real server without thresholds and without a drain mode of its own.
        public RealServer(Ipv4 address, int port, int weight, ForwardingMethod method) {
            this(address, port, weight, method, 0, 0, Optional.empty());
        }
    }

    /// How a quiesced real server is emptied.
    ///
    /// @param deadlineS  seconds after it was quiesced; only for UNTIL_DEADLINE, else 0
    public record Drain(DrainMode mode, long deadlineS) {}
}
