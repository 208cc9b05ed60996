package holdfast.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class CaptureTest {
    private static final String GRATUITOUS_ARP =
            "ffffffffffff 020000000101 0806 0001 0800 06 04 0001 020000000101 c000020a 000000000000 c000020a";
    private static final String RESET =
            "0200000001fe 020000000101 0800 45000028 00004000 40060000 c000020a c6336407 0050 9c40 12345678 00000000 5004 0000 00000000";

    @Test
    void tellsAClaimOfAVip() {
        var frame = onlyFrame(GRATUITOUS_ARP);
        assertThat(frame.isArp()).isTrue();
        assertThat(frame.sourceMac()).isEqualTo(0x0200_0000_0101L);
        assertThat(frame.arpSender()).isEqualTo(0xc000020a);
        assertThat(frame.isTcp()).isFalse();
    }

    @Test
    void tellsAReset() {
        var frame = onlyFrame(RESET);
        assertThat(frame.isTcp()).isTrue();
        assertThat(frame.isReset()).isTrue();
        assertThat(frame.tcpSequence()).isEqualTo(0x12345678);
        assertThat(frame.isArp()).isFalse();
        assertThat(onlyFrame(RESET.replace("5004", "5010")).isReset()).isFalse();
    }

    @Test
    void frameThatIsCutOffIsLeftOut() {
        var whole = file(GRATUITOUS_ARP);
        assertThat(Capture.frames(whole.slice(0, whole.limit() - 1))).isEmpty();
    }

    @Test
    void anythingElseIsNoCapture() {
        assertThatThrownBy(() -> Capture.frames(ByteBuffer.allocate(24))).isInstanceOf(IllegalStateException.class);
    }

    private static Frame onlyFrame(String hex) {
        var frames = Capture.frames(file(hex));
        assertThat(frames).hasSize(1);
        assertThat(frames.getFirst().atMicros()).isEqualTo(7_000_009);
        return frames.getFirst();
    }

    private static ByteBuffer file(String hex) {
        var frame = HexFormat.of().parseHex(hex.replace(" ", ""));
        var file = ByteBuffer.allocate(24 + 16 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0xa1b2c3d4);
        file.position(24);
        file.putInt(7).putInt(9).putInt(frame.length).putInt(frame.length).put(frame);
        return file.flip();
    }
}
