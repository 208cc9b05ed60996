package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.HandoverMessage.Kind;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HandoverCodecTest {
    private static final HandoverMessage REFUSED =
            new HandoverMessage(Kind.REFUSED, 0x0102030405060708L, 3, 0x1112131415161718L, -2, "no \u20ac");
    private static final String BYTES =
            "02" + "0102030405060708" + "0003" + "1112131415161718" + "fffffffffffffffe" + "6e6f20" + "e282ac";

    @Test
    void aStepIsWrittenAsTheLayoutDrawsItAndReadBack() {
        assertThat(HandoverCodec.encode(REFUSED)).isEqualTo(bytes(BYTES));
        assertThat(HandoverCodec.decode(bytes(BYTES))).hasValue(REFUSED);
    }

    @Test
    void everyKindComesBack() {
        for (var kind : Kind.values()) {
            var step = new HandoverMessage(kind, 1, 2, 3, 4, "");
            assertThat(HandoverCodec.decode(HandoverCodec.encode(step))).hasValue(step);
        }
    }

    @Test
    void theLongestReasonIsReadAndALongerOneIsCut() {
        var reason = "\u20ac".repeat(HandoverMessage.REASON_CHARS_MAX);
        var step = new HandoverMessage(Kind.ABORT, 1, 2, 3, 4, reason + "!");
        assertThat(step.reason()).isEqualTo(reason);
        assertThat(HandoverCodec.decode(HandoverCodec.encode(step))).hasValue(step);
    }

    @Test
    void whatIsNoStepIsRefused() {
        for (int length = 0; length < 27; length++) {
            assertThat(HandoverCodec.decode(bytes(BYTES).limit(length)))
                    .as("cut at %d", length)
                    .isEmpty();
        }
        assertThat(HandoverCodec.decode(bytes(BYTES).put(0, (byte) 10)))
                .as("a kind of a later version")
                .isEmpty();
        assertThat(HandoverCodec.decode(bytes(BYTES).put(0, (byte) -1))).isEmpty();
        assertThat(HandoverCodec.decode(bytes(BYTES).put(9, (byte) -128)))
                .as("a negative term")
                .isEmpty();
        assertThat(HandoverCodec.decode(bytes(BYTES).put(27, (byte) 0xff)))
                .as("no UTF-8")
                .isEmpty();
        assertThat(HandoverCodec.decode(bytes(BYTES + "41".repeat(HandoverMessage.REASON_CHARS_MAX))))
                .as("a reason that is too long")
                .isEmpty();
    }

    @Test
    void onlyAGiverNamesTheTermThatItGivesAway() {
        for (var kind : Kind.values()) {
            boolean gives = kind == Kind.PREPARE || kind == Kind.TRANSFER;
            assertThat(new HandoverMessage(kind, 1, 2, 3, 4, "").givenTerm()).isEqualTo(gives ? 2 : 0);
        }
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
