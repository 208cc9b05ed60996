package holdfast.conn;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.UDP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ForwardingMethod;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/// The sequences of IPVS-REF 4.4 and the counters of 4.7.
class TrackerTest {
    private static final int REAL_ADDRESS = ip("10.0.0.11");
    private static final long SECOND = 1_000_000_000L;

    private final RealServerTable reals = new RealServerTable(4);
    private final int real = reals.intern(TCP, VIP, 80, REAL_ADDRESS, 8080);
    private final ConnTable table = new ConnTable(8, reals, new FlowHash(1, 2), 0, Arena.ofAuto());
    private final Conn conn = table.view();
    private boolean isSecure;

    @Test
    void natServerCloses() {
        assertSequence(ForwardingMethod.NAT, "c SYN, s SYN ACK, c ACK, s FIN, c FIN, s ACK", "SR SR ES FW TW TW");
    }

    @Test
    void natClientCloses() {
        assertSequence(ForwardingMethod.NAT, "c SYN, s SYN ACK, c ACK, c FIN, s FIN, c ACK", "SR SR ES CW TW TW");
    }

    @Test
    void natRefused() {
        assertSequence(ForwardingMethod.NAT, "c SYN, s RST", "SR CL");
    }

    @Test
    void directRoutingSeesOnlyTheClient() {
        assertSequence(ForwardingMethod.DR, "c SYN, c ACK, c FIN, c ACK", "SR ES FW FW");
        assertSequence(ForwardingMethod.DR, "c SYN, c ACK, c RST", "SR ES CL");
    }

    @Test
    void clientResetRightAfterSynChangesNothing() {
        assertSequence(ForwardingMethod.NAT, "c SYN, c RST", "SR SR");
        assertSequence(ForwardingMethod.DR, "c SYN, c RST", "SR SR");
    }

    @Test
    void underSecureTcpTheClientAloneEstablishesNothing() { // IPVS-REF 4.5
        isSecure = true;
        assertSequence(ForwardingMethod.NAT, "c SYN, c ACK, c ACK", "SR SR SR");
        assertSequence(ForwardingMethod.NAT, "c SYN, s SYN ACK, c ACK, s ACK", "SR SA SA ES");
        assertSequence(ForwardingMethod.DR, "c SYN, c ACK", "SA ES");
    }

    @Test
    void firstOutboundPacketEndsInputOnly() {
        conn.at(open(TCP, ForwardingMethod.DR));
        assertThat(conn.isNoOutput()).isTrue();

        assertThat(play("c SYN, c ACK, s ACK, c FIN")).isEqualTo("SR ES ES CW");
        assertThat(conn.isNoOutput()).isFalse();
    }

    @Test
    void connectionMovesBetweenTheCountersOfItsRealServer() {
        conn.at(open(TCP, ForwardingMethod.NAT));
        assertThat(counters()).isEqualTo("0 active 1 inactive");
        play("c SYN");
        assertThat(counters()).isEqualTo("1 active 0 inactive");
        play("s SYN ACK, c ACK");
        assertThat(counters()).isEqualTo("1 active 0 inactive");
        play("s FIN");
        assertThat(counters()).isEqualTo("0 active 1 inactive");
        table.remove(conn.slot());
        assertThat(counters()).isEqualTo("0 active 0 inactive");
    }

    @Test
    void timeoutIsThatOfTheNewStateAtEveryPacket() {
        conn.at(open(TCP, ForwardingMethod.NAT));

        Tracker.follow(conn, true, TcpState.SYN, false, Timeouts.DEFAULT, 5 * SECOND);
        assertThat(conn.expiresAt()).isEqualTo(65 * SECOND);
        Tracker.follow(conn, true, TcpState.ACK, false, Timeouts.DEFAULT, 6 * SECOND);
        assertThat(conn.expiresAt()).isEqualTo(906 * SECOND);
        Tracker.follow(conn, true, TcpState.RST, false, Timeouts.DEFAULT, 7 * SECOND);
        assertThat(conn.expiresAt()).isEqualTo(17 * SECOND);
    }

    @Test
    void connectionThatClosesIsNotKeptUntilItsOldTimeout() {
        conn.at(open(TCP, ForwardingMethod.NAT));
        play("c SYN, c ACK");
        table.advance(4 * SECOND, 100, (slot, _) -> table.remove(slot)); // moves its timer on to 900 s
        Tracker.follow(conn, true, TcpState.RST, false, Timeouts.DEFAULT, 5 * SECOND);

        table.advance(14_900_000_000L, 100, (slot, _) -> table.remove(slot));
        assertThat(table.size()).isEqualTo(1);
        table.advance(15_010_000_000L, 100, (slot, _) -> table.remove(slot));
        assertThat(table.size()).isZero();
    }

    @Test
    void datagramOfEitherDirectionRestartsUdp() {
        conn.at(open(UDP, ForwardingMethod.NAT));

        Tracker.follow(conn, false, 0, false, Timeouts.DEFAULT, 4 * SECOND);

        assertThat(conn.expiresAt()).isEqualTo(304 * SECOND);
        assertThat(counters()).isEqualTo("0 active 1 inactive");
    }

    private void assertSequence(ForwardingMethod method, String packets, String states) {
        conn.at(open(TCP, method));
        assertThat(play(packets)).isEqualTo(states);
        table.remove(conn.slot());
    }

    private int open(int protocol, ForwardingMethod method) {
        return table.insert(
                protocol,
                ip("198.51.100.1"),
                40000,
                VIP,
                80,
                REAL_ADDRESS,
                8080,
                ConnFlags.initial(method),
                Services.NONE,
                real,
                Timeouts.NEW);
    }

    private String play(String packets) {
        var states = new StringBuilder();
        for (var packet : packets.split(", ", -1)) {
            int event = TcpState.event(flags(packet));
            Tracker.follow(conn, packet.startsWith("c"), event, isSecure, Timeouts.DEFAULT, 0);
            states.append(TcpState.of(conn.state()).shortName()).append(' ');
        }
        return states.toString().trim();
    }

    private static int flags(String packet) {
        int flags = packet.contains("SYN") ? 0x02 : 0;
        flags |= packet.contains("FIN") ? 0x01 : 0;
        flags |= packet.contains("RST") ? 0x04 : 0;
        return flags | (packet.contains("ACK") ? 0x10 : 0);
    }

    private String counters() {
        return reals.active(real) + " active " + reals.inactive(real) + " inactive";
    }
}
