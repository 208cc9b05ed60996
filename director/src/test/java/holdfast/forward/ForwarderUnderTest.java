package holdfast.forward;

import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.destination;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// A director with a NAT service, whose forwarder a test gives frames.
abstract class ForwarderUnderTest {
    static final ServiceKey DNS = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
    static final Configuration.RealServer A = real("10.0.0.11", 8080, 1);
    static final Configuration.RealServer B = real("10.0.0.12", 8080, 1);
    static final long OTHER_DIRECTOR_WAN = 0x02_00_00_00_00_11L;
    static final long OTHER_DIRECTOR_LAN = 0x02_00_00_00_00_12L;

    TestDirector director = new TestDirector(rr(tcp(80), A));

    @AfterEach
    void close() {
        director.close();
    }

    static Configuration.Service rr(ServiceKey key, Configuration.RealServer... reals) {
        return service(key, SchedulerName.RR, reals);
    }

    void serves(Configuration.Service... services) {
        director.close();
        director = new TestDirector(services);
    }

    static Configuration.RealServer dr(String address, int port) {
        return new Configuration.RealServer(Ipv4.of(address), port, 1, ForwardingMethod.DR);
    }

    static long segment(int source, int sourcePort, int destination, int port, int flags, String payload) {
        return TestPacket.flow(Frame.TCP, source, sourcePort, destination, port, flags, payload);
    }

    static long datagram(int source, int sourcePort, int destination, int port, String payload) {
        return TestPacket.flow(Frame.UDP, source, sourcePort, destination, port, 0, payload);
    }

    static byte[] ofIp(TestDirector.Sent frame) {
        return Arrays.copyOfRange(frame.bytes(), 24, frame.bytes().length);
    }

    void assertSent(List<TestDirector.Sent> sent, int port, byte[] bytes) {
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().port()).isEqualTo(port);
        assertThat(sent.getFirst().bytes()).isEqualTo(bytes);
    }
}
