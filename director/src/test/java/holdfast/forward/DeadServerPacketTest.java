package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.GATEWAY_MAC;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.LAN_MAC;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.REAL2_MAC;
import static holdfast.forward.TestDirector.REAL_MAC;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SILENT_REAL;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.WAN_MAC;
import static holdfast.forward.TestDirector.assertError;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.forwarded;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.Refusal;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.TcpState;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A host that does not answer ARP: the packets that wait for it, the errors of its clients, and the picks of the
/// schedulers. The picks of IPVS are from a real one (Linux 6.1).
class DeadServerPacketTest {
    private static final long DEAD_MAC = 0x02_00_00_00_0a_0dL;
    private static final int UDP_PORT = 53;
    private static final Configuration.RealServer FIRST = real("10.0.0.11", 80, 1);
    private static final Configuration.RealServer SECOND_ONE = real("10.0.0.12", 80, 1);
    private static final Configuration.RealServer DEAD = real("10.0.0.13", 80, 1);
    private static final int CLIENTS = 12;

    private TestDirector director = new TestDirector(service(tcp(80), SchedulerName.RR, DEAD));

    @AfterEach
    void close() {
        director.close();
    }

    private void serves(boolean passesOver, Configuration.Service... services) {
        director.close();
        director = new TestDirector(
                new Configuration.Datapath(4096, 4096, 0, false, passesOver, Refusal.ALWAYS, Refusal.VOUCHED),
                services);
    }

    private static NextHops hops(Set<Long> failed, NextHops.Neighbour... more) {
        var neighbours = new ArrayList<>(List.of(more));
        neighbours.add(new NextHops.Neighbour(WAN, ip("192.0.2.254"), GATEWAY_MAC));
        neighbours.add(new NextHops.Neighbour(LAN, REAL, REAL_MAC));
        neighbours.add(new NextHops.Neighbour(LAN, REAL2, REAL2_MAC));
        return new NextHops(
                List.of(
                        new NextHops.Route(ip("198.51.100.0"), 24, ip("192.0.2.254"), WAN, 0),
                        new NextHops.Route(ip("192.0.2.0"), 24, 0, WAN, 0),
                        new NextHops.Route(ip("10.0.0.0"), 24, 0, LAN, 0)),
                neighbours,
                failed);
    }

    private List<TestDirector.Sent> deadAnswers() {
        return director.nextHops(hops(Set.of(), new NextHops.Neighbour(LAN, SILENT_REAL, DEAD_MAC)));
    }

    private void deadIsKnown() {
        director.nextHops(hops(Set.of(NextHops.key(LAN, SILENT_REAL))));
    }

    private static long syn(int clientPort) {
        return TestPacket.flow(Frame.TCP, CLIENT, clientPort, VIP, 80, SYN, "");
    }

    private List<Long> asked() {
        var asked = new ArrayList<Long>();
        director.probes.drain(asked::add);
        return asked;
    }

    // What waits

    @Test
    void aFirstPacketWaitsForTheMacAndItsConnectionCounts() {
        assertThat(director.client(40000, SYN, Counter.WAITED_FOR_NEIGHBOUR)).isEmpty();

        assertThat(asked()).containsExactly(1L << 32 | SILENT_REAL);
        assertThat(director.state(40000)).isEqualTo(TcpState.SYN_RECV.code());
        assertThat(director.tables.reals().active(0)).isEqualTo(1);

        var sent = deadAnswers();
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().port()).isEqualTo(LAN);
        var expected = TestPacket.flow(Frame.TCP, CLIENT, 40000, SILENT_REAL, 80, SYN, "");
        assertThat(sent.getFirst().bytes()).isEqualTo(forwarded(expected, LAN_MAC, DEAD_MAC));
        assertThat(director.count(Counter.FORWARDED_TO_SERVER)).isEqualTo(1);
        assertThat(director.count(Counter.FORWARDED_BYTES)).isEqualTo(40);
        assertThat(director.pass(4 * SECOND)).as("it does not wait any more").isEmpty();
    }

    @Test
    void aClientHearsAfterThreeSecondsThatTheHostIsUnreachable() {
        director.client(40000, SYN, Counter.WAITED_FOR_NEIGHBOUR);

        assertThat(director.pass(3 * SECOND - 1)).isEmpty();
        var sent = director.pass(Waiting.WAIT_NS / 100);

        assertThat(sent).hasSize(1);
        var quoted = TestDirector.with(syn(40000), 8, 63); // one hop less, as the kernel's own
        assertError(sent.getFirst(), 3, 1, 0, VIP, quoted);
        assertThat(director.count(Counter.DROPPED_NO_NEIGHBOUR)).isEqualTo(1);
        assertThat(director.state(40000)).isEqualTo(TcpState.SYN_RECV.code());
        assertThat(deadAnswers()).as("it does not wait any more").isEmpty();
    }

    @Test
    void packetsOfOneNeighbourLeaveInTheOrderInWhichTheyCame() {
        for (int i = 0; i < Waiting.PER_NEIGHBOUR_MAX + 3; i++) {
            director.now++;
            director.take(
                    WAN,
                    syn(40000 + i),
                    i < Waiting.PER_NEIGHBOUR_MAX
                            ? List.of(Counter.WAITED_FOR_NEIGHBOUR)
                            : List.of(Counter.WAITED_FOR_NEIGHBOUR, Counter.DROPPED_NO_NEIGHBOUR));
        }
        assertThat(deadAnswers())
                .extracting(TestDirector::sourcePort)
                .as("the three oldest have given their places up")
                .isEqualTo(IntStream.range(40003, 40003 + Waiting.PER_NEIGHBOUR_MAX)
                        .boxed()
                        .toList());
    }

    @Test
    void whoeverHasWaitedLongestGivesWayWhereAllPlacesAreTaken() {
        int neighbours = Waiting.FRAMES_MAX / Waiting.PER_NEIGHBOUR_MAX;
        var reals = IntStream.rangeClosed(0, neighbours)
                .mapToObj(i -> real("10.0.0." + (100 + i), 80, 1))
                .toArray(Configuration.RealServer[]::new);
        serves(false, service(tcp(80), SchedulerName.RR, reals));
        for (int i = 0; i < Waiting.FRAMES_MAX; i++) {
            director.now++;
            director.client(10000 + i, SYN, Counter.WAITED_FOR_NEIGHBOUR);
        }
        director.now++;
        director.take(WAN, syn(9000), List.of(Counter.WAITED_FOR_NEIGHBOUR, Counter.DROPPED_NO_NEIGHBOUR));
    }

    @Test
    void aFrameThatIsTooLargeToWaitIsDropped() {
        director.client(40000, SYN, Counter.WAITED_FOR_NEIGHBOUR);
        var payload = "a".repeat(Waiting.FRAME_BYTES_MAX);
        long large = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, ACK, payload);
        holdfast.linux.Memory.putByte(large + 1, (byte) 1); // a super-frame, GSO_TCPV4
        holdfast.linux.Memory.putShort(large + 4, (short) 1000);
        assertThat(director.take(WAN, large, Counter.DROPPED_NO_NEIGHBOUR)).isEmpty();
    }

    @Test
    void theAnswerToAClientOnTheLinkWaitsForItsMac() {
        serves(true, service(tcp(80), SchedulerName.RR, FIRST));
        int neighbour = ip("192.0.2.77");
        director.take(WAN, TestPacket.flow(Frame.TCP, neighbour, 40000, VIP, 80, SYN, ""), Counter.FORWARDED_TO_SERVER);
        long answer = toLan(TestPacket.flow(Frame.TCP, REAL, 80, neighbour, 40000, SYN_ACK, ""));
        assertThat(director.take(LAN, answer, Counter.WAITED_FOR_NEIGHBOUR)).isEmpty();
        assertThat(asked()).contains((long) neighbour & 0xffff_ffffL);

        var sent = director.nextHops(hops(Set.of(), new NextHops.Neighbour(WAN, neighbour, 0xabcd)));
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().port()).isEqualTo(WAN);
        var expected = TestPacket.flow(Frame.TCP, VIP, 80, neighbour, 40000, SYN_ACK, "");
        assertThat(sent.getFirst().bytes()).isEqualTo(forwarded(expected, WAN_MAC, 0xabcd));
        assertThat(director.count(Counter.FORWARDED_TO_CLIENT)).isEqualTo(1);
    }

    @Test
    void aRealServerIsNotToldThatItsClientIsUnreachable() {
        serves(true, service(tcp(80), SchedulerName.RR, FIRST));
        int neighbour = ip("192.0.2.77");
        director.take(WAN, TestPacket.flow(Frame.TCP, neighbour, 40000, VIP, 80, SYN, ""), Counter.FORWARDED_TO_SERVER);
        director.take(
                LAN,
                toLan(TestPacket.flow(Frame.TCP, REAL, 80, neighbour, 40000, SYN_ACK, "")),
                Counter.WAITED_FOR_NEIGHBOUR);
        assertThat(director.pass(3 * SECOND)).isEmpty();
        assertThat(director.count(Counter.DROPPED_NO_NEIGHBOUR)).isEqualTo(1);
    }

    @Test
    void aDatagramThatIsAConnectionByItselfWaitsToo() {
        var dns = new ServiceKey(Protocol.UDP, new Ipv4(VIP), UDP_PORT);
        serves(
                false,
                new Configuration.Service(
                        dns,
                        SchedulerName.RR,
                        Set.of(),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        List.of(real("10.0.0.13", UDP_PORT, 1))));
        director.take(
                WAN, TestPacket.flow(Frame.UDP, CLIENT, 5000, VIP, UDP_PORT, 0, "hello"), Counter.WAITED_FOR_NEIGHBOUR);
        assertThat(deadAnswers()).extracting(TestDirector::destination).containsExactly(SILENT_REAL);
    }

    @Test
    void aPacketForARouteThatIsNotThereIsAnsweredAtOnceAndItsConnectionCounts() {
        serves(true, service(tcp(80), SchedulerName.RR, real("172.16.0.1", 80, 1)));
        var sent = director.client(40000, SYN, Counter.DROPPED_NO_ROUTE);
        assertThat(sent).hasSize(1);
        assertError(sent.getFirst(), 3, 1, 0, VIP, syn(40000));
        assertThat(director.state(40000)).isEqualTo(TcpState.SYN_RECV.code());
    }

    @Test
    void aDestinationWithoutARouteIsNamedForAMinute() {
        assertThat(director.forwarder.unrouted(director.now)).isEmpty();
        serves(true, service(tcp(80), SchedulerName.RR, real("172.16.0.1", 80, 1)));
        director.client(40000, SYN, Counter.DROPPED_NO_ROUTE);
        long then = director.now;
        assertThat(director.forwarder.unrouted(then + Unrouted.RECENT_NS)).contains(Ipv4.of("172.16.0.1"));
        assertThat(director.forwarder.unrouted(then + Unrouted.RECENT_NS + 1)).isEmpty();
    }

    @Test
    void whatWaitsIsDroppedByADirectorThatDoesNotServeAnyMore() {
        director.client(40000, SYN, Counter.WAITED_FOR_NEIGHBOUR);
        director.forwarder.forgetWaiting();
        assertThat(director.count(Counter.DROPPED_NO_NEIGHBOUR)).isEqualTo(1);
        assertThat(deadAnswers()).isEmpty();
        assertThat(director.pass(4 * SECOND)).isEmpty();
    }

    // Who is picked

    /// The last octets of the real servers that clients get who come one after the other, and stay for a moment.
    private List<Integer> picks(Configuration.Service service) {
        var picks = new ArrayList<Integer>();
        for (int client = 0; client < CLIENTS; client++) {
            int address = ip("198.51.100.1") + client;
            var syn = TestPacket.flow(Frame.TCP, address, 40000, VIP, 80, SYN, "");
            var sent = director.take(WAN, syn);
            director.now += SECOND / 10;
            if (sent.isEmpty()) {
                picks.add(SILENT_REAL & 0xff);
                continue;
            }
            int real = isDirect(service) ? realOf(sent.getFirst()) : destination(sent.getFirst());
            picks.add(real & 0xff);
            converse(address, real, isDirect(service));
        }
        return picks;
    }

    private static boolean isDirect(Configuration.Service service) {
        return service.realServers().getFirst().method() == ForwardingMethod.DR;
    }

    private static int realOf(TestDirector.Sent frame) {
        return TestDirector.number(frame, Frame.VNET_BYTES, 6) == REAL_MAC ? REAL : REAL2;
    }

    /// A short connection, to its end.
    private void converse(int client, int real, boolean isDirect) {
        if (!isDirect) {
            director.take(LAN, toLan(TestPacket.flow(Frame.TCP, real, 80, client, 40000, SYN_ACK, "")));
        }
        director.take(WAN, TestPacket.flow(Frame.TCP, client, 40000, VIP, 80, ACK, ""));
        director.take(WAN, TestPacket.flow(Frame.TCP, client, 40000, VIP, 80, FIN_ACK, ""));
        if (!isDirect) {
            director.take(LAN, toLan(TestPacket.flow(Frame.TCP, real, 80, client, 40000, FIN_ACK, "")));
        }
    }

    private static Configuration.RealServer by(ForwardingMethod method, Configuration.RealServer real) {
        return new Configuration.RealServer(real.address(), real.port(), real.weight(), method);
    }

    private static Configuration.Service threeServers(SchedulerName scheduler, ForwardingMethod method) {
        return service(tcp(80), scheduler, by(method, FIRST), by(method, SECOND_ONE), by(method, DEAD));
    }

    @ParameterizedTest
    @CsvSource({
        "WLC, 13 12 11 12 11 12 11 12 11 12 11 12",
        "LC,  13 12 11 12 11 12 11 12 11 12 11 12",
        "SED, 13 12 12 12 12 12 12 12 12 12 12 12",
        "NQ,  13 12 12 12 12 12 12 12 12 12 12 12",
        "RR,  13 12 11 13 12 11 13 12 11 13 12 11",
        "WRR, 13 12 11 13 12 11 13 12 11 13 12 11"
    })
    void aDeadServerHasOnlyItsShareAsInIpvs(SchedulerName scheduler, String wanted) {
        for (var method : List.of(ForwardingMethod.NAT, ForwardingMethod.DR)) {
            var service = threeServers(scheduler, method);
            serves(false, service);
            assertThat(picks(service)).as(method.name()).isEqualTo(numbers(wanted));
        }
    }

    private static List<Integer> numbers(String words) {
        return List.of(words.split(" ")).stream().map(Integer::valueOf).toList();
    }

    @ParameterizedTest
    @EnumSource(SchedulerName.class)
    void noNewClientGetsAServerThatIsKnownToBeDead(SchedulerName scheduler) {
        for (var method : List.of(ForwardingMethod.NAT, ForwardingMethod.DR)) {
            var service = threeServers(scheduler, method);
            serves(true, service);
            deadIsKnown();
            assertThat(picks(service)).as(method.name()).doesNotContain(SILENT_REAL & 0xff);
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerName.class)
    void whereAllAreDeadOneOfThemIsPickedAllTheSame(SchedulerName scheduler) {
        serves(true, service(tcp(80), scheduler, DEAD));
        deadIsKnown();
        director.client(40000, SYN, Counter.WAITED_FOR_NEIGHBOUR);
        assertThat(deadAnswers()).extracting(TestDirector::destination).containsExactly(SILENT_REAL);
    }

    @Test
    void aServerThatAnswersAgainGetsClientsAtOnce() {
        serves(true, threeServers(SchedulerName.RR, ForwardingMethod.NAT));
        deadIsKnown();
        assertThat(destination(
                        director.client(1, SYN, Counter.FORWARDED_TO_SERVER).getFirst()))
                .isEqualTo(REAL2);
        deadAnswers();
        var reals = IntStream.range(2, 5)
                .map(port -> destination(
                        director.client(port, SYN, Counter.FORWARDED_TO_SERVER).getFirst()))
                .boxed()
                .toList();
        assertThat(reals).contains(SILENT_REAL);
    }

    @Test
    void aStickyClientKeepsItsDeadServerAsInIpvs() {
        serves(true, persistent(tcp(80), 30, "255.255.255.255", DEAD, FIRST));
        director.nextHops(hops(Set.of(), new NextHops.Neighbour(LAN, SILENT_REAL, DEAD_MAC)));
        director.connect(1); // the first one listed is the newest
        int dead = destination(director.take(
                        WAN, TestPacket.flow(Frame.TCP, CLIENT + 1, 1, VIP, 80, SYN, ""), Counter.FORWARDED_TO_SERVER)
                .getFirst());
        assertThat(dead).isEqualTo(SILENT_REAL);
        deadIsKnown();
        director.take(WAN, TestPacket.flow(Frame.TCP, CLIENT + 1, 2, VIP, 80, SYN, ""), Counter.WAITED_FOR_NEIGHBOUR);
    }

    @Test
    void aChangeOfConfigurationDoesNotForgetWhoIsDead() {
        serves(true, service(tcp(80), SchedulerName.RR, FIRST));
        deadIsKnown();
        director.configure(service(tcp(80), SchedulerName.RR, FIRST, DEAD));
        for (int port = 1; port < 5; port++) {
            director.client(port, SYN, Counter.FORWARDED_TO_SERVER);
        }
    }
}
