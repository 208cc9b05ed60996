package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetlinkMessageTest {
    private static final byte[] DONE_AFTER_ERROR = HexFormat.of()
            .parseHex("24000000" + "0200" + "0000" + "07000000" + "01000000" + "efffffff" + "00".repeat(16) + "14000000"
                    + "0300" + "1200" + "08000000" + "01000000" + "00000000");

    @Test
    void aDatagramMayHoldSeveralMessages() {
        var messages = NetlinkMessage.parse(DONE_AFTER_ERROR);
        assertThat(messages).hasSize(2);
        assertThat(messages.getFirst().type()).isEqualTo(NetlinkMessage.NLMSG_ERROR);
        assertThat(messages.getFirst().sequence()).isEqualTo(7);
        assertThat(messages.getFirst().error()).isEqualTo(Errno.EEXIST.number());
        assertThat(messages.getLast().type()).isEqualTo(NetlinkMessage.NLMSG_DONE);
        assertThat(messages.getLast().flags() & NetlinkMessage.NLM_F_DUMP_INTR).isNotZero();
    }

    @Test
    void anEmptyDatagramHoldsNone() {
        assertThat(NetlinkMessage.parse(new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 35, 36 + 8, 36 + 19})
    void aCutDatagramIsRefused(int length) {
        var cut = Arrays.copyOf(DONE_AFTER_ERROR, length);
        assertThatThrownBy(() -> NetlinkMessage.parse(cut))
                .isInstanceOf(MalformedNetlinkException.class)
                .hasMessageContaining("at byte " + (length < 36 ? 0 : 36));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "0f000000", "ffffffff", "00000080"})
    void anImpossibleLengthIsRefused(String length) {
        var bytes = HexFormat.of().parseHex(length + "00".repeat(28));
        assertThatThrownBy(() -> NetlinkMessage.parse(bytes)).isInstanceOf(MalformedNetlinkException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000100", "03000100", "09000100aabbccdd", "0800010001020304aabb"})
    void anImpossibleAttributeIsRefused(String attributes) {
        var message = message(attributes);
        assertThatThrownBy(() -> message.attributes(0))
                .isInstanceOf(MalformedNetlinkException.class)
                .hasMessageContaining("attribute");
    }

    @Test
    void attributesArePaddedAndTheirFlagBitsDropped() {
        var attributes =
                message("07000300" + "6c6f00" + "00" + "08000180" + "01020304").attributes(0);
        assertThat(attributes.keySet()).containsExactlyInAnyOrder(1, 3);
        assertThat(attributes)
                .hasEntrySatisfying(3, value -> assertThat(value.limit()).isEqualTo(3));
        assertThat(attributes)
                .hasEntrySatisfying(1, value -> assertThat(value.getInt(0)).isEqualTo(0x04030201));
    }

    @Test
    void aBodyShorterThanItsFixedPartIsRefused() {
        assertThatThrownBy(() -> message("0000").fixed(12))
                .isInstanceOf(MalformedNetlinkException.class)
                .hasMessage("netlink message type 28 has a body of 2 bytes, where its fixed part takes 12");
    }

    /// Whatever the bytes are, the answer is messages or a refusal, never another exception and never an endless loop.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void damagedBytesAreUnderstoodOrRefused(long seed) {
        var random = new Random(seed);
        var good = HexFormat.of().parseHex(RouteMessagesTest.ROUTE_BY_GATEWAY + RouteMessagesTest.NEIGHBOUR);
        for (int i = 0; i < 20_000; i++) {
            var damaged = good.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                NetlinkMessage.parse(damaged).forEach(RouteMessages::change);
            } catch (MalformedNetlinkException refused) {
                assertThat(refused.getMessage()).contains("byte");
            }
        }
    }

    private static NetlinkMessage message(String body) {
        int length = 16 + body.length() / 2;
        var hex = "%02x000000".formatted(length) + "1c00" + "0000" + "07000000" + "00000000" + body;
        return NetlinkMessage.parse(HexFormat.of().parseHex(hex)).getFirst();
    }
}
