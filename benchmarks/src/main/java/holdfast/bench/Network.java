package holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The lab's network (`bin/lib/topology`) with three more namespaces, each attached like the director d1:
///
/// - `plain` routes to real server 1 and changes nothing: the ceiling of NAT. The ceiling of DR is the bridge itself.
/// - `nft-nat` translates 192.0.2.61 to real server 1 by nftables DNAT with connection tracking.
/// - `nft-dr` forwards packets for 192.0.2.62 to the MAC of real server 1 from its ingress hook, without state.
///
/// Real server 1 has one more address for each path to it: the path of a reply follows its source address. And no two
/// targets share a server's address and port, where one's TIME_WAIT would refuse the other's connections (packet-io 7).
final class Network {
    static final Namespace CLIENT = new Namespace("client");
    static final Namespace DIRECTOR = new Namespace("d1");
    static final Namespace REAL_SERVER = new Namespace("rs1");
    static final Namespace PLAIN = new Namespace("plain");
    static final Namespace NFT_NAT = new Namespace("nft-nat");
    static final Namespace NFT_DR = new Namespace("nft-dr");

    static final String CLIENT_NETWORK = "198.51.100.";
    static final String CLIENT_ADDRESS = CLIENT_NETWORK + 1;
    /// Addresses of real server 1 behind d1 for NAT, and on the client's side of the bridge.
    static final String BEHIND_DIRECTOR = "10.0.0.11";
    static final String ON_BRIDGE = "192.0.2.21";
    static final String BEHIND_PLAIN = "10.0.0.60";
    static final String NFT_NAT_VIP = "192.0.2.61";
    static final String NFT_DR_VIP = "192.0.2.62";

    private static final Namespace SWITCH = new Namespace("sw");
    private static final String BEHIND_NFT = "10.0.0.61";
    private static final String REAL_SERVER_MAC = "02:00:00:00:01:21";
    private static final String NFT_DR_MAC = "02:00:00:00:01:52";

    private Network() {}

    /// Makes the parts that the lab's own network lacks.
    ///
    /// @param port  the TCP port that the peers forward
    static void make(int port) {
        attach(PLAIN, 50, List.of("front", "back"));
        attach(NFT_NAT, 51, List.of("front", "back"));
        attach(NFT_DR, 52, List.of("front"));
        PLAIN.sysctl("net.ipv4.ip_forward=1");
        NFT_NAT.sysctl("net.ipv4.ip_forward=1");
        // A generator of connections would run out of ports; no suite measures a kernel's TIME_WAIT.
        CLIENT.sysctl("net.ipv4.tcp_max_tw_buckets=0");
        REAL_SERVER.sysctl("net.ipv4.tcp_max_tw_buckets=0");

        CLIENT.ip(List.of("route add " + BEHIND_PLAIN + "/32 via 192.0.2.50"));
        NFT_NAT.ip(List.of("address add " + NFT_NAT_VIP + "/32 dev lo"));
        NFT_DR.ip(List.of("address add " + NFT_DR_VIP + "/32 dev lo"));
        REAL_SERVER.ip(List.of(
                "address add " + NFT_DR_VIP + "/32 dev lo",
                "address add " + BEHIND_PLAIN + "/24 dev back",
                "address add " + BEHIND_NFT + "/24 dev back",
                "route add default via 10.0.0.50 table 150",
                "route add default via 10.0.0.51 table 151",
                "rule add from " + BEHIND_PLAIN + " to 198.51.100.0/24 lookup 150 priority 90",
                "rule add from " + BEHIND_NFT + " to 198.51.100.0/24 lookup 151 priority 91"));

        NFT_NAT.nft("""
                table ip peer {
                    chain prerouting {
                        type nat hook prerouting priority dstnat
                        ip daddr %s tcp dport %d dnat to %s
                    }
                }
                """.formatted(NFT_NAT_VIP, port, BEHIND_NFT));
        // The source changes too: the bridge must not learn the client's MAC at the peer's port.
        NFT_DR.nft("""
                table netdev peer {
                    chain ingress {
                        type filter hook ingress device "front" priority 0
                        ip daddr %s tcp dport %d ether saddr set %s ether daddr set %s fwd to "front"
                    }
                }
                """.formatted(NFT_DR_VIP, port, NFT_DR_MAC, REAL_SERVER_MAC));
    }

    /// Makes client and real server send packets no larger than the MTU, each with its whole checksum.
    static void noOffloads() {
        CLIENT.run("ethtool", "-K", "front", "tx", "off");
        REAL_SERVER.run("ethtool", "-K", "front", "tx", "off");
        REAL_SERVER.run("ethtool", "-K", "back", "tx", "off");
    }

    /// Makes a namespace on networks of the switch, with MAC addresses in the lab's pattern.
    private static void attach(Namespace namespace, int host, List<String> networks) {
        Program.run(Duration.ofSeconds(10), "ip", "netns", "add", namespace.name());
        var atSwitch = new ArrayList<String>();
        var here = new ArrayList<>(List.of("link set lo up"));
        for (var network : networks) {
            boolean front = network.equals("front");
            var port = namespace.name() + (front ? "-f" : "-b");
            atSwitch.add("link add %s type veth peer name %s address 02:00:00:00:0%d:%d netns %s"
                    .formatted(port, network, front ? 1 : 2, host, namespace.name()));
            atSwitch.add("link set %s master br-%s up".formatted(port, network));
            here.add("address add %s%d/24 dev %s".formatted(front ? "192.0.2." : "10.0.0.", host, network));
            here.add("link set " + network + " up");
        }
        here.add("route add 198.51.100.0/24 via 192.0.2.254");
        SWITCH.ip(atSwitch);
        namespace.ip(here);
    }
}
