package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.destinationPort;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
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
import holdfast.service.Traffic;
import holdfast.table.Counter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the engine does beyond a plain connection, with real frames: marks, SCTP, one-packet scheduling, calls, ports
/// used anew, and what becomes of the connections of a removed real server.
class EnginePacketTest extends DirectorUnderTest {
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

    // One-packet scheduling (1.12)

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
}
