package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.destinationPort;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What follows a connection without its ports, with real frames: ICMP errors, later fragments, ESP and AH.
class IcmpPacketTest extends DirectorUnderTest {
    // ICMP errors (1.8, 1.10, 6.7)

    @Test
    void fragmentationNeededReachesTheRealServerThatSentTheBigPacket() { // row 18
        int real = director.connect(40000);
        long sentByVip = TestPacket.flow(Frame.TCP, VIP, 80, CLIENT, 40000, ACK, "data");
        long error = TestPacket.icmpError(3, 4, ip("203.0.113.9"), VIP, sentByVip);

        var sent = director.take(WAN, error, Counter.FORWARDED_ICMP_ERROR).getFirst();

        assertThat(sent.port()).isEqualTo(LAN);
        assertThat(destination(sent)).isEqualTo(real);
        assertThat(ipAt(sent, 24 + 28 + 12)).as("the quoted packet's source").isEqualTo(real);
        assertThat(portAt(sent, 24 + 28 + 20)).isEqualTo(8080);
        assertSumsAreRight(sent);
    }

    @Test
    void anErrorOfANatServersNetworkReachesTheClientAsTheVips() {
        int real = director.connect(40000);
        long toReal = TestPacket.flow(Frame.TCP, CLIENT, 40000, real, 8080, ACK, "data");
        long error = toLan(TestPacket.icmpError(3, 1, ip("10.0.0.254"), CLIENT, toReal));

        var sent = director.take(LAN, error, Counter.FORWARDED_ICMP_ERROR).getFirst();

        assertThat(sent.port()).isEqualTo(WAN);
        assertThat(ipAt(sent, 24 + 12)).isEqualTo(VIP);
        assertThat(ipAt(sent, 24 + 28 + 16))
                .as("the quoted packet's destination")
                .isEqualTo(VIP);
        assertThat(portAt(sent, 24 + 28 + 22)).isEqualTo(80);
        assertSumsAreRight(sent);
    }

    @Test
    void anIcmpErrorAboutNothingKnownIsNotOursAndOneWithAWrongSumIsDropped() {
        long unknown = TestPacket.flow(Frame.TCP, VIP, 80, CLIENT, 40009, ACK, "");
        director.take(WAN, TestPacket.icmpError(3, 4, ip("203.0.113.9"), VIP, unknown), Counter.NOT_OURS);
        director.connect(40000);
        long known = TestPacket.flow(Frame.TCP, VIP, 80, CLIENT, 40000, ACK, "");
        long error = TestPacket.icmpError(3, 4, ip("203.0.113.9"), VIP, known);
        holdfast.linux.Memory.putByte(error + 24 + 22, (byte) 1);
        director.take(WAN, error, Counter.DROPPED_MALFORMED);
    }

    @Test
    void scheduleIcmpFindsAServerForAnErrorAboutAnUnknownConnection() {
        director.ipvs = ipvs("scheduleIcmp", true);
        director.configure(rr(tcp(80), A));
        long unknown = TestPacket.flow(Frame.TCP, VIP, 80, CLIENT, 40009, ACK, "");
        var sent = director.take(
                WAN, TestPacket.icmpError(3, 4, ip("203.0.113.9"), VIP, unknown), Counter.FORWARDED_ICMP_ERROR);
        assertThat(destination(sent.getFirst())).isEqualTo(REAL);
    }

    @Test
    void natIcmpSendTellsANatServerThatNobodyListens() { // 1.9 step 7
        long stray = TestPacket.flow(Frame.UDP, REAL, 8080, CLIENT, 40000, 0, "x");
        director.take(LAN, toLan(stray), Counter.NOT_OURS);
        director.ipvs = ipvs("natIcmpSend", true);
        director.configure(rr(new ServiceKey(Protocol.UDP, new Ipv4(VIP), 80), A));

        var sent = director.take(LAN, toLan(stray), Counter.DROPPED_SERVER_NO_CONNECTION);
        assertThat(destination(sent.getFirst())).isEqualTo(REAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"224.0.0.251", "239.1.2.3", "255.255.255.255", "0.0.0.0"})
    void noErrorIsSentAboutAPacketToMoreThanOneHost(String destination) { // RFC 1812 4.3.2.7
        director.ipvs = ipvs("natIcmpSend", true);
        director.configure(rr(new ServiceKey(Protocol.UDP, new Ipv4(VIP), 80), A));

        long stray = TestPacket.flow(Frame.UDP, REAL, 8080, ip(destination), 40000, 0, "x");
        assertThat(director.take(LAN, toLan(stray), Counter.DROPPED_SERVER_NO_CONNECTION))
                .isEmpty();
    }

    @Test
    void noErrorIsSentAboutALaterFragment() { // RFC 1812 4.3.2.7
        serves(rr(DNS, real("10.0.0.11", 5353, 1)));
        director.take(WAN, piece(CLIENT, 5000, VIP, 53, 0x2000), Counter.FORWARDED_TO_SERVER);
        long later = TestDirector.with(piece(CLIENT, 1, VIP, 1, 0x0002), 8, 1);
        assertThat(director.take(WAN, later, Counter.DROPPED_TTL)).isEmpty();
        director.nextHops(NextHops.none());
        assertThat(director.take(WAN, piece(CLIENT, 1, VIP, 1, 0x0002), Counter.DROPPED_NO_ROUTE))
                .isEmpty();
    }

    @Test
    void natIcmpSendAnswersNoReset() { // 1.9 step 7
        var diameter = new ServiceKey(Protocol.SCTP, new Ipv4(VIP), 3868);
        director.ipvs = ipvs("natIcmpSend", true);
        director.configure(rr(tcp(80), A), rr(diameter, real("10.0.0.11", 3868, 1)));

        director.reply(REAL, 8080, 40000, RST, Counter.NOT_OURS);
        director.take(LAN, toLan(TestPacket.sctp(REAL, 3868, CLIENT, 5000, 6)), Counter.NOT_OURS);
        director.take(LAN, toLan(TestPacket.sctp(REAL, 3868, CLIENT, 5000, 0)), Counter.DROPPED_SERVER_NO_CONNECTION);
    }

    private static int ipAt(TestDirector.Sent sent, int at) {
        return java.nio.ByteBuffer.wrap(sent.bytes()).getInt(at);
    }

    private static int portAt(TestDirector.Sent sent, int at) {
        return java.nio.ByteBuffer.wrap(sent.bytes()).getShort(at) & 0xffff;
    }

    private static void assertSumsAreRight(TestDirector.Sent sent) {
        int bytes = sent.bytes().length - 24;
        assertThat(TestPacket.sum(sent.bytes(), 24, 20)).as("IP header").isEqualTo(0xffff);
        assertThat(TestPacket.sum(sent.bytes(), 44, bytes - 20)).as("ICMP").isEqualTo(0xffff);
        assertThat(TestPacket.sum(sent.bytes(), 52, 20)).as("quoted IP header").isEqualTo(0xffff);
    }

    // Fragments (1.11)

    private static long fragment(long frame, int flagsAndOffset) {
        holdfast.linux.Memory.putShortBe(frame + 24 + 6, (short) flagsAndOffset);
        return TestDirector.summed(frame);
    }

    private static long piece(int source, int sourcePort, int destination, int destinationPort, int flagsAndOffset) {
        return fragment(
                TestPacket.flow(Frame.UDP, source, sourcePort, destination, destinationPort, 0, "12345678"),
                flagsAndOffset);
    }

    @Test
    void laterFragmentsGoWhereTheFirstOneWentInBothDirections() {
        serves(rr(DNS, real("10.0.0.11", 5353, 1), real("10.0.0.12", 5353, 1)));
        director.take(WAN, piece(CLIENT, 5000, VIP, 53, 0x0002), Counter.DROPPED_FRAGMENT); // before its first
        var first = director.take(WAN, piece(CLIENT, 5000, VIP, 53, 0x2000), Counter.FORWARDED_TO_SERVER);
        var last = director.take(WAN, piece(CLIENT, 9999, VIP, 9999, 0x0002), Counter.FORWARDED_TO_SERVER);
        int real = destination(first.getFirst());

        assertThat(destinationPort(first.getFirst())).isEqualTo(5353);
        assertThat(destination(last.getFirst())).isEqualTo(real);
        assertThat(portAt(last.getFirst(), 24 + 20))
                .as("what stands where ports would is data")
                .isEqualTo(9999);
        assertThat(TestPacket.sum(last.getFirst().bytes(), 24, 20)).isEqualTo(0xffff);

        director.take(LAN, toLan(piece(real, 5353, CLIENT, 5000, 0x2000)), Counter.FORWARDED_TO_CLIENT);
        var reply = director.take(LAN, toLan(piece(real, 1, CLIENT, 2, 0x0002)), Counter.FORWARDED_TO_CLIENT);
        assertThat(ipAt(reply.getFirst(), 24 + 12)).isEqualTo(VIP);
        assertThat(director.tables.connections().size()).isEqualTo(1);
    }

    @Test
    void aFirstFragmentIsForgottenAfterFifteenSeconds() {
        serves(rr(DNS, real("10.0.0.11", 5353, 1)));
        director.take(WAN, piece(CLIENT, 5000, VIP, 53, 0x2000), Counter.FORWARDED_TO_SERVER);
        pass(15);
        director.take(WAN, piece(CLIENT, 5000, VIP, 53, 0x0002), Counter.DROPPED_FRAGMENT);
    }

    @Test
    void aFloodOfFirstFragmentsTakesNoMoreMemoryAndTheNewestWorks() {
        serves(onePacket(Optional.empty()));
        for (int client = 0; client < 20_000; client++) {
            director.take(WAN, piece(CLIENT + client, 5000, VIP, 53, 0x2000), Counter.FORWARDED_TO_SERVER);
        }
        director.take(WAN, piece(CLIENT + 19_999, 1, VIP, 1, 0x0002), Counter.FORWARDED_TO_SERVER);
    }

    // ESP and AH (1.14)

    private static long esp() {
        var esp = TestPacket.flow(Frame.UDP, CLIENT, 0, VIP, 0, 0, "sealed");
        return TestDirector.with(esp, 9, 50);
    }

    private static long keyExchange() {
        return TestPacket.flow(Frame.UDP, CLIENT, 500, VIP, 500, 0, "key");
    }

    @Test
    void espFollowsTheKeyExchangeOfItsClient() {
        serves(rr(IKE, real("10.0.0.11", 500, 1), real("10.0.0.12", 500, 1)));
        director.take(WAN, esp(), Counter.NOT_OURS);
        var sent = director.take(WAN, keyExchange(), Counter.FORWARDED_TO_SERVER);

        var followed = director.take(WAN, esp(), Counter.FORWARDED_TO_SERVER);
        assertThat(destination(followed.getFirst())).isEqualTo(destination(sent.getFirst()));
    }

    @Test
    void espDoesNotKeepTheKeyExchangeWithARemovedServer() { // 1.2 step 9, 1.7
        serves(rr(IKE, real("10.0.0.11", 500, 1)));
        director.take(WAN, keyExchange(), Counter.FORWARDED_TO_SERVER);
        director.configure(rr(IKE, real("10.0.0.12", 500, 1)));
        pass(200);
        director.take(WAN, esp(), Counter.DROPPED_REAL_SERVER_GONE);
        pass(101);

        director.take(WAN, esp(), Counter.NOT_OURS);
        var anew = director.take(WAN, keyExchange(), Counter.FORWARDED_TO_SERVER);
        assertThat(destination(anew.getFirst())).isEqualTo(REAL2);
    }

    @Test
    void withExpireNodestConnEspEndsTheKeyExchangeWithARemovedServer() { // 1.7
        serves();
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(rr(IKE, real("10.0.0.11", 500, 1)));
        director.take(WAN, keyExchange(), Counter.FORWARDED_TO_SERVER);
        director.configure(rr(IKE, real("10.0.0.12", 500, 1)));

        director.take(WAN, esp(), Counter.NOT_OURS);
        assertThat(director.tables.connections().size()).isZero();
    }
}
