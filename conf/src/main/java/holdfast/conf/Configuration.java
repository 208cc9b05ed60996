package holdfast.conf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The whole configuration of one director as an immutable tree: already parsed and checked, so nobody checks it again.
///
/// @param interfaces  names of the links whose packets the datapath takes, in the order of the file
/// @param groups      the VIP groups; one for now
/// @param services    in the order of the file
public record Configuration(
        Director director,
        Datapath datapath,
        List<String> interfaces,
        Cluster cluster,
        List<VipGroup> groups,
        List<Service> services) {

    public Configuration {
        interfaces = List.copyOf(interfaces);
        groups = List.copyOf(groups);
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
    public record Datapath(int connectionsMax, int templatesMax, int spinMicros, boolean shield) {}

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
    public record Service(
            ServiceKey key, SchedulerName scheduler, Optional<Persistence> persistence, List<RealServer> realServers) {
        public Service {
            realServers = List.copyOf(realServers);
        }
    }

    /// Stickiness of clients (IPVS-REF 3).
    ///
    /// @param timeoutS  1 to 2^32-1 seconds
    /// @param netmask   granularity of clients as mask bits; all ones for each address by itself
    public record Persistence(long timeoutS, int netmask) {}

    /// A real server of one service.
    ///
    /// @param port    the service's own port for DR; 0 only in a port-0 service
    /// @param weight  0 to 65535; 0 quiesces
    public record RealServer(Ipv4 address, int port, int weight, ForwardingMethod method) {}
}
