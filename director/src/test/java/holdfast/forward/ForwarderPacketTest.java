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
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.WAN_MAC;
import static holdfast.forward.TestDirector.assertError;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.forwarded;
import static holdfast.forward.TestDirector.putMac;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.forward.TestDirector.with;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conn.TcpState;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.service.Traffic;
import holdfast.sync.Delta;
import holdfast.table.Counter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A frame in, frames out, byte for byte; rows are those of IPVS-REF 1.15. [TestDirector] checks after each frame that
/// exactly one counter says what became of it.
class ForwarderPacketTest extends ForwarderUnderTest {
    // NAT

    @Test
    void natGivesTheServerThePacketWithItsOwnAddressAndPort() { // row 1
        var sent = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        assertSent(sent, LAN, forwarded(segment(CLIENT, 40000, REAL, 8080, SYN, ""), LAN_MAC, REAL_MAC));
        assertThat(director.state(40000)).isEqualTo(TcpState.SYN_RECV.code());
        assertThat(director.tables.reals().active(0)).isEqualTo(1);
        assertThat(director.tables.reals().inactive(0)).isZero();
    }

    @Test
    void natGivesTheClientTheReplyAsIfTheVipHadSaidIt() {
        director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        var sent = director.take(
                LAN, toLan(segment(REAL, 8080, CLIENT, 40000, SYN_ACK, "x")), Counter.FORWARDED_TO_CLIENT);

        assertSent(sent, WAN, forwarded(segment(VIP, 80, CLIENT, 40000, SYN_ACK, "x"), WAN_MAC, GATEWAY_MAC));
    }

    @Test
    void aWholeConversationIsFollowedAndCountedForItsServer() {
        director.connect(40000);
        assertThat(director.state(40000)).isEqualTo(TcpState.ESTABLISHED.code());
        director.client(40000, FIN_ACK, Counter.FORWARDED_TO_SERVER);
        director.reply(REAL, 8080, 40000, FIN_ACK, Counter.FORWARDED_TO_CLIENT);

        assertThat(director.state(40000)).isEqualTo(TcpState.TIME_WAIT.code());
        var reals = director.tables.reals();
        assertThat(reals.traffic().total(0, Traffic.Unit.PACKETS_IN)).isEqualTo(3);
        assertThat(reals.traffic().total(0, Traffic.Unit.BYTES_IN)).isEqualTo(120);
        assertThat(reals.traffic().total(0, Traffic.Unit.PACKETS_OUT)).isEqualTo(2);
        assertThat(reals.traffic().total(0, Traffic.Unit.BYTES_OUT)).isEqualTo(80);
        assertThat(reals.traffic().total(0, Traffic.Unit.CONNECTIONS)).isEqualTo(1);
        assertThat(director.count(Counter.FORWARDED_BYTES)).isEqualTo(200);
    }

    @Test
    void udpIsForwardedBothWays() {
        serves(rr(DNS, real("10.0.0.11", 5353, 1)));

        var asked = director.take(WAN, datagram(CLIENT, 5000, VIP, 53, "who?"), Counter.FORWARDED_TO_SERVER);
        var told = director.take(LAN, toLan(datagram(REAL, 5353, CLIENT, 5000, "me")), Counter.FORWARDED_TO_CLIENT);

        assertSent(asked, LAN, forwarded(datagram(CLIENT, 5000, REAL, 5353, "who?"), LAN_MAC, REAL_MAC));
        assertSent(told, WAN, forwarded(datagram(VIP, 53, CLIENT, 5000, "me"), WAN_MAC, GATEWAY_MAC));
    }

    @Test
    void anEthernetTrailerAndIpOptionsDoNotDisturb() {
        long padded = segment(CLIENT, 40000, VIP, 80, SYN, "");
        var sent = director.take(WAN, padded, 60);

        assertThat(sent.getFirst().bytes()).hasSize(Frame.VNET_BYTES + 60);
        assertThat(destination(sent.getFirst())).isEqualTo(REAL);
    }

    @Test
    void aPacketOfAnUnknownServerIsLeftAlone() {
        director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        assertThat(director.reply(REAL2, 8080, 40000, SYN_ACK, Counter.NOT_OURS))
                .isEmpty();
        assertThat(director.reply(REAL, 8081, 40000, SYN_ACK, Counter.NOT_OURS)).isEmpty();
        assertThat(director.reply(REAL, 8080, 40001, SYN_ACK, Counter.NOT_OURS)).isEmpty();
    }

    // DR

    @Test
    void drChangesNothingButMacsAndTtl() {
        serves(rr(tcp(80), dr("10.0.0.11", 80)));

        var sent = director.take(WAN, segment(CLIENT, 40000, VIP, 80, SYN, "abc"), Counter.FORWARDED_TO_SERVER);

        assertSent(sent, LAN, forwarded(segment(CLIENT, 40000, VIP, 80, SYN, "abc"), LAN_MAC, REAL_MAC));
    }

    @Test
    void drConnectionsAreEstablishedByTheClientsPacketsAlone() {
        serves(rr(tcp(80), dr("10.0.0.11", 80)));
        director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(director.state(40000)).isEqualTo(TcpState.ESTABLISHED.code());
        director.client(40000, FIN_ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(director.state(40000)).isEqualTo(TcpState.FIN_WAIT.code());
    }

    // What begins a connection

    @Test
    void aSegmentInTheMiddleOfNothingIsDropped() { // row 2; nobody else would answer for an owned address
        assertThat(director.client(40000, ACK, Counter.DROPPED_NO_CONNECTION)).isEmpty();
        assertThat(director.client(40000, RST, Counter.DROPPED_NO_CONNECTION)).isEmpty();
        assertThat(director.client(40000, SYN | RST, Counter.DROPPED_NO_CONNECTION))
                .isEmpty();
        assertThat(director.client(40000, FIN_ACK, Counter.DROPPED_NO_CONNECTION))
                .isEmpty();
        assertThat(director.knows(40000)).isFalse();
    }

    @Test
    void aServiceWithoutServersAnswersPortUnreachable() { // row 4
        serves(rr(tcp(80)));
        assertPortUnreachable(director.client(40000, SYN, Counter.DROPPED_NO_REAL_SERVER));
    }

    @Test
    void aServiceWhoseServersAreAllQuiescedAnswersPortUnreachable() { // row 5
        serves(rr(tcp(80), real("10.0.0.11", 8080, 0), real("10.0.0.12", 8080, 0)));
        assertPortUnreachable(director.client(40000, SYN, Counter.DROPPED_NO_REAL_SERVER));
        assertThat(director.knows(40000)).isFalse();
        assertThat(director.count(Counter.SENT_ICMP_ERROR)).isEqualTo(1);
    }

    private void assertPortUnreachable(List<TestDirector.Sent> sent) {
        assertThat(sent).hasSize(1);
        assertError(sent.getFirst(), 3, 3, 0, VIP, segment(CLIENT, 40000, VIP, 80, SYN, ""));
    }

    @Test
    void nothingFromTheFtpDataPortIsScheduled() { // row 21
        director.client(20, SYN, Counter.DROPPED_NO_CONNECTION);
        assertThat(director.knows(20)).isFalse();
    }

    @Test
    void aFullTableDropsWhatIsNewAndKeepsWhatIsThere() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(2, 2, 0, false), rr(tcp(80), A));
        director.connect(40000);
        director.connect(40001);
        director.client(40002, SYN, Counter.DROPPED_TABLE_FULL);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
    }

    // Errors

    @Test
    void aPacketOutOfHopsIsAnswered() {
        long last = with(segment(CLIENT, 40000, VIP, 80, SYN, "hello"), 8, 1);
        var sent = director.take(WAN, last, Counter.DROPPED_TTL);

        assertThat(sent).hasSize(1);
        assertError(sent.getFirst(), 11, 0, 0, VIP, with(segment(CLIENT, 40000, VIP, 80, SYN, "hello"), 8, 1));
        assertThat(director.knows(40000)).as("as in IPVS, which sends last").isTrue();
    }

    @Test
    void aPacketThatMustNotBeCutAndIsTooBigIsAnsweredWithTheMtu() {
        director.connect(40000);
        var payload = "a".repeat(1461);
        var sent = director.take(WAN, segment(CLIENT, 40000, VIP, 80, ACK, payload), Counter.DROPPED_TOO_BIG);

        assertThat(sent).hasSize(1);
        assertError(sent.getFirst(), 3, 4, 1500, VIP, segment(CLIENT, 40000, VIP, 80, ACK, payload));
    }

    @Test
    void aPacketOfExactlyTheMtuPasses() {
        director.connect(40000);
        director.take(WAN, segment(CLIENT, 40000, VIP, 80, ACK, "a".repeat(1460)), Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void aPacketThatMayBeCutAndIsTooBigIsDroppedInSilence() {
        director.connect(40000);
        long big = with(segment(CLIENT, 40000, VIP, 80, ACK, "a".repeat(1461)), 6, 0);
        assertThat(director.take(WAN, big, Counter.DROPPED_TOO_BIG)).isEmpty();
    }

    @Test
    void aSuperFrameLongerThanTheMtuPassesWithItsOffloadMetadata() {
        director.connect(40000);
        long big = segment(CLIENT, 40000, VIP, 80, ACK, "a".repeat(3000));
        Memory.putByte(big + 1, (byte) 1); // GSO_TCPV4
        Memory.putShort(big + 4, (short) 1460); // gso_size
        var sent = director.take(WAN, big, Counter.FORWARDED_TO_SERVER);

        var expected = forwarded(segment(CLIENT, 40000, REAL, 8080, ACK, "a".repeat(3000)), LAN_MAC, REAL_MAC);
        expected[1] = 1;
        expected[4] = (byte) 0xb4;
        expected[5] = 0x05;
        assertSent(sent, LAN, expected);
    }

    private static long superFrame(int payload, int gsoSize) {
        long big = segment(CLIENT, 40000, VIP, 80, ACK, "a".repeat(payload));
        Memory.putByte(big + 1, (byte) 1); // GSO_TCPV4
        Memory.putShort(big + 4, (short) gsoSize);
        return big;
    }

    private void lowerInnerMtu() {
        director.lan(new Links.Link("lan", 12, LAN_MAC, 1400, ip("10.0.0.2")));
    }

    @Test
    void aLowerMtuCountsForTheNextPacket() {
        director.connect(40000);
        lowerInnerMtu();
        director.take(WAN, segment(CLIENT, 40000, VIP, 80, ACK, "a".repeat(1360)), Counter.FORWARDED_TO_SERVER);

        var payload = "a".repeat(1361);
        var sent = director.take(WAN, segment(CLIENT, 40000, VIP, 80, ACK, payload), Counter.DROPPED_TOO_BIG);
        assertError(sent.getFirst(), 3, 4, 1400, VIP, segment(CLIENT, 40000, VIP, 80, ACK, payload));
    }

    @Test
    void aSuperFrameIsTooBigWhereThePacketsCutFromItAre() {
        director.connect(40000);
        lowerInnerMtu();
        director.take(WAN, superFrame(3000, 1360), Counter.FORWARDED_TO_SERVER);

        var sent = director.take(WAN, superFrame(3000, 1361), Counter.DROPPED_TOO_BIG);
        assertError(sent.getFirst(), 3, 4, 1400, VIP, superFrame(3000, 1361));
    }

    @Test
    void aSuperFrameShorterThanItsOwnSegmentsIsJudgedByItsLength() {
        director.connect(40000);
        lowerInnerMtu();
        director.take(WAN, superFrame(1360, 1460), Counter.FORWARDED_TO_SERVER);
    }

    /// With GSO_UDP_L4 (5) each packet has a UDP header of its own; with GSO_UDP (3) all are fragments of one.
    @ParameterizedTest
    @CsvSource({"5, 1372, FORWARDED_TO_SERVER", "5, 1373, DROPPED_TOO_BIG", "3, 1380, FORWARDED_TO_SERVER"})
    void aSuperFrameOfDatagramsIsJudgedByItsKind(int type, int gsoSize, Counter end) {
        serves(rr(DNS, real("10.0.0.11", 53, 1)));
        lowerInnerMtu();
        long big = datagram(CLIENT, 40000, VIP, 53, "a".repeat(3000));
        Memory.putByte(big + 1, (byte) type);
        Memory.putShort(big + 4, (short) gsoSize);
        director.take(WAN, big, end);
    }

    @Test
    void whatIsSentHasTheMacThatTheLinkHasNow() {
        director.lan(new Links.Link("lan", 99, 0xcafe, 1500, ip("10.0.0.2")));
        var sent = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
        assertThat(TestDirector.number(sent.getFirst(), Frame.VNET_BYTES + 6, 6))
                .isEqualTo(0xcafe);
    }

    @Test
    void aServersPacketOutOfHopsIsAnsweredFromTheInnerAddress() {
        director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
        long last = with(toLan(segment(REAL, 8080, CLIENT, 40000, SYN_ACK, "")), 8, 1);
        var sent = director.take(LAN, last, Counter.DROPPED_TTL);

        assertThat(sent.getFirst().port()).isEqualTo(LAN);
        var error = ofIp(sent.getFirst());
        assertThat(Arrays.copyOfRange(error, 12, 16)).isEqualTo(new byte[] {10, 0, 0, 2});
        assertThat(error[20]).isEqualTo((byte) 11);
    }

    @Test
    void errorsAreRationedAndTheRestIsCounted() {
        serves(rr(tcp(80)));
        for (int i = 0; i < 60; i++) {
            director.client(1000 + i, SYN, Counter.DROPPED_NO_REAL_SERVER);
        }
        assertThat(director.count(Counter.SENT_ICMP_ERROR)).isEqualTo(50);
        assertThat(director.count(Counter.SUPPRESSED_ICMP_ERROR)).isEqualTo(10);
    }

    // The way there

    @Test
    void theFirstPacketOfAClientWhoseNeighbourIsUnknownAsksForTheWayBack() {
        int neighbour = ip("192.0.2.77");
        director.take(WAN, segment(neighbour, 40000, VIP, 80, SYN, ""), Counter.FORWARDED_TO_SERVER);
        var asked = new ArrayList<Long>();
        director.probes.drain(asked::add);
        assertThat(asked).containsExactly((long) neighbour & 0xffff_ffffL);
    }

    // Port reuse

    @Test
    void aSynOnAFinishedConnectionIsScheduledAnew() { // row 12
        serves(rr(tcp(80), A, B));
        int first = director.connect(40000);
        director.client(40000, FIN_ACK, Counter.FORWARDED_TO_SERVER);
        director.reply(first, 8080, 40000, FIN_ACK, Counter.FORWARDED_TO_CLIENT);
        assertThat(director.state(40000)).isEqualTo(TcpState.TIME_WAIT.code());

        var again = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        assertThat(destination(again.getFirst())).isNotEqualTo(first);
        assertThat(director.state(40000)).isEqualTo(TcpState.SYN_RECV.code());
        assertThat(director.tables.connections().size()).isEqualTo(1);
    }

    @Test
    void aSynOnAnOpenConnectionIsThatConnections() {
        serves(rr(tcp(80), A, B));
        int first = director.connect(40000);
        var again = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
        assertThat(destination(again.getFirst())).isEqualTo(first);
    }

    @Test
    void aSynOnAFinishedConnectionOfAPersistentServiceKeepsIt() { // row 13
        serves(persistent(tcp(80), 360, "255.255.255.255", A, B));
        int first = director.connect(40000);
        director.client(40000, FIN_ACK, Counter.FORWARDED_TO_SERVER);
        director.reply(first, 8080, 40000, FIN_ACK, Counter.FORWARDED_TO_CLIENT);
        assertThat(director.state(40000)).isEqualTo(TcpState.TIME_WAIT.code());
        int slot = director.tables.connections().find(Frame.TCP, CLIENT, 40000, VIP, 80);

        var again = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        assertThat(destination(again.getFirst())).isEqualTo(first);
        assertThat(director.tables.connections().find(Frame.TCP, CLIENT, 40000, VIP, 80))
                .isEqualTo(slot);
        assertThat(director.tables.reals().traffic().total(0, Traffic.Unit.CONNECTIONS)
                        + director.tables.reals().traffic().total(1, Traffic.Unit.CONNECTIONS))
                .as("connections scheduled")
                .isEqualTo(1);
    }

    // Persistence

    @Test
    void aStickyClientGoesToTheSameServerFromEachPort() {
        serves(persistent(tcp(80), 360, "255.255.255.255", A, B));
        int first = director.connect(40000);
        for (int port = 40001; port < 40010; port++) {
            assertThat(director.connect(port)).isEqualTo(first);
        }
        assertThat(director.tables.templates().size()).isEqualTo(1);
    }

    @Test
    void aStickyClientStaysWithItsQuiescedServer() { // row 14
        serves(persistent(tcp(80), 360, "255.255.255.255", A, B));
        int first = director.connect(40000);
        boolean isA = first == REAL;
        director.configure(persistent(
                tcp(80),
                360,
                "255.255.255.255",
                real("10.0.0.11", 8080, isA ? 0 : 1),
                real("10.0.0.12", 8080, isA ? 1 : 0)));

        assertThat(director.connect(40001)).isEqualTo(first);
    }

    @Test
    void aStickyClientStaysWithItsOverloadedServer() { // row 16
        serves(persistent(tcp(80), 360, "255.255.255.255", A, B));
        int first = director.connect(40000);
        int id = director.tables.reals().address(0) == first ? 0 : 1;
        director.tables.reals().overloaded(id, true);
        assertThat(director.connect(40001)).isEqualTo(first);
    }

    @Test
    void aStickyClientWhoseServerIsGoneGetsAnotherOne() {
        serves(persistent(tcp(80), 360, "255.255.255.255", A, B));
        int first = director.connect(40000);
        director.configure(persistent(tcp(80), 360, "255.255.255.255", first == REAL ? B : A));

        assertThat(director.connect(40001)).isNotEqualTo(first);
        director.client(40000, ACK, Counter.DROPPED_REAL_SERVER_GONE);
    }

    // Real servers that go

    @Test
    void dataToADeletedServerIsDroppedUntilItComesBack() { // rows 9 and 10
        director.connect(40000);
        director.configure(rr(tcp(80)));
        assertThat(director.client(40000, ACK, Counter.DROPPED_REAL_SERVER_GONE))
                .isEmpty();

        director.configure(rr(tcp(80), A));
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(director.tables.reals().active(0)).isEqualTo(1);
    }

    @Test
    void datagramsToADeletedServerDoNotKeepTheirConnection() { // row 19
        serves(rr(DNS, real("10.0.0.11", 5353, 1)));
        director.take(WAN, datagram(CLIENT, 5000, VIP, 53, ""), Counter.FORWARDED_TO_SERVER);
        director.configure(rr(DNS, real("10.0.0.12", 5353, 1)));
        for (int second = 0; second < 299; second += 13) {
            director.now += 13 * SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE);
            if (second + 13 < 300) {
                director.take(WAN, datagram(CLIENT, 5000, VIP, 53, ""), Counter.DROPPED_REAL_SERVER_GONE);
            }
        }
        director.now += 2 * SECOND;
        director.tables.turn(director.now, Integer.MAX_VALUE);

        var sent = director.take(WAN, datagram(CLIENT, 5000, VIP, 53, ""), Counter.FORWARDED_TO_SERVER);
        assertThat(destination(sent.getFirst())).isEqualTo(REAL2);
        assertThat(sent.getFirst().bytes()).startsWith(macsOf(LAN_MAC, REAL2_MAC));
    }

    private static byte[] macsOf(long source, long destination) {
        var bytes = ByteBuffer.allocate(22).put(new byte[10]);
        putMac(bytes, destination);
        putMac(bytes, source);
        return bytes.array();
    }

    // What the standby is told

    @Test
    void eachChangeIsToldOnceAndAPacketThatChangesNothingIsNot() {
        director.connect(40000);
        assertThat(drain()).containsExactly(Delta.Op.CHECKPOINT, Delta.Op.CONNECTION, Delta.Op.CONNECTION);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(drain()).isEmpty();
        director.now += 89 * SECOND;
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(drain()).as("a tenth of 900 s is not over").isEmpty();
        director.now += 2 * SECOND;
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(drain()).containsExactly(Delta.Op.CONNECTION);
    }

    private List<Delta.Op> drain() {
        var ops = new ArrayList<Delta.Op>();
        var ring = director.tables.changes().ring();
        for (var delta = ring.peek(); delta != null; delta = ring.peek()) {
            ops.add(delta.op());
            ring.release();
        }
        return ops;
    }
}
