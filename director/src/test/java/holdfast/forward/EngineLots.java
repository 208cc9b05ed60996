package holdfast.forward;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import holdfast.packet.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Draws the operations of one walk. Each walk has a small world of its own, with a few of all services, clients and
/// settings, so that rare events happen to the same entries repeatedly.
final class EngineLots implements Supplier<EngineWalk> {
    private static final List<Integer> FLAGS =
            List.of(0x02, 0x02, 0x02, 0x10, 0x10, 0x11, 0x12, 0x04, 0x14, 0x01, 0x18, 0x00, 0x03);
    private static final List<Integer> CHUNKS = List.of(1, 1, 1, 2, 10, 11, 0, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 130);

    private final SplittableRandom random;
    private final List<ServiceKey> services;
    private final List<Integer> clients;
    private final List<Integer> clientPorts;
    private final List<Integer> reals;
    private final List<Integer> ports;
    private final int vip2In; // one packet of so many goes to the second VIP
    private final int persistentIn; // one service of so many is not persistent
    private final int onePacketIn;
    private final int drIn;
    private final int quiescedIn;
    private final int drainIn;
    private final int thresholdIn;
    private final int operatorPercent;
    private final List<RearmPolicy> policies;
    private final List<DrainMode> drains;
    private final List<Long> timeouts;

    EngineLots(SplittableRandom random) {
        this.random = random;
        services = some(EngineWalk.SERVICES, 1, 5);
        clients = some(EngineWalk.CLIENTS, 1, 6);
        clientPorts = some(List.of(1025, 1026, 40_000), 1, 3);
        reals = some(EngineWalk.REALS, 1, 4);
        var asked = new ArrayList<Integer>();
        services.forEach(key -> asked.add(key.port() == 0 ? of(EngineWalk.PORTS) : key.port()));
        asked.addAll(some(EngineWalk.PORTS, 1, 4));
        ports = List.copyOf(asked);
        vip2In = random.nextInt(2, 10);
        persistentIn = random.nextInt(1, 6);
        onePacketIn = random.nextInt(1, 10);
        drIn = random.nextInt(1, 5);
        quiescedIn = random.nextInt(1, 6);
        drainIn = random.nextInt(1, 4);
        thresholdIn = random.nextInt(1, 5);
        operatorPercent = random.nextInt(1, 20);
        policies = some(List.of(RearmPolicy.values()), 1, 2);
        drains = some(List.of(DrainMode.values()), 1, 2);
        timeouts = some(List.of(1L, 10L, 30L, 100L, 300L, 1000L), 1, 3);
    }

    @Override
    public EngineWalk get() {
        if (random.nextInt(100) < operatorPercent) {
            return switch (random.nextInt(8)) {
                case 0, 1 -> service(of(services));
                case 2, 3, 4, 5, 6 -> real(of(services));
                default -> new EngineWalk.SetIpvs(ipvs());
            };
        }
        int lot = random.nextInt(100);
        if (lot < 38) {
            return fromClient();
        }
        if (lot < 58) {
            return new EngineWalk.Along(random.nextInt(1000), of(FLAGS), chunks());
        }
        if (lot < 78) {
            return new EngineWalk.Reply(random.nextInt(1000), of(FLAGS), chunks());
        }
        if (lot < 82) {
            return new EngineWalk.IcmpError(random.nextInt(1000), of(List.of(3, 3, 4, 11, 5)), random.nextBoolean());
        }
        if (lot == 82) {
            return new EngineWalk.SetWay(of(reals), random.nextInt(3) != 0);
        }
        if (lot < 84) {
            return new EngineWalk.FromServer(protocol(), of(reals), of(ports), of(clients), clientPort(), of(FLAGS));
        }
        return lot < 91 ? new EngineWalk.Wait(of(List.of(1, 2, 5, 10, 30, 60, 100))) : new EngineWalk.WaitForNextEnd();
    }

    private EngineWalk fromClient() {
        int protocol = protocol();
        return new EngineWalk.FromClient(
                protocol,
                of(clients),
                clientPort(),
                random.nextInt(vip2In) == 0 ? EngineWalk.VIP2 : EngineWalk.VIP,
                of(ports),
                of(FLAGS),
                chunks());
    }

    /// A service, with other settings than it had.
    EngineWalk.SetService service(ServiceKey key) {
        boolean isPersistent = random.nextInt(persistentIn) != 0;
        return new EngineWalk.SetService(
                key,
                random.nextInt(6) != 0,
                isPersistent ? Optional.of(persistence()) : Optional.empty(),
                random.nextInt(onePacketIn) == 0);
    }

    private Configuration.Persistence persistence() {
        return new Configuration.Persistence(
                of(timeouts),
                of(EngineWalk.ips(
                        "255.255.255.255",
                        "255.255.255.255",
                        "255.255.255.192",
                        "255.255.255.0",
                        "255.255.255.1",
                        "0.0.0.0")),
                of(policies),
                Optional.empty());
    }

    EngineWalk.SetReal real(ServiceKey key) {
        boolean isNat = random.nextInt(drIn) != 0;
        int port = isNat ? of(List.of(key.port(), 8080)) : key.port();
        int upper = random.nextInt(thresholdIn) == 0 ? of(List.of(1, 2, 3, 4, 4, 8)) : 0;
        int address = of(reals);
        return new EngineWalk.SetReal(
                key,
                address,
                random.nextInt(6) != 0,
                new Configuration.RealServer(
                        new Ipv4(address),
                        port,
                        random.nextInt(quiescedIn) == 0 ? 0 : of(List.of(1, 1, 5)),
                        isNat ? ForwardingMethod.NAT : ForwardingMethod.DR,
                        upper,
                        upper == 0 || random.nextBoolean() ? 0 : random.nextInt(upper + 1),
                        drain()));
    }

    private Optional<Configuration.Drain> drain() {
        if (random.nextInt(drainIn) != 0) {
            return Optional.empty();
        }
        var mode = of(drains);
        return Optional.of(
                new Configuration.Drain(mode, mode == DrainMode.UNTIL_DEADLINE ? of(List.of(1L, 60L, 500L)) : 0));
    }

    private Ipvs ipvs() {
        return new Ipvs(
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextInt(4),
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                false,
                random.nextInt(3) == 0,
                random.nextInt(4) == 0 ? 3 : 0,
                random.nextInt(6) == 0 ? 3 : 0,
                random.nextInt(4) == 0 ? 3 : 0,
                random.nextInt(1, 12),
                1,
                86_400,
                86_400,
                of(List.of(900, 900, 40)),
                of(List.of(120, 120, 5)),
                of(List.of(300, 300, 20)));
    }

    /// Of the services of this walk, most often one that is asked at its own port.
    private int protocol() {
        int number = of(services).protocol().number();
        return number == 0 || random.nextInt(4) == 0 ? of(List.of(Frame.TCP, Frame.UDP, Frame.SCTP)) : number;
    }

    private int clientPort() {
        return random.nextInt(60) == 0 ? 20 : of(clientPorts);
    }

    private List<Integer> chunks() {
        int first = of(CHUNKS);
        return random.nextInt(4) == 0 ? List.of(first, of(CHUNKS)) : List.of(first);
    }

    private <T> List<T> some(List<T> all, int least, int most) {
        var left = new ArrayList<>(all);
        int wanted = random.nextInt(least, Math.min(most, all.size()) + 1);
        while (left.size() > wanted) {
            left.remove(random.nextInt(left.size()));
        }
        return List.copyOf(left);
    }

    private <T> T of(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
