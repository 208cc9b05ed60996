package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.FIN_ACK;
import static holdfast.forward.TestDirector.RST;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.SYN_ACK;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.WAN_MAC;
import static holdfast.forward.TestDirector.assertError;
import static holdfast.forward.TestDirector.putMac;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Refusal;
import holdfast.conf.SchedulerName;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.table.Counter;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The answers to packets that no service or connection takes, byte for byte.
class RefusalsPacketTest {
    private static final Configuration.Service HTTP = service(tcp(80), SchedulerName.RR, real("10.0.0.11", 8080, 1));
    private static final int SEQUENCE_AT = 24 + 20 + 4;
    private static final int ACKNOWLEDGEMENT_AT = 24 + 20 + 8;

    private TestDirector director = new TestDirector(HTTP);

    @AfterEach
    void close() {
        director.close();
    }

    private void refuses(Refusal noService, Refusal noConnection, Configuration.Service... services) {
        director.close();
        director =
                new TestDirector(new Configuration.Datapath(64, 64, 0, false, true, noService, noConnection), services);
    }

    private static long segment(int port, int flags, String payload) {
        long frame = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, port, flags, payload);
        Memory.putIntBe(frame + SEQUENCE_AT, 0x01020304);
        Memory.putIntBe(frame + ACKNOWLEDGEMENT_AT, 0x0a0b0c0d);
        return frame;
    }

    /// Checks every byte of a reset out of the outer port.
    private static void assertReset(
            List<TestDirector.Sent> sent, int fromPort, int sequence, int acknowledged, int flags) {
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().port()).isEqualTo(WAN);
        var expected = ByteBuffer.allocate(24 + 40);
        expected.put(new byte[10]);
        putMac(expected, TestPacket.CLIENT_MAC);
        putMac(expected, WAN_MAC);
        expected.putShort((short) 0x800);
        expected.putShort((short) 0x4500)
                .putShort((short) 40)
                .putShort((short) 0)
                .putShort((short) 0x4000);
        expected.put((byte) 64).put((byte) 6).putShort((short) 0).putInt(VIP).putInt(CLIENT);
        expected.putShort((short) fromPort)
                .putShort((short) 40000)
                .putInt(sequence)
                .putInt(acknowledged);
        expected.put((byte) 0x50).put((byte) flags).putShort((short) 0).putInt(0);
        expected.putShort(34, (short) ~TestPacket.sum(expected.array(), 24, 20));
        var pseudo = ByteBuffer.allocate(32)
                .putInt(VIP)
                .putInt(CLIENT)
                .putShort((short) 6)
                .putShort((short) 20);
        pseudo.put(expected.array(), 44, 20);
        expected.putShort(60, (short) ~TestPacket.sum(pseudo.array(), 0, 32));
        assertThat(sent.getFirst().bytes()).isEqualTo(expected.array());
    }

    // A port without service

    @Test
    void aSynToAPortWithoutServiceIsResetAsByAHostOnWhichNobodyListens() { // IPVS-REF 1.15 row 7
        var sent = director.take(WAN, segment(81, SYN, ""), Counter.DROPPED_NO_SERVICE);
        assertReset(sent, 81, 0, 0x01020305, RST | ACK);
        assertThat(director.count(Counter.SENT_RESET)).isEqualTo(1);
    }

    @Test
    void dataOnASynIsAcknowledgedToo() {
        var sent = director.take(WAN, segment(81, SYN, "hello"), Counter.DROPPED_NO_SERVICE);
        assertReset(sent, 81, 0, 0x0102030a, RST | ACK);
    }

    @Test
    void aDatagramToAPortWithoutServiceIsAnsweredWithPortUnreachable() {
        var sent = director.take(
                WAN, TestPacket.flow(Frame.UDP, CLIENT, 40000, VIP, 80, 0, ""), Counter.DROPPED_NO_SERVICE);
        assertError(sent.getFirst(), 3, 3, 0, VIP, TestPacket.flow(Frame.UDP, CLIENT, 40000, VIP, 80, 0, ""));
    }

    @Test
    void anAssociationToAPortWithoutServiceIsAnsweredWithProtocolUnreachable() {
        var sent = director.take(WAN, TestPacket.sctp(CLIENT, 40000, VIP, 80, 1), Counter.DROPPED_NO_SERVICE);
        assertError(sent.getFirst(), 3, 2, 0, VIP, TestPacket.sctp(CLIENT, 40000, VIP, 80, 1));
    }

    @Test
    void aSynThatOnlyBorrowedAnFtpServiceIsReset() { // row 20
        refuses(Refusal.ALWAYS, Refusal.NEVER, service(tcp(21), SchedulerName.RR, real("10.0.0.11", 21, 1)));
        var sent = director.take(WAN, segment(50000, SYN, ""), Counter.DROPPED_NO_SERVICE);
        assertReset(sent, 50000, 0, 0x01020305, RST | ACK);
        assertThat(director.count(Counter.SENT_ICMP_ERROR)).isZero();
    }

    @Test
    void aSynFromTheFtpDataPortIsReset() { // row 21
        long frame = TestPacket.flow(Frame.TCP, CLIENT, 20, VIP, 80, SYN, "");
        assertThat(director.take(WAN, frame, Counter.DROPPED_NO_CONNECTION)).hasSize(1);
    }

    @Test
    void nothingIsAnsweredWhereAnOperatorWantsSilence() {
        refuses(Refusal.NEVER, Refusal.NEVER, HTTP);
        assertThat(director.take(WAN, segment(81, SYN, ""), Counter.DROPPED_NO_SERVICE))
                .isEmpty();
        assertThat(director.take(
                        WAN, TestPacket.flow(Frame.UDP, CLIENT, 40000, VIP, 80, 0, ""), Counter.DROPPED_NO_SERVICE))
                .isEmpty();
        assertThat(director.take(WAN, segment(80, ACK, ""), Counter.DROPPED_NO_CONNECTION))
                .isEmpty();
    }

    // A connection that nobody knows

    @ParameterizedTest
    @ValueSource(ints = {80, 81})
    void aSegmentOfNoConnectionIsResetWhereAStandbyVouches(int port) { // row 2
        var end = port == 80 ? Counter.DROPPED_NO_CONNECTION : Counter.DROPPED_NO_SERVICE;
        assertThat(director.take(WAN, segment(port, ACK, "x"), end))
                .as("another director may serve it")
                .isEmpty();
        assertThat(director.forwarder.resetsUnknown(director.now)).isFalse();

        director.forwarder.vouchedUntil(director.now + SECOND);
        assertReset(director.take(WAN, segment(port, ACK, "x"), end), port, 0x0a0b0c0d, 0, RST);
        assertReset(director.take(WAN, segment(port, FIN_ACK, ""), end), port, 0x0a0b0c0d, 0, RST);
        assertThat(director.forwarder.resetsUnknown(director.now)).isTrue();

        director.now += SECOND;
        assertThat(director.forwarder.resetsUnknown(director.now)).isFalse();
        assertThat(director.take(WAN, segment(port, ACK, "x"), end))
                .as("the word is old")
                .isEmpty();
    }

    @Test
    void itIsAlwaysResetWhereAnOperatorWantsIpvssWay() {
        refuses(Refusal.NEVER, Refusal.ALWAYS, HTTP);
        assertReset(director.take(WAN, segment(80, ACK, ""), Counter.DROPPED_NO_CONNECTION), 80, 0x0a0b0c0d, 0, RST);
    }

    @Test
    void aResetIsNeverAnswered() {
        refuses(Refusal.ALWAYS, Refusal.ALWAYS, HTTP);
        for (int flags : new int[] {RST, RST | ACK, RST | SYN}) {
            assertThat(director.take(WAN, segment(80, flags, ""), Counter.DROPPED_NO_CONNECTION))
                    .isEmpty();
            assertThat(director.take(WAN, segment(81, flags, ""), Counter.DROPPED_NO_SERVICE))
                    .isEmpty();
        }
    }

    @Test
    void theConnectionOfARemovedServerIsResetWhereItExpires() { // row 10
        refuses(Refusal.ALWAYS, Refusal.ALWAYS, HTTP);
        director.ipvs = ipvs("expireNodestConn", true);
        director.connect(40000);
        director.configure(service(tcp(80), SchedulerName.RR));
        assertReset(director.take(WAN, segment(80, ACK, "x"), Counter.DROPPED_NO_CONNECTION), 80, 0x0a0b0c0d, 0, RST);
        assertThat(director.knows(40000)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0", "127.0.0.1", "224.0.0.18", "255.255.255.255", "240.0.0.1", "0.1.2.3"})
    void whatNoHostCanHaveSentIsNotAnswered(String source) {
        long syn = TestPacket.flow(Frame.TCP, ip(source), 40000, VIP, 81, SYN, "");
        assertThat(director.take(WAN, syn, Counter.DROPPED_NO_SERVICE)).isEmpty();
        long datagram = TestPacket.flow(Frame.UDP, ip(source), 40000, VIP, 81, 0, "");
        assertThat(director.take(WAN, datagram, Counter.DROPPED_NO_SERVICE)).isEmpty();
    }

    @Test
    void resetsAreRationedAndTheRestIsCounted() {
        for (int i = 0; i < 60; i++) {
            director.take(WAN, segment(81, SYN, ""), Counter.DROPPED_NO_SERVICE);
        }
        assertThat(director.count(Counter.SENT_RESET)).isEqualTo(50);
        assertThat(director.count(Counter.SUPPRESSED_RESET)).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"STANDBY", "RELAY"})
    void whoDoesNotServeAnswersNothing(Mode mode) {
        refuses(Refusal.ALWAYS, Refusal.ALWAYS, HTTP);
        director.mode = mode;
        director.forwarder.relayTo(new long[] {1, 2});
        director.take(WAN, segment(81, SYN, ""));
        director.take(WAN, segment(80, ACK, ""));
        assertThat(director.count(Counter.SENT_RESET)).isZero();
    }

    @Test
    void anAnswerOfAServerToNobodyIsNotReset() {
        refuses(Refusal.ALWAYS, Refusal.ALWAYS, HTTP);
        assertThat(director.reply(TestDirector.REAL, 22, 40000, SYN_ACK, Counter.NOT_OURS))
                .isEmpty();
    }
}
