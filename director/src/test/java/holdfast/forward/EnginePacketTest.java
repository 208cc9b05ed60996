package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.destinationPort;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.SctpState;
import holdfast.conn.TcpState;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.Template;
import holdfast.persist.TemplateTable;
import holdfast.service.Services;
import holdfast.service.Traffic;
import holdfast.table.Counter;
import holdfast.table.Defence;
import holdfast.table.TemplateOrders.Action;
import holdfast.table.TemplateOrders.Outcome;
import holdfast.table.TemplateOrders.Selection;
import holdfast.table.TemplateOrders.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine beyond a plain connection, with real frames: marks, SCTP, one-packet scheduling, reused ports, ICMP
/// errors, thresholds, drains, defence, re-arm policies and an operator's orders for templates.
class EnginePacketTest {
    private static final String HOST = "255.255.255.255";
    private static final Configuration.RealServer A = real("10.0.0.11", 8080, 1);
    private static final Configuration.RealServer B = real("10.0.0.12", 8080, 1);
    private static final ServiceKey DNS = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 53);
    private static final ServiceKey IKE = new ServiceKey(Protocol.UDP, new Ipv4(VIP), 500);

    private TestDirector director = new TestDirector(rr(tcp(80), A, B));

    @AfterEach
    void close() {
        director.close();
    }

    private static Configuration.Service rr(ServiceKey key, Configuration.RealServer... reals) {
        return service(key, SchedulerName.RR, reals);
    }

    private static Configuration.Service sticky(ServiceKey key, RearmPolicy rearm, Configuration.RealServer... reals) {
        var persistence = new Configuration.Persistence(300, -1, rearm, Optional.empty());
        return new Configuration.Service(key, SchedulerName.RR, Optional.of(persistence), List.of(reals));
    }

    private void serves(Configuration.Service... services) {
        director.close();
        director = new TestDirector(services);
    }

    private void pass(long seconds) {
        for (long second = 0; second < seconds; second++) {
            director.now += SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE);
        }
    }

    private Template onlyTemplate() {
        var templates = director.tables.templates();
        assertThat(templates.size()).isEqualTo(1);
        return templates.view().at(templates.next(0));
    }

    private long templateSeconds() {
        return Math.round((onlyTemplate().expiresAt() - director.now) / (double) SECOND);
    }

    /// The real server that a SYN of the client from this port goes to.
    private int syn(int clientPort) {
        return destination(
                director.client(clientPort, SYN, Counter.FORWARDED_TO_SERVER).getFirst());
    }

    private void close(int real, int clientPort) {
        director.reply(real, 8080, clientPort, FIN_ACK, Counter.FORWARDED_TO_CLIENT);
        director.client(clientPort, FIN_ACK, Counter.FORWARDED_TO_SERVER);
    }

    // Marks (IPVS-REF 2.1, 3.3 case 3)

    private void marks(MarkRule... rules) {
        director.marks = List.of(rules);
    }

    private static MarkRule mark(int mark, String source, int length, MarkRule.PortRange... ports) {
        return new MarkRule(
                mark,
                Optional.of(new MarkRule.Prefix(Ipv4.of(source), length)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(ports),
                Optional.empty());
    }

    @Test
    void aMarkedPacketGoesToItsMarksServiceBeforeAnyOther() {
        marks(mark(7, "198.51.100.0", 24));
        director.configure(rr(tcp(80), A), persistent(ServiceKey.ofMark(7), 300, HOST, real("10.0.0.12", 0, 1)));

        var sent = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);

        assertThat(destination(sent.getFirst())).isEqualTo(REAL2);
        assertThat(destinationPort(sent.getFirst()))
                .as("the client's port is kept")
                .isEqualTo(80);
        assertThat(onlyTemplate().protocol()).isZero();
        assertThat(onlyTemplate().virtualAddress()).isEqualTo(7);
        assertThat(onlyTemplate().virtualPort()).isZero();
    }

    @Test
    void onePortsAndProtocolsTemplateHoldsForAllThatTheMarkCovers() {
        marks(mark(7, "0.0.0.0", 0, new MarkRule.PortRange(80, 80), new MarkRule.PortRange(443, 443)));
        director.configure(
                persistent(ServiceKey.ofMark(7), 300, HOST, real("10.0.0.11", 0, 1), real("10.0.0.12", 0, 1)));
        int first = syn(40000);
        var https = TestPacket.flow(Frame.TCP, CLIENT, 40001, VIP, 443, SYN, "");
        var ssh = TestPacket.flow(Frame.TCP, CLIENT, 40002, VIP, 22, SYN, "");

        assertThat(destination(
                        director.take(WAN, https, Counter.FORWARDED_TO_SERVER).getFirst()))
                .isEqualTo(first);
        director.take(WAN, ssh, Counter.DROPPED_NO_SERVICE);
    }

    @Test
    void aMarkWithoutServiceFallsBackToTheAddress() {
        marks(mark(8, "0.0.0.0", 0));
        director.configure(rr(tcp(80), A), persistent(ServiceKey.ofMark(7), 300, HOST, real("10.0.0.12", 0, 1)));
        assertThat(syn(40000)).isEqualTo(REAL);
    }

    @Test
    void theFirstRuleThatFitsMarks() {
        marks(mark(7, "198.51.100.7", 32), mark(8, "198.51.100.0", 24));
        director.configure(
                rr(ServiceKey.ofMark(7), real("10.0.0.11", 8080, 1)),
                rr(ServiceKey.ofMark(8), real("10.0.0.12", 8080, 1)));

        var own = director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
        assertThat(destination(own.getFirst())).isEqualTo(REAL);
        assertThat(destinationPort(own.getFirst()))
                .as("without persistence the server's own port is used")
                .isEqualTo(8080);
        var other = TestPacket.flow(Frame.TCP, CLIENT + 1, 40000, VIP, 80, SYN, "");
        assertThat(destination(
                        director.take(WAN, other, Counter.FORWARDED_TO_SERVER).getFirst()))
                .isEqualTo(REAL2);
    }

    // SCTP (4.6, 1.3)

    @Test
    void anSctpAssociationOpensAndClosesByIpvssTables() {
        var key = new ServiceKey(Protocol.SCTP, new Ipv4(VIP), 3868);
        serves(rr(key, real("10.0.0.11", 3869, 1)));
        director.take(
                WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 0), Counter.DROPPED_NO_CONNECTION); // data begins nothing
        var init = director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);

        assertThat(destinationPort(init.getFirst())).isEqualTo(3869);
        assertThat(TestPacket.sctpSumIsRight(init.getFirst().bytes())).isTrue();
        assertThat(sctpState()).isEqualTo(SctpState.INIT1);
        var initAck =
                director.take(LAN, toLan(TestPacket.sctp(REAL, 3869, CLIENT, 5000, 2)), Counter.FORWARDED_TO_CLIENT);
        assertThat(TestPacket.sctpSumIsRight(initAck.getFirst().bytes())).isTrue();
        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 10), Counter.FORWARDED_TO_SERVER);
        director.take(LAN, toLan(TestPacket.sctp(REAL, 3869, CLIENT, 5000, 11)), Counter.FORWARDED_TO_CLIENT);
        assertThat(sctpState()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(director.tables.reals().active(0)).isEqualTo(1);
        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 11, 6), Counter.FORWARDED_TO_SERVER);
        assertThat(sctpState()).as("an ABORT behind a cookie").isEqualTo(SctpState.CLOSED);
    }

    private SctpState sctpState() {
        int slot = director.tables.connections().find(Frame.SCTP, CLIENT, 5000, VIP, 3868);
        return SctpState.of(director.tables.connections().view().at(slot).state());
    }

    // One-packet scheduling (1.12)

    private static Configuration.Service onePacket(Optional<Configuration.Persistence> persistence) {
        return new Configuration.Service(
                DNS,
                SchedulerName.RR,
                Set.of(),
                persistence,
                true,
                Optional.empty(),
                List.of(real("10.0.0.11", 53, 1), real("10.0.0.12", 53, 1)));
    }

    private int datagram(String payload) {
        var frame = TestPacket.flow(Frame.UDP, CLIENT, 5000, VIP, 53, 0, payload);
        return destination(
                director.take(WAN, frame, Counter.FORWARDED_TO_SERVER).getFirst());
    }

    @Test
    void eachDatagramOfAOnePacketServiceIsScheduledByItself() {
        serves(onePacket(Optional.empty()));
        int first = datagram("a");

        assertThat(datagram("b")).isNotEqualTo(first);
        assertThat(datagram("c")).isEqualTo(first);
        assertThat(director.tables.connections().size()).isZero();
        assertThat(director.tables.reals().inactive(0)).isZero();
        assertThat(director.tables.services().traffic().total(0, Traffic.Unit.CONNECTIONS))
                .isEqualTo(3);
    }

    @Test
    void aStickyOnePacketServiceRenewsItsTemplateWithEachDatagram() {
        serves(onePacket(Optional.of(new Configuration.Persistence(300, -1))));
        int first = datagram("a");
        pass(200);

        assertThat(datagram("b")).isEqualTo(first);
        assertThat(templateSeconds()).isEqualTo(300);
        assertThat(onlyTemplate().controlled()).isZero();
    }

    @Test
    void aClientsDatagramsAreLimitedByTheirRate() { // each is a connection by itself
        var plain = onePacket(Optional.empty());
        serves(new Configuration.Service(
                DNS,
                SchedulerName.RR,
                Set.of(),
                Optional.empty(),
                true,
                Optional.of(new Configuration.ClientLimit(1, 3)),
                plain.realServers()));
        for (int i = 0; i < 3; i++) {
            datagram("x");
        }
        var frame = TestPacket.flow(Frame.UDP, CLIENT, 5000, VIP, 53, 0, "x");
        director.take(WAN, frame, Counter.DROPPED_CLIENT_OVER_LIMIT);
        pass(2);
        datagram("x");
        assertThat(director.tables.clients().connections(0, CLIENT & 0xffff_ffffL, 0))
                .as("none is left open")
                .isZero();
    }

    // Persistence engine sip (3.11)

    @Test
    void aSipCallStaysWithItsServerWhateverPortItComesFrom() {
        var persistence =
                new Configuration.Persistence(300, 0xffffff00, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        serves(onePacket(Optional.of(persistence)));
        int one = sip(CLIENT, 5060, "Call-ID: one@host\r\n");
        int two = sip(CLIENT, 5060, "Call-ID: two@host\r\n");

        assertThat(two).as("another call of the same client").isNotEqualTo(one);
        assertThat(sip(CLIENT, 6000, "i:  one@host\r\n")).isEqualTo(one);
        assertThat(sip(CLIENT + 1, 6000, "cAlL-Id :two@host\r\n")).isEqualTo(two);
        assertThat(director.tables.templates().size()).isEqualTo(2);
    }

    @Test
    void aSipMessageWithoutCallIdIsDropped() {
        var persistence = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        serves(onePacket(Optional.of(persistence)));
        for (var header : List.of(
                "Call: x\r\n",
                "Call-ID: \r\n",
                "Call-ID: unclosed",
                "X-Call-ID: x\r\n",
                "Call-ID: " + "x".repeat(256) + "\r\n")) {
            director.take(WAN, sipFrame(CLIENT, 5060, header), Counter.DROPPED_NO_CALL_ID);
        }
        sip(CLIENT, 5060, "Call-ID: " + "x".repeat(255) + "\n");
    }

    private static long sipFrame(int client, int port, String header) {
        return TestPacket.flow(Frame.UDP, client, port, VIP, 53, 0, "INVITE sip:a@b SIP/2.0\r\nVia: z\r\n" + header);
    }

    private int sip(int client, int port, String header) {
        return destination(director.take(WAN, sipFrame(client, port, header), Counter.FORWARDED_TO_SERVER)
                .getFirst());
    }

    // Ports used anew (1.6)

    private int finished(int clientPort) {
        int real = director.connect(clientPort);
        close(real, clientPort);
        assertThat(director.state(clientPort)).isEqualTo(TcpState.TIME_WAIT.code());
        return real;
    }

    @Test
    void aFinishedConnectionsPortIsScheduledAnewUnlessModeIsZero() { // row 12
        int first = finished(40000);
        assertThat(syn(40000)).isNotEqualTo(first);

        director.ipvs = ipvs("connReuseMode", 0);
        director.configure(rr(tcp(80), A, B));
        int second = finished(40001);
        assertThat(syn(40001)).isEqualTo(second);
    }

    @Test
    void oneWayConnectionsInFinWaitAreReusedOnlyByModeTwo() {
        var dr = List.of(
                new Configuration.RealServer(Ipv4.of("10.0.0.11"), 80, 1, ForwardingMethod.DR),
                new Configuration.RealServer(Ipv4.of("10.0.0.12"), 80, 1, ForwardingMethod.DR));
        for (int mode = 1; mode <= 2; mode++) {
            serves();
            director.ipvs = ipvs("connReuseMode", mode);
            director.configure(rr(tcp(80), dr.get(0), dr.get(1)));
            director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
            director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
            director.client(40000, FIN_ACK, Counter.FORWARDED_TO_SERVER);
            assertThat(director.state(40000)).isEqualTo(TcpState.FIN_WAIT.code());
            long before = director.tables.services().traffic().total(0, Traffic.Unit.CONNECTIONS);
            director.client(40000, SYN, Counter.FORWARDED_TO_SERVER);
            assertThat(director.tables.services().traffic().total(0, Traffic.Unit.CONNECTIONS) - before)
                    .as("mode %d", mode)
                    .isEqualTo(mode - 1);
        }
    }

    @Test
    void aPortOfAStickyClientIsNeverScheduledAnew() { // row 13
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = finished(40000);
        assertThat(syn(40000)).isEqualTo(first);
        assertThat(director.tables.connections().size()).isEqualTo(1);
    }

    @Test
    void aSynToAQuiescedServersConnectionMovesWithExpireNodestConn() { // 1.6 reason A
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(rr(tcp(80), A, B));
        int first = director.connect(40000);
        director.configure(rr(
                tcp(80),
                real("10.0.0.11", 8080, first == REAL ? 0 : 1),
                real("10.0.0.12", 8080, first == REAL2 ? 0 : 1)));

        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER); // data goes on
        assertThat(syn(40000)).isNotEqualTo(first);
    }

    // Deleted real servers (1.7)

    @Test
    void withExpireNodestConnDataToADeletedServerEndsItsConnection() { // row 11
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(rr(tcp(80), A));
        director.connect(40000);
        director.connect(40001);
        director.configure(rr(tcp(80), B));
        director.client(40000, ACK, Counter.DROPPED_NO_CONNECTION);

        assertThat(director.knows(40000)).isFalse();
        assertThat(director.knows(40001)).isTrue();
        pass(1);
        assertThat(director.knows(40001)).as("swept, though it sent nothing").isFalse();
        assertThat(syn(40001)).isEqualTo(REAL2);
    }

    // What may begin a connection (1.3)

    @Test
    void sloppyTcpTakesAnySegmentButReset() { // row 3
        director.client(40000, ACK, Counter.DROPPED_NO_CONNECTION);
        director.ipvs = ipvs("sloppyTcp", true);
        director.configure(rr(tcp(80), A));

        director.client(40000, RST | ACK, Counter.DROPPED_NO_CONNECTION);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(director.state(40000)).isEqualTo(TcpState.ESTABLISHED.code());
    }

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

    // Thresholds (4.8)

    @Test
    void aServerAtItsUpperThresholdGetsNoNewClientsUntilBelowThreeQuarters() {
        var bounded = new Configuration.RealServer(
                Ipv4.of("10.0.0.11"), 8080, 1, ForwardingMethod.NAT, 4, 0, Optional.empty());
        serves(rr(tcp(80), bounded));
        for (int port = 40000; port < 40004; port++) {
            syn(port);
        }
        director.client(40004, SYN, Counter.DROPPED_NO_REAL_SERVER);
        int id = director.tables.services().reals(0).id(0);
        end(40000);
        assertThat(director.tables.reals().isOverloaded(id)).as("3 of 4").isTrue();
        end(40001);
        assertThat(director.tables.reals().isOverloaded(id)).as("2 of 4").isFalse();
        syn(40004);
    }

    private void end(int clientPort) {
        int slot = director.tables.connections().find(Frame.TCP, CLIENT, clientPort, VIP, 80);
        director.tables.end(slot, false, director.now);
    }

    // Drains (1.7, 3.5 and ours)

    private int drain(DrainMode mode, long seconds) {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = director.connect(40000);
        int id = director.tables.reals().address(0) == first ? 0 : 1;
        director.tables.quiesce(id, mode, director.now + seconds * SECOND);
        return first;
    }

    @Test
    void keepAllLetsStickyClientsComeBack() {
        int first = drain(DrainMode.KEEP_ALL, 0);
        pass(2);
        assertThat(syn(40001)).isEqualTo(first);
    }

    @Test
    void keepConnectionsMovesAClientAtItsNextConnection() {
        int first = drain(DrainMode.KEEP_CONNECTIONS, 0);
        pass(2);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(syn(40001)).isNotEqualTo(first);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void aDeadlineEndsWhatIsLeft() {
        drain(DrainMode.UNTIL_DEADLINE, 10);
        pass(9);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        pass(2);
        director.client(40000, ACK, Counter.DROPPED_NO_CONNECTION);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void nowEndsConnectionsAndTemplatesAtOnce() {
        int first = drain(DrainMode.NOW, 0);
        director.tables.turn(director.now, 256);
        assertThat(director.tables.connections().size()).isZero();
        assertThat(director.tables.templates().size()).isZero();
        assertThat(syn(40000)).isNotEqualTo(first);
    }

    @Test
    void aRestoredServerGetsClientsAgain() {
        int first = drain(DrainMode.KEEP_CONNECTIONS, 0);
        director.tables.restore(director.tables.reals().address(0) == first ? 0 : 1);
        assertThat(syn(40001)).isEqualTo(first);
    }

    // Re-arm policies (3.6, ADR 0008)

    private int alive(RearmPolicy rearm, long seconds) {
        serves(sticky(tcp(80), rearm, A, B));
        int real = director.connect(40000);
        for (long left = seconds; left > 0; left -= 50) {
            pass(Math.min(50, left));
            director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        }
        return real;
    }

    @Test
    void ipvsOverwritesTheTimeoutForGood() {
        alive(RearmPolicy.IPVS, 301);
        assertThat(onlyTemplate().timeoutS()).isEqualTo(60);
        pass(10);
        syn(40001);
        assertThat(templateSeconds()).isEqualTo(60);
    }

    @Test
    void persistenceTimeoutBeginsAnewInFull() {
        alive(RearmPolicy.PERSISTENCE_TIMEOUT, 301);
        assertThat(onlyTemplate().timeoutS()).isEqualTo(300);
        assertThat(templateSeconds()).isBetween(298L, 300L);
    }

    @Test
    void eachConnectionRestartsInFullThoughTheTimerWasShort() {
        alive(RearmPolicy.EACH_CONNECTION, 301);
        assertThat(templateSeconds()).isBetween(58L, 60L);
        syn(40001);
        assertThat(templateSeconds()).isEqualTo(300);
    }

    @Test
    void fromLastCloseCountsFromTheEndOfTheLastConnection() {
        int real = alive(RearmPolicy.FROM_LAST_CLOSE, 1000);
        assertThat(onlyTemplate().controlled()).isEqualTo(1);
        close(real, 40000);
        assertThat(onlyTemplate().controlled()).isZero();
        assertThat(templateSeconds()).isEqualTo(300);
        pass(299);
        assertThat(syn(40001)).isEqualTo(real);
    }

    @Test
    void fromLastCloseEndsExactlyItsTimeAfterTheClose() {
        int real = alive(RearmPolicy.FROM_LAST_CLOSE, 100);
        close(real, 40000);
        pass(301);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void fromLastCloseBeginsAnAssociationAnewWhereTheLastOneWasRejected() {
        var key = new ServiceKey(Protocol.SCTP, new Ipv4(VIP), 3868);
        serves(sticky(key, RearmPolicy.FROM_LAST_CLOSE, real("10.0.0.11", 3868, 1)));
        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);
        director.take(LAN, toLan(TestPacket.sctp(REAL, 3868, CLIENT, 5000, 6)), Counter.FORWARDED_TO_CLIENT);
        assertThat(sctpState()).isEqualTo(SctpState.REJECTED);
        assertThat(onlyTemplate().controlled()).isZero();

        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);
        assertThat(sctpState()).isEqualTo(SctpState.INIT1);
        assertThat(onlyTemplate().controlled()).isEqualTo(1);
    }

    // The defence (4.10) and full tables (ADR 0019)

    @Test
    void dropPacketDropsOneOfSoManyFirstPackets() {
        director.ipvs = ipvs("dropPacket", 3, "amDroprate", 3);
        director.configure(rr(tcp(80), A));
        int dropped = 0;
        for (int port = 40000; port < 40030; port++) {
            long frame = TestPacket.flow(Frame.TCP, CLIENT, port, VIP, 80, SYN, "");
            dropped += director.take(WAN, frame).isEmpty() ? 1 : 0;
        }
        assertThat(dropped).isEqualTo(10);
        assertThat(director.count(Counter.DROPPED_BY_DEFENCE)).isEqualTo(10);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void dropEntryGivesUpHalfOpenConnectionsAndKeepsEstablishedOnes() {
        director.ipvs = ipvs("dropEntry", 3);
        director.configure(rr(tcp(80), A));
        director.connect(40000);
        for (int port = 40001; port < 40040; port++) {
            syn(port);
        }
        for (int second = 0; second < 50; second++) {
            pass(1);
            director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        }
        assertThat(director.count(Counter.EVICTED_BY_DEFENCE)).isGreaterThan(20);
        assertThat(director.knows(40000)).isTrue();
    }

    @Test
    void automaticDefenceBeginsWhenSlotsAreShortAndEndsWhenTheyAreNot() {
        var defence = new Defence();
        defence.configure(ipvs("dropPacket", 1, "secureTcp", 1, "amemthresh", 100));
        defence.step(101);
        assertThat(defence.dropsPacket()).isFalse();
        assertThat(defence.isSecure()).isFalse();
        defence.step(50); // a rate of 100 / (100 - 50)
        assertThat(List.of(defence.dropsPacket(), defence.dropsPacket(), defence.dropsPacket(), defence.dropsPacket()))
                .filteredOn(dropped -> dropped)
                .hasSize(2);
        assertThat(defence.isSecure()).isTrue();
        defence.step(100);
        assertThat(defence.dropsPacket()).isFalse();
        assertThat(defence.isSecure()).isFalse();
    }

    @Test
    void aFullTableGivesUpHalfOpenConnectionsForNewOnes() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(16, 16, 0, false), rr(tcp(80), A));
        director.connect(40000);
        for (int port = 40001; port < 40016; port++) {
            syn(port);
        }
        for (int port = 40016; port < 40030; port++) {
            syn(port);
        }
        assertThat(director.count(Counter.EVICTED_HALF_OPEN)).isEqualTo(14);
        assertThat(director.knows(40000)).isTrue();
        assertThat(director.tables.connections().size()).isEqualTo(16);
    }

    @Test
    void aTableFullOfEstablishedConnectionsRefusesNewOnes() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(16, 16, 0, false), rr(tcp(80), A));
        for (int port = 40000; port < 40016; port++) {
            director.connect(port);
        }
        director.client(40016, SYN, Counter.DROPPED_TABLE_FULL);
        close(REAL, 40003);
        syn(40016);
        assertThat(director.count(Counter.EVICTED_CLOSING)).isEqualTo(1);
        assertThat(director.knows(40003)).isFalse();
    }

    // What an operator does to templates

    private Outcome order(Action action, Selection selection, @Nullable Target to) {
        var outcome = director.tables.chores().order(action, selection, to, false);
        director.tables.turn(director.now, 256);
        return outcome.join();
    }

    private static Selection client(int client) {
        return new Selection(client, -1, Services.NONE, null);
    }

    @Test
    void aFlushedClientIsScheduledAnew() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = syn(40000);
        assertThat(order(Action.FLUSH, client(CLIENT), null)).isEqualTo(new Outcome(1, 1, 0));
        assertThat(syn(40001)).isNotEqualTo(first);
    }

    private static Selection prefix(String address, int length) {
        return new Selection(ip(address), -1 << (32 - length), Services.NONE, null);
    }

    @Test
    void aPrefixMeansEveryNetworkThatSharesAnAddressWithIt() { // 3.2: a template keeps what the netmask leaves
        serves(persistent(tcp(80), 300, "255.255.255.0", A, B));
        syn(40000);
        assertThat(order(Action.FLUSH, prefix("198.51.101.0", 25), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, prefix("198.51.100.128", 25), null)).isEqualTo(new Outcome(1, 1, 0));
    }

    @Test
    void aCallHasNoClientThatAnOrderCouldName() { // 3.11
        var persistence = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        serves(onePacket(Optional.of(persistence)));
        for (int call = 0; call < 8; call++) {
            sip(CLIENT, 5060, "Call-ID: " + call + "\r\n");
        }
        assertThat(order(Action.FLUSH, prefix("0.0.0.0", 1), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, prefix("128.0.0.0", 1), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.PIN, client(CLIENT), new Target(REAL, 53))).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, new Selection(0, 0, 0, null), null)).isEqualTo(new Outcome(8, 8, 0));
    }

    @Test
    void aMovedClientGoesToItsNewServerAndItsConnectionsStay() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = director.connect(40000);
        var to = new Target(first == REAL ? REAL2 : REAL, 8080);
        assertThat(order(Action.MOVE, client(CLIENT), to)).isEqualTo(new Outcome(1, 1, 0));

        assertThat(syn(40001)).isEqualTo(to.address());
        var data = director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(destination(data.getFirst())).isEqualTo(first);
        assertThat(order(Action.MOVE, client(CLIENT), new Target(ip("10.0.0.99"), 8080)))
                .isEqualTo(new Outcome(1, 0, 1));
    }

    @Test
    void aClientIsNotMovedToAnAddressThatTwoRealServersHave() {
        serves(persistent(tcp(80), 300, HOST, A, real("10.0.0.12", 8080, 1), real("10.0.0.12", 8081, 1)));
        syn(40000);
        assertThat(order(Action.MOVE, client(CLIENT), new Target(REAL2, Target.ANY_PORT)))
                .isEqualTo(new Outcome(1, 0, 1));
    }

    @Test
    void aPinnedClientOutlivesItsTimeoutAndADrain() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        assertThat(order(Action.PIN, client(CLIENT), new Target(REAL2, 8080))).isEqualTo(new Outcome(1, 1, 0));
        pass(1000);
        director.tables.quiesce(director.tables.reals().address(0) == REAL2 ? 0 : 1, DrainMode.NOW, 0);
        pass(2);

        assertThat(syn(40000)).isEqualTo(REAL2);
        order(Action.UNPIN, client(CLIENT), null);
        pass(200);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void oneServersTemplatesAreFlushedAFewPerTurn() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        for (int client = 0; client < 40; client++) {
            var frame = TestPacket.flow(Frame.TCP, CLIENT + client, 40000, VIP, 80, SYN, "");
            director.take(WAN, frame, Counter.FORWARDED_TO_SERVER);
        }
        var outcome = director.tables
                .chores()
                .order(Action.FLUSH, new Selection(0, 0, Services.NONE, new Target(REAL, 8080)), null, false);
        int turns = 0;
        for (; !outcome.isDone(); turns++) {
            director.tables.turn(director.now, 8);
        }
        assertThat(outcome.join()).isEqualTo(new Outcome(20, 20, 0));
        assertThat(turns).isGreaterThanOrEqualTo(3);
        var templates = director.tables.templates();
        int findable = 0;
        for (int slot = templates.next(0); slot != TemplateTable.MISSING; slot = templates.next(slot + 1)) {
            findable += templates.view().at(slot).isInvalid() ? 0 : 1;
        }
        assertThat(findable).isEqualTo(20);
    }

    @Test
    void aStandbyTakesNoOrders() {
        director.tables.demote();
        assertThat(director.tables.chores().order(Action.FLUSH, client(CLIENT), null, false))
                .isCompletedExceptionally();
    }
}
