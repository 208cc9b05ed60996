package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;

/// The events of a random walk: packets, time and an operator. The world is small, so that events interact: two VIPs,
/// six clients in three networks, four real servers.
sealed interface EngineWalk {
    int VIP = TestDirector.VIP;
    int VIP2 = TestDirector.INNER;
    List<Integer> CLIENTS =
            ips("198.51.100.1", "198.51.100.2", "198.51.100.66", "198.51.100.67", "198.51.100.130", "198.51.100.200");
    List<Integer> REALS = ips("10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14");
    List<Integer> PORTS = List.of(20, 21, 53, 80, 443, 500, 8000, 9000, 50_000);

    List<ServiceKey> SERVICES = List.of(
            ServiceKey.of("tcp/192.0.2.10:80"),
            ServiceKey.of("tcp/192.0.2.10:443"),
            ServiceKey.of("udp/192.0.2.10:53"),
            ServiceKey.of("tcp/192.0.2.10:21"),
            ServiceKey.of("tcp/192.0.2.10:0"),
            ServiceKey.of("udp/192.0.2.10:0"),
            ServiceKey.of("tcp/10.0.0.1:80"),
            ServiceKey.of("sctp/192.0.2.10:9000"),
            ServiceKey.of("mark/7"),
            ServiceKey.of("mark/4000000008"));

    /// Mark 7 has some ports of all protocols, the other mark some TCP packets of one network to one VIP. No
    /// client's packet arrives on the link of the first rule.
    List<MarkRule> MARKS = List.of(
            new MarkRule(
                    7, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.of("lan")),
            new MarkRule(
                    7,
                    Optional.empty(),
                    Optional.of(new MarkRule.Prefix(new Ipv4(VIP), 32)),
                    Optional.empty(),
                    List.of(),
                    List.of(new MarkRule.PortRange(8000, 8999), new MarkRule.PortRange(443, 443)),
                    Optional.empty()),
            new MarkRule(
                    (int) 4_000_000_008L,
                    Optional.of(new MarkRule.Prefix(Ipv4.of("198.51.100.129"), 25)),
                    Optional.of(new MarkRule.Prefix(new Ipv4(VIP2), 32)),
                    Optional.of(Protocol.TCP),
                    List.of(new MarkRule.PortRange(0, 1025), new MarkRule.PortRange(40_000, 50_000)),
                    List.of(),
                    Optional.of("wan")),
            new MarkRule( // of a mark that no service has
                    9,
                    Optional.of(new MarkRule.Prefix(Ipv4.of("198.51.100.1"), 32)),
                    Optional.empty(),
                    Optional.of(Protocol.UDP),
                    List.of(),
                    List.of(),
                    Optional.empty()));

    /// A client's packet to one of our addresses.
    ///
    /// @param flags  of TCP
    record FromClient(int protocol, int client, int clientPort, int vip, int port, int flags, List<Integer> chunks)
            implements EngineWalk {
        @Override
        public String toString() {
            return "FromClient[%d %s:%d > %s:%d flags 0x%02x chunks %s]"
                    .formatted(protocol, Ipv4.text(client), clientPort, Ipv4.text(vip), port, flags, chunks);
        }
    }

    /// A client's next packet on an existing connection.
    ///
    /// @param which  an index modulo their number
    record Along(int which, int flags, List<Integer> chunks) implements EngineWalk {}

    /// A packet of its real server to the client.
    record Reply(int which, int flags, List<Integer> chunks) implements EngineWalk {}

    /// A packet of a real server, probably without a connection.
    record FromServer(int protocol, int real, int port, int client, int clientPort, int flags) implements EngineWalk {}

    /// An ICMP error about a packet of a connection, from the client's side to the real server or the other way.
    record IcmpError(int which, int type, boolean isInbound) implements EngineWalk {}

    record Wait(int seconds) implements EngineWalk {}

    /// Until an entry ends.
    record WaitForNextEnd() implements EngineWalk {}

    /// The operator adds, edits or removes a service.
    record SetService(ServiceKey key, boolean isThere, Optional<Configuration.Persistence> persistence, boolean ops)
            implements EngineWalk {}

    /// The operator adds, edits or removes a real server of a service.
    record SetReal(ServiceKey key, int address, boolean isThere, Configuration.RealServer real) implements EngineWalk {}

    /// The MAC of a real server becomes known or unknown.
    record SetWay(int real, boolean isKnown) implements EngineWalk {}

    record SetIpvs(Ipvs ipvs) implements EngineWalk {}

    static List<Integer> ips(String... texts) {
        return List.of(texts).stream().map(text -> Ipv4.of(text).bits()).toList();
    }
}
