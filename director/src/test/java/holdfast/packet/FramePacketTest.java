package holdfast.packet;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.linux.Memory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramePacketTest {
    private static final int CLIENT = Ipv4.of("198.51.100.7").bits();
    private static final int VIP = Ipv4.of("192.0.2.10").bits();
    private static final int REAL = Ipv4.of("10.0.0.11").bits();

    private final Frame frame = new Frame();

    @Test
    void aFlowIsReadFromItsHeaders() {
        assertThat(wrap(TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, 0x12, "x")))
                .isEqualTo(Frame.Kind.FLOW);
        assertThat(frame.source()).isEqualTo(CLIENT);
        assertThat(frame.destination()).isEqualTo(VIP);
        assertThat(frame.sourcePort()).isEqualTo(40000);
        assertThat(frame.destinationPort()).isEqualTo(80);
        assertThat(frame.tcpFlags()).isEqualTo(0x12);
        assertThat(frame.ipLength()).isEqualTo(41);
        assertThat(frame.destinationMac()).isEqualTo(TestPacket.DIRECTOR_MAC);
        assertThat(frame.sourceMac()).isEqualTo(TestPacket.CLIENT_MAC);
    }

    @ParameterizedTest
    @ValueSource(ints = {Frame.TCP, Frame.UDP})
    void natKeepsCompleteChecksumsRightForAnyAddressAndPort(int protocol) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long at = TestPacket.flow(
                    protocol,
                    random.nextInt(),
                    random.nextInt(65536),
                    random.nextInt(),
                    random.nextInt(65536),
                    0x10,
                    "a".repeat(i % 9));
            wrap(at);
            frame.rewriteDestination(random.nextInt(), random.nextInt(65536));
            frame.rewriteSource(random.nextInt(), random.nextInt(65536));
            frame.decrementTtl();
            assertThat(TestPacket.sumsAreRight(at))
                    .as("seed %d packet %d", seed, i)
                    .isTrue();
        }
    }

    @Test
    void aPartialChecksumFollowsTheAddressesAndNotThePorts() {
        long at = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, 0x10, "hello");
        Memory.putByte(at, (byte) 1); // NEEDS_CSUM: the field holds the pseudo-header's sum, uncomplemented
        int length = TestPacket.length(at) - 14 - 20;
        Memory.putShortBe(at + 24 + 20 + 16, (short) pseudoSum(CLIENT, VIP, length));
        wrap(at);

        frame.rewriteDestination(REAL, 8080);

        assertThat(Memory.getShortBe(at + 24 + 20 + 16) & 0xffff).isEqualTo(pseudoSum(CLIENT, REAL, length));
        assertThat(frame.destinationPort()).isEqualTo(8080);
    }

    @Test
    void aUdpDatagramWithoutAChecksumStaysWithoutOne() {
        long at = TestPacket.flow(Frame.UDP, CLIENT, 40000, VIP, 7, 0, "hello");
        Memory.putShort(at + 24 + 20 + 6, (short) 0);
        wrap(at);

        frame.rewriteDestination(REAL, 7007);

        assertThat(Memory.getShort(at + 24 + 20 + 6)).isZero();
    }

    @Test
    void whatTheReceivingCardVouchedForIsNotPassedOn() {
        long at = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, 0x10, "hello");
        Memory.putByte(at, (byte) 2); // DATA_VALID
        wrap(at);

        frame.sendTo(0x0202_0202_0202L, 0x0404_0404_0404L);

        assertThat(Memory.getByte(at)).isZero();
        assertThat(frame.sourceMac()).isEqualTo(0x0202_0202_0202L);
        assertThat(frame.destinationMac()).isEqualTo(0x0404_0404_0404L);
    }

    @Test
    void noCutOrFlippedPacketIsReadBeyondItsEnd() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            long at = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, 0x10, "hello");
            int length = random.nextInt(TestPacket.length(at) + 1);
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                Memory.putByte(at + 10 + random.nextInt(60), (byte) random.nextInt());
            }
            var kind = frame.wrap(at, length);
            if (kind == Frame.Kind.FLOW) {
                assertThat(frame.transport() + (frame.protocol() == Frame.TCP ? 20 : 8))
                        .as("seed %d packet %d", seed, i)
                        .isLessThanOrEqualTo(at + 10 + length);
            }
        }
    }

    @Test
    void aFragmentAndABadHeaderSumAreToldApart() {
        long fragment = TestPacket.flow(Frame.UDP, CLIENT, 1, VIP, 7, 0, "x");
        Memory.putShortBe(fragment + 24 + 6, (short) 0x2009);
        Memory.putShort(fragment + 24 + 10, (short) 0);
        Memory.putShort(fragment + 24 + 10, (short) ~Checksum.fold(Checksum.sum(fragment + 24, 20)));
        assertThat(wrap(fragment)).isEqualTo(Frame.Kind.FRAGMENT);

        long wrong = TestPacket.flow(Frame.UDP, CLIENT, 1, VIP, 7, 0, "x");
        Memory.putByte(wrong + 24 + 8, (byte) 1);
        assertThat(wrap(wrong)).isEqualTo(Frame.Kind.MALFORMED);
    }

    @Test
    void anArpRequestIsAnsweredInPlace() {
        long at = TestPacket.arpRequest(CLIENT, VIP);
        assertThat(wrap(at)).isEqualTo(Frame.Kind.ARP);
        assertThat(Replies.isArpRequest(frame)).isTrue();

        Replies.answerArp(frame, TestPacket.DIRECTOR_MAC);

        assertThat(frame.destinationMac()).isEqualTo(TestPacket.CLIENT_MAC);
        assertThat(Replies.isArpRequest(frame)).isFalse();
        assertThat(Replies.arpSenderAddress(frame)).isEqualTo(VIP);
        assertThat(Replies.arpSenderMac(frame)).isEqualTo(TestPacket.DIRECTOR_MAC);
        assertThat(Replies.arpTargetAddress(frame)).isEqualTo(CLIENT);
    }

    @Test
    void anEchoRequestIsAnsweredInPlaceWithRightSums() {
        long at = TestPacket.icmpEcho(CLIENT, VIP, "abcdefg");
        assertThat(wrap(at)).isEqualTo(Frame.Kind.ICMP);
        assertThat(frame.icmpType()).isEqualTo(Replies.ECHO_REQUEST);

        Replies.answerEcho(frame, TestPacket.DIRECTOR_MAC);

        assertThat(frame.icmpType()).isZero();
        assertThat(frame.source()).isEqualTo(VIP);
        assertThat(frame.destination()).isEqualTo(CLIENT);
        assertThat(TestPacket.sumsAreRight(at)).isTrue();
    }

    @Test
    void anErrorQuotesThePacketAndHasRightSums() {
        long at = TestPacket.flow(Frame.TCP, CLIENT, 40000, VIP, 80, 2, "");
        wrap(at);

        long error = new Replies(4)
                .error(frame, Replies.UNREACHABLE, Replies.PORT_UNREACHABLE, 0, VIP, TestPacket.DIRECTOR_MAC);

        var quoted = TestPacket.load(error + 24 + 28, 40);
        assertThat(quoted).isEqualTo(TestPacket.load(at + 24, 40));
        assertThat(Replies.lengthOf(error)).isEqualTo(14 + 28 + 40);
        assertThat(TestPacket.sumsAreRight(error)).isTrue();
    }

    private Frame.Kind wrap(long at) {
        return frame.wrap(at, TestPacket.length(at));
    }

    private static int pseudoSum(int source, int destination, int length) {
        int sum = (source >>> 16)
                + (source & 0xffff)
                + (destination >>> 16)
                + (destination & 0xffff)
                + Frame.TCP
                + length;
        return Checksum.fold(sum);
    }
}
