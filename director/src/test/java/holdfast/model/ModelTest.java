package holdfast.model;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The model against the reference's worked examples, so that engine and model cannot share a mistake there.
class ModelTest {
    private static final int CLIENT = ip("198.51.100.7");
    private static final int VIP = ip("192.0.2.10");
    private static final int REAL = ip("10.0.0.11");

    private final ModelDirector model = new ModelDirector(1000);
    private long second;

    /// IPVS-REF 3.6, worked timeline 1.
    @Test
    void aLongConnectionOverwritesTheTimeoutWithAMinute() {
        configure(persistent(ServiceKey.of("tcp/192.0.2.10:80"), 300, "255.255.255.255", real("10.0.0.11", 80, 1)));
        connect(1, 0);
        connect(2, 100);
        assertThat(left()).isEqualTo(300);
        at(200);
        client(1, Packet.ACK);
        assertThat(left()).isEqualTo(200);
        at(401);
        assertThat(left()).isEqualTo(60);
        connect(3, 431);
        assertThat(left()).isEqualTo(60);
        assertThat(model.templates().getFirst().timeoutS).isEqualTo(60);
    }

    /// IPVS-REF 3.6, worked timeline 3; all is a second late, as time here goes by seconds.
    @Test
    void aTimeoutShorterThanTimeWaitIsRoundedUp() {
        configure(persistent(ServiceKey.of("tcp/192.0.2.10:80"), 30, "255.255.255.255", real("10.0.0.11", 80, 1)));
        connect(1, 0);
        at(1);
        server(1, Packet.FIN | Packet.ACK);
        client(1, Packet.FIN | Packet.ACK);
        at(31);
        assertThat(left()).isEqualTo(60);
        at(92);
        assertThat(left()).isEqualTo(60);
        at(122);
        assertThat(model.conns()).isEmpty();
        assertThat(model.templates()).hasSize(1);
        at(153);
        assertThat(model.templates()).isEmpty();
    }

    /// IPVS-REF 2.2, the effects to test.
    @Test
    void exactThenFtpThenPortZeroAndAMarkBeforeAll() {
        var services = services("tcp/192.0.2.10:21", "tcp/192.0.2.10:0");
        assertThat(found(services, 0, 80)).isEqualTo("tcp/192.0.2.10:0");
        assertThat(found(services, 0, 50_000)).isEqualTo("tcp/192.0.2.10:21");
        assertThat(found(services, 0, 20)).isEqualTo("tcp/192.0.2.10:21");
        assertThat(found(services, 0, 500)).isEqualTo("tcp/192.0.2.10:0");
        assertThat(found(services("tcp/192.0.2.10:80", "tcp/192.0.2.10:0"), 0, 80))
                .isEqualTo("tcp/192.0.2.10:80");
        assertThat(found(services("tcp/192.0.2.11:21"), 0, 50_000)).isEqualTo("none");
        assertThat(found(services("mark/7", "tcp/192.0.2.10:80"), 7, 80)).isEqualTo("mark/7");
        assertThat(found(services("mark/7", "tcp/192.0.2.10:80"), 8, 80)).isEqualTo("tcp/192.0.2.10:80");
    }

    /// IPVS-REF 4.4, the sequences to test.
    @Test
    void statesOfWholeConversations() {
        assertThat(states(ForwardingMethod.NAT, "cS sSA cA sF cF sA")).isEqualTo("SR SR ES FW TW TW");
        assertThat(states(ForwardingMethod.NAT, "cS sSA cA cF sF cA")).isEqualTo("SR SR ES CW TW TW");
        assertThat(states(ForwardingMethod.DR, "cS cA cF cA")).isEqualTo("SR ES FW FW");
        assertThat(states(ForwardingMethod.DR, "cS cA cR")).isEqualTo("SR ES CL");
        assertThat(states(ForwardingMethod.NAT, "cS cR")).isEqualTo("SR SR");
        assertThat(states(ForwardingMethod.NAT, "cS sR")).isEqualTo("SR CL");
    }

    /// IPVS-REF 4.8, the examples.
    @Test
    void thresholds() {
        assertThat(overloadedAt(4, 0)).isEqualTo("4 3");
        assertThat(overloadedAt(4, 2)).isEqualTo("4 3 2");
    }

    /// The totals, going up to four and down to none, at which it is overloaded.
    private static String overloadedAt(int upper, int lower) {
        var dest = new Dest(new Dest.Id(Packet.TCP, VIP, 80, REAL, 80));
        dest.edit(new Configuration.RealServer(
                new Ipv4(REAL), 80, 1, ForwardingMethod.NAT, upper, lower, Optional.empty()));
        var totals = new StringBuilder();
        for (int total = 1; total <= 4; total++) {
            dest.bind(true);
            totals.append(dest.isOverloaded ? " " + total : "");
        }
        for (int total = 3; total >= 0; total--) {
            dest.unbind(true);
            totals.append(dest.isOverloaded ? " " + total : "");
        }
        return totals.toString().strip();
    }

    private static String states(ForwardingMethod method, String packets) {
        var model = new ModelDirector(10);
        var key = ServiceKey.of("tcp/192.0.2.10:80");
        var to = new Configuration.RealServer(new Ipv4(REAL), 80, 1, method);
        model.configure(
                List.of(new Configuration.Service(key, SchedulerName.RR, Optional.empty(), List.of(to))),
                List.<MarkRule>of(),
                Ipvs.DEFAULT,
                0);
        var states = new StringBuilder();
        for (var packet : List.of(packets.split(" ", -1))) {
            int flags = 0;
            for (char letter : packet.substring(1).toCharArray()) {
                flags |= switch (letter) {
                    case 'S' -> Packet.SYN;
                    case 'A' -> Packet.ACK;
                    case 'F' -> Packet.FIN;
                    default -> Packet.RST;
                };
            }
            if (packet.charAt(0) == 'c') {
                model.inbound(packet(CLIENT, 1025, VIP, 80, flags), 0);
            } else {
                model.outbound(packet(REAL, 80, CLIENT, 1025, flags), 0);
            }
            states.append(' ').append(model.conns().iterator().next().state);
        }
        return states.toString().strip();
    }

    private void configure(Configuration.Service service) {
        model.configure(List.of(service), List.of(), Ipvs.DEFAULT, 0);
    }

    private void connect(int port, long second) {
        at(second);
        client(port, Packet.SYN);
        server(port, Packet.SYN | Packet.ACK);
        client(port, Packet.ACK);
    }

    private void client(int port, int flags) {
        model.inbound(packet(CLIENT, port, VIP, 80, flags), second * 1000);
    }

    private void server(int port, int flags) {
        model.outbound(packet(REAL, 80, CLIENT, port, flags), second * 1000);
    }

    private void at(long until) {
        while (second < until) {
            second++;
            model.expire(second * 1000);
        }
    }

    private long left() {
        return model.templates().getFirst().expiresMs / 1000 - second;
    }

    private static List<Service> services(String... keys) {
        return List.of(keys).stream()
                .map(key -> new Service(
                        new Configuration.Service(ServiceKey.of(key), SchedulerName.RR, Optional.empty(), List.of()),
                        List.of()))
                .toList();
    }

    private static String found(List<Service> services, int mark, int port) {
        var service = Lookup.find(services, mark, packet(CLIENT, 1025, VIP, port, Packet.SYN));
        return service == null ? "none" : service.key().toString();
    }

    private static Packet packet(int source, int sourcePort, int destination, int destinationPort, int flags) {
        return new Packet(
                Protocol.TCP.number(), source, sourcePort, destination, destinationPort, flags, List.of(), "wan", 40);
    }
}
