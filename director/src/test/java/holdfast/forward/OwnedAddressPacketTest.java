package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.INNER;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.LAN_MAC;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.WAN_MAC;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.putMac;
import static holdfast.forward.TestDirector.with;
import static holdfast.testing.Fixtures.ip;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.linux.Memory;
import holdfast.packet.Mac;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a director does with frames for its own addresses that begin no connection, byte for byte: echoes, ARP, and
/// what
/// comes while it stands by or relays.
class OwnedAddressPacketTest extends ForwarderUnderTest {
    // What is not a flow

    @Test
    void fragmentsForTheVipWithoutAFirstOneAreDroppedAndOthersLeftAlone() {
        long last = with(with(datagram(CLIENT, 1, VIP, 53, "x"), 6, 0), 7, 9);
        assertThat(director.take(WAN, last, Counter.DROPPED_FRAGMENT)).isEmpty();
        long foreign = with(with(datagram(CLIENT, 1, REAL, 53, "x"), 6, 0), 7, 9);
        assertThat(director.take(WAN, foreign, Counter.NOT_OURS)).isEmpty();
    }

    @Test
    void aPacketThatContradictsItselfIsDropped() {
        long wrong = segment(CLIENT, 1, VIP, 80, SYN, "");
        Memory.putByte(wrong + 24 + 8, (byte) 9);
        assertThat(director.take(WAN, wrong, Counter.DROPPED_MALFORMED)).isEmpty();
    }

    @Test
    void aPingOfTheVipIsAnswered() { // row 17
        long ping = TestPacket.icmpEcho(CLIENT, VIP, "payload");
        var sent = director.take(WAN, ping, Counter.ANSWERED_ECHO);

        long pong = TestPacket.icmpEcho(VIP, CLIENT, "payload");
        Memory.putByte(pong + 24 + 20, (byte) 0);
        Memory.putShort(pong + 24 + 22, (short) 0);
        int icmp = TestPacket.length(pong) - 34;
        Memory.putShortBe(pong + 24 + 22, (short) ~TestPacket.sum(TestPacket.load(pong + 44, icmp), 0, icmp));
        Mac.store(pong + 10, TestPacket.CLIENT_MAC);
        Mac.store(pong + 16, WAN_MAC);
        assertSent(sent, WAN, TestPacket.load(pong, 10 + TestPacket.length(pong)));
    }

    @Test
    void aPingOfAnotherAddressAndAnEchoReplyAreTheKernels() {
        assertThat(director.take(WAN, TestPacket.icmpEcho(CLIENT, ip("192.0.2.2"), "x"), Counter.NOT_OURS))
                .isEmpty();
        long reply = TestPacket.icmpEcho(CLIENT, VIP, "x");
        Memory.putByte(reply + 44, (byte) 0);
        assertThat(director.take(WAN, reply, Counter.NOT_OURS)).isEmpty();
    }

    @Test
    void aFrameFloodedForAnotherMacIsIgnored() {
        long flooded = segment(CLIENT, 40000, VIP, 80, SYN, "");
        Mac.store(flooded + 10, OTHER_DIRECTOR_WAN);
        assertThat(director.take(WAN, flooded, Counter.NOT_OURS)).isEmpty();
        long ping = TestPacket.icmpEcho(CLIENT, VIP, "x");
        Mac.store(ping + 10, 0xffff_ffff_ffffL);
        assertThat(director.take(WAN, ping, Counter.NOT_OURS)).isEmpty();
    }

    @Test
    void aFrameOfAnotherProtocolAndOneTooShortForAnyAreIgnored() {
        long other = segment(CLIENT, 40000, VIP, 80, SYN, "");
        Memory.putShortBe(other + 22, (short) 0x86dd);
        assertThat(director.take(WAN, other, 54)).isEmpty();
        assertThat(director.take(WAN, other, 13)).isEmpty();
        assertThat(director.count(Counter.NOT_OURS)).isEqualTo(2);
    }

    // ARP

    @Test
    void arpForAnOwnedAddressIsAnsweredOnItsOwnLink() {
        var sent = director.take(WAN, TestPacket.arpRequest(CLIENT, VIP), Counter.ANSWERED_ARP);

        var answer = ByteBuffer.allocate(52).put(new byte[10]);
        putMac(answer, TestPacket.CLIENT_MAC);
        putMac(answer, WAN_MAC);
        answer.putShort((short) 0x806).putShort((short) 1).putShort((short) 0x800);
        answer.put((byte) 6).put((byte) 4).putShort((short) 2);
        putMac(answer, WAN_MAC);
        answer.putInt(VIP);
        putMac(answer, TestPacket.CLIENT_MAC);
        answer.putInt(CLIENT);
        assertSent(sent, WAN, answer.array());
        assertThat(director.take(LAN, TestPacket.arpRequest(REAL, INNER), Counter.ANSWERED_ARP))
                .hasSize(1);
    }

    @Test
    void arpForAnOwnedAddressOnAForeignLinkIsNotAnswered() {
        assertThat(director.take(LAN, TestPacket.arpRequest(REAL, VIP), Counter.NOT_OURS))
                .isEmpty();
        assertThat(director.take(WAN, TestPacket.arpRequest(CLIENT, INNER), Counter.NOT_OURS))
                .isEmpty();
    }

    @Test
    void arpForAnybodyElseIsNotAnswered() {
        assertThat(director.take(WAN, TestPacket.arpRequest(CLIENT, ip("192.0.2.2")), Counter.NOT_OURS))
                .isEmpty();
    }

    @Test
    void anotherDirectorsAnnouncementIsNotAnswered() { // or two directors would answer each other for ever
        assertThat(director.take(WAN, TestPacket.arpRequest(VIP, VIP), Counter.ARP_CONFLICT))
                .isEmpty();
    }

    @Test
    void whoeverClaimsAnOwnedAddressIsReported() {
        director.take(WAN, TestPacket.arpRequest(VIP, VIP), Counter.ARP_CONFLICT);
        director.take(LAN, arpReply(TestPacket.arpRequest(INNER, REAL)), Counter.ARP_CONFLICT);
        assertThat(director.conflicts).containsExactly(new TestDirector.Conflict(VIP, TestPacket.CLIENT_MAC, WAN));
        director.now += SECOND / 10;
        director.take(LAN, arpReply(TestPacket.arpRequest(INNER, REAL)), Counter.ARP_CONFLICT);
        assertThat(director.conflicts).endsWith(new TestDirector.Conflict(INNER, TestPacket.CLIENT_MAC, LAN));
    }

    @Test
    void aFloodOfClaimsIsReportedTenTimesASecond() {
        for (int ms = 0; ms < 1000; ms++) {
            director.take(WAN, TestPacket.arpRequest(VIP, VIP), Counter.ARP_CONFLICT);
            director.now += SECOND / 1000;
        }
        assertThat(director.conflicts).hasSize(10);
    }

    @Test
    void ourOwnAnnouncementHeardOnAnotherPortIsNoConflict() {
        long ours = TestPacket.arpRequest(VIP, VIP);
        Mac.store(ours + 24 + 8, LAN_MAC);
        director.take(WAN, ours, Counter.NOT_OURS);
        assertThat(director.conflicts).isEmpty();
    }

    @Test
    void aClaimOnAForeignLinkOrWhileAnotherDirectorIsActiveIsNoConflict() {
        director.take(LAN, TestPacket.arpRequest(VIP, VIP), Counter.NOT_OURS);
        for (var mode : List.of(Mode.STANDBY, Mode.RELAY)) {
            director.mode = mode;
            director.take(WAN, TestPacket.arpRequest(VIP, VIP), Counter.NOT_OURS);
        }
        assertThat(director.conflicts).isEmpty();
    }

    private static long arpReply(long request) {
        Memory.putShortBe(request + 24 + 6, (short) 2);
        return request;
    }

    @Test
    void anArpAnswerIsNotAnswered() {
        assertThat(director.take(WAN, arpReply(TestPacket.arpRequest(CLIENT, VIP)), Counter.NOT_OURS))
                .isEmpty();
    }

    @Test
    void aDirectorThatIsNotActiveAnswersNoArp() {
        for (var mode : List.of(Mode.STANDBY, Mode.RELAY)) {
            director.mode = mode;
            assertThat(director.take(WAN, TestPacket.arpRequest(CLIENT, VIP), Counter.NOT_OURS))
                    .isEmpty();
        }
    }

    // Standby and relay

    @Test
    void aStandbySendsNothingAndCountsWhatWasForTheVip() {
        director.connect(40000);
        director.mode = Mode.STANDBY;
        assertThat(director.client(40000, ACK, Counter.DROPPED_NOT_ACTIVE)).isEmpty();
        assertThat(director.client(40001, SYN, Counter.DROPPED_NOT_ACTIVE)).isEmpty();
        assertThat(director.take(WAN, TestPacket.icmpEcho(CLIENT, VIP, "x"), Counter.DROPPED_NOT_ACTIVE))
                .isEmpty();
        assertThat(director.reply(REAL, 8080, 40000, ACK, Counter.NOT_OURS)).isEmpty();
        assertThat(director.knows(40001)).isFalse();
    }

    @Test
    void aRelaySendsBothDirectionsOnUnchangedButForTheMacs() {
        director.connect(40000);
        relay(OTHER_DIRECTOR_WAN, OTHER_DIRECTOR_LAN);

        var fromClient = director.client(40000, ACK, Counter.RELAYED);
        var fromServer = director.reply(REAL, 8080, 40000, ACK, Counter.RELAYED);
        var ping = director.take(WAN, TestPacket.icmpEcho(CLIENT, VIP, "x"), Counter.RELAYED);

        assertSent(fromClient, WAN, relayed(segment(CLIENT, 40000, VIP, 80, ACK, ""), WAN_MAC, OTHER_DIRECTOR_WAN));
        assertSent(fromServer, LAN, relayed(segment(REAL, 8080, CLIENT, 40000, ACK, ""), LAN_MAC, OTHER_DIRECTOR_LAN));
        assertSent(ping, WAN, relayed(TestPacket.icmpEcho(CLIENT, VIP, "x"), WAN_MAC, OTHER_DIRECTOR_WAN));
    }

    @Test
    void aRelayLeavesTheTablesAsTheyAre() {
        director.connect(40000);
        long digest = director.tables.digest();
        relay(OTHER_DIRECTOR_WAN, OTHER_DIRECTOR_LAN);
        director.client(40001, SYN, Counter.RELAYED);
        director.client(40000, FIN_ACK, Counter.RELAYED);
        assertThat(director.tables.digest()).isEqualTo(digest);
        assertThat(director.reply(REAL2, 8080, 40000, ACK, Counter.NOT_OURS)).isEmpty();
    }

    @Test
    void aRelayThatDoesNotKnowThePeersMacDropsAndSaysSo() {
        director.connect(40000);
        relay(0, OTHER_DIRECTOR_LAN);
        assertThat(director.client(40000, ACK, Counter.DROPPED_NOT_ACTIVE)).isEmpty();
    }

    private void relay(long wan, long lan) {
        director.forwarder.relayTo(new long[] {wan, lan});
        director.tables.demote();
        director.mode = Mode.RELAY;
    }

    private static byte[] relayed(long frame, long source, long destination) {
        Mac.store(frame + 10, destination);
        Mac.store(frame + 16, source);
        return TestPacket.load(frame, 10 + TestPacket.length(frame));
    }
}
