package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// What can happen to a director in a random walk: packets, time and an operator. The world is small, so that things
/// meet: two VIPs, six clients in three networks, four real servers of which one has no known way.
sealed interface EngineWalk {
    int VIP = TestDirector.VIP;
    int VIP2 = TestDirector.INNER;
    List<Integer> CLIENTS =
            ips("198.51.100.1", "198.51.100.2", "198.51.100.66", "198.51.100.67", "198.51.100.130", "198.51.100.200");
    List<Integer> REALS = ips("10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14");
    int SILENT = REALS.getLast();
    List<Integer> CLIENT_PORTS = List.of(20, 1025, 1026, 40_000);
    List<Integer> PORTS = List.of(20, 21, 53, 80, 443, 500, 8000, 9000, 50_000);
    List<Integer> FLAGS = List.of(0x02, 0x02, 0x02, 0x10, 0x10, 0x11, 0x12, 0x04, 0x14, 0x01, 0x18, 0x00, 0x03);
    List<Integer> CHUNKS = List.of(1, 1, 1, 2, 10, 11, 0, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 130);

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

    /// Mark 7 takes some ports of all protocols, the other one takes what one network sends to one VIP.
    List<MarkRule> MARKS = List.of(
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

    /// A packet of a client to an address of ours.
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

    /// The next packet of a client along a connection that is there.
    ///
    /// @param which  counts round among them
    record Along(int which, int flags, List<Integer> chunks) implements EngineWalk {}

    /// A packet of its real server to the client.
    record Reply(int which, int flags, List<Integer> chunks) implements EngineWalk {}

    /// A packet of a real server that belongs to no connection, as likely as not.
    record FromServer(int protocol, int real, int port, int client, int clientPort, int flags) implements EngineWalk {}

    /// An ICMP error about a packet of a connection, from the client's side to the real server or the other way.
    record Error(int which, int type, boolean isInbound) implements EngineWalk {}

    record Wait(int seconds) implements EngineWalk {}

    /// Until something ends.
    record WaitForNextEnd() implements EngineWalk {}

    /// The operator adds, edits or removes a service.
    record SetService(ServiceKey key, boolean isThere, Optional<Configuration.Persistence> persistence, boolean ops)
            implements EngineWalk {}

    /// The operator adds, edits or removes a real server of a service.
    record SetReal(ServiceKey key, int address, boolean isThere, Configuration.RealServer real) implements EngineWalk {}

    record SetIpvs(Ipvs ipvs) implements EngineWalk {}

    /// Draws one.
    static EngineWalk any(SplittableRandom random) {
        int lot = random.nextInt(100);
        if (lot < 34) {
            return new FromClient(
                    protocol(random),
                    of(CLIENTS, random),
                    clientPort(random),
                    vip(random),
                    of(PORTS, random),
                    of(FLAGS, random),
                    chunks(random));
        }
        if (lot < 54) {
            return new Along(random.nextInt(1000), of(FLAGS, random), chunks(random));
        }
        if (lot < 72) {
            return new Reply(random.nextInt(1000), of(FLAGS, random), chunks(random));
        }
        if (lot < 73) {
            return new Error(random.nextInt(1000), of(List.of(3, 3, 4, 11, 5), random), random.nextBoolean());
        }
        if (lot < 75) {
            return new FromServer(
                    protocol(random),
                    of(REALS, random),
                    of(PORTS, random),
                    of(CLIENTS, random),
                    clientPort(random),
                    of(FLAGS, random));
        }
        if (lot < 80) {
            return new Wait(of(List.of(1, 2, 5, 10, 30, 60, 100), random));
        }
        if (lot < 88) {
            return new WaitForNextEnd();
        }
        if (lot < 92) {
            return service(random);
        }
        return lot < 98 ? real(random) : new SetIpvs(ipvs(random));
    }

    static SetService service(SplittableRandom random) {
        var key = of(SERVICES, random);
        boolean isPersistent = random.nextInt(3) != 0;
        return new SetService(
                key, random.nextInt(6) != 0, isPersistent ? Optional.of(persistence(random)) : Optional.empty(), false);
    }

    private static Configuration.Persistence persistence(SplittableRandom random) {
        return new Configuration.Persistence(
                of(List.of(1L, 10L, 30L, 100L, 300L, 1000L), random),
                of(
                        ips("255.255.255.255", "255.255.255.255", "255.255.255.192", "255.255.255.0", "255.255.255.1"),
                        random),
                random.nextBoolean() ? RearmPolicy.IPVS : of(List.of(RearmPolicy.values()), random),
                Optional.empty());
    }

    static SetReal real(SplittableRandom random) {
        var key = of(SERVICES, random);
        int address = random.nextInt(8) == 0 ? SILENT : of(REALS, random);
        boolean isNat = address != REALS.get(1);
        int port = key.port() == 0 || !isNat ? key.port() : of(List.of(key.port(), 8080), random);
        int upper = random.nextInt(3) == 0 ? random.nextInt(1, 6) : 0;
        return new SetReal(
                key,
                address,
                random.nextInt(4) != 0,
                new Configuration.RealServer(
                        new Ipv4(address),
                        port,
                        of(List.of(0, 1, 1, 1, 5), random),
                        isNat ? ForwardingMethod.NAT : ForwardingMethod.DR,
                        upper,
                        upper == 0 ? 0 : random.nextInt(upper + 1),
                        drain(random)));
    }

    private static Optional<Configuration.Drain> drain(SplittableRandom random) {
        if (random.nextInt(3) != 0) {
            return Optional.empty();
        }
        var mode = of(List.of(DrainMode.values()), random);
        return Optional.of(new Configuration.Drain(
                mode, mode == DrainMode.UNTIL_DEADLINE ? of(List.of(1L, 60L, 500L), random) : 0));
    }

    /// What `drop_entry` does is left to lots, so it has a test of its own.
    static Ipvs ipvs(SplittableRandom random) {
        return new Ipvs(
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextInt(4),
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                false,
                random.nextInt(3) == 0,
                0,
                random.nextInt(6) == 0 ? 3 : 0,
                random.nextInt(4) == 0 ? 3 : 0,
                random.nextInt(1, 12),
                1,
                86_400,
                86_400,
                of(List.of(900, 900, 40), random),
                of(List.of(120, 120, 5), random),
                of(List.of(300, 300, 20), random));
    }

    private static int protocol(SplittableRandom random) {
        return of(List.of(Frame.TCP, Frame.TCP, Frame.TCP, Frame.UDP, Frame.SCTP), random);
    }

    private static int clientPort(SplittableRandom random) {
        return random.nextInt(40) == 0 ? 20 : of(CLIENT_PORTS.subList(1, 4), random);
    }

    private static int vip(SplittableRandom random) {
        return random.nextInt(6) == 0 ? VIP2 : VIP;
    }

    private static List<Integer> chunks(SplittableRandom random) {
        int first = of(CHUNKS, random);
        return random.nextInt(4) == 0 ? List.of(first, of(CHUNKS, random)) : List.of(first);
    }

    static <T> T of(List<T> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }

    private static List<Integer> ips(String... texts) {
        return List.of(texts).stream().map(text -> Ipv4.of(text).bits()).toList();
    }
}
