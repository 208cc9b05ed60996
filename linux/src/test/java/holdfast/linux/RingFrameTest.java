package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingFrameTest {
    private final long frame = Memory.allocate(4096);

    @AfterEach
    void free() {
        Memory.free(frame, 4096);
    }

    @Test
    void theFieldsStandWhereTpacketV2PutsThem() {
        Memory.putInt(frame, 0x51);
        Memory.putInt(frame + 4, 1514);
        Memory.putInt(frame + 8, 1514);
        Memory.putShort(frame + 12, (short) 76);
        Memory.putShort(frame + 24, (short) 5);
        Memory.putShort(frame + 26, (short) 0x88a8);
        int status = Memory.getIntAcquire(frame);
        assertThat(RingFrame.isReady(status)).isTrue();
        assertThat(RingFrame.isCopied(status)).isFalse();
        assertThat(RingFrame.hasVlan(status)).isTrue();
        assertThat(RingFrame.isTruncated(frame)).isFalse();
        assertThat(RingFrame.length(frame)).isEqualTo(1514);
        assertThat(RingFrame.address(frame)).isEqualTo(frame + 66);
        assertThat(RingFrame.vlanControl(frame)).isEqualTo((short) 5);
        assertThat(RingFrame.vlanProtocol(status, RingFrame.vlanProtocol(frame)))
                .isEqualTo((short) 0x88a8);
    }

    @Test
    void aFrameWithLessThanItsLengthIsTruncated() {
        Memory.putInt(frame + 4, 9000);
        Memory.putInt(frame + 8, 1972);
        assertThat(RingFrame.isTruncated(frame)).isTrue();
    }

    @Test
    void aTagWithoutAStatedProtocolIsAnOrdinaryOne() {
        assertThat(RingFrame.vlanProtocol(0x11, (short) 0)).isEqualTo((short) 0x8100);
    }

    @Test
    void aFrameHandedBackIsTheKernels() {
        Memory.putInt(frame, 3);
        RingFrame.handBack(frame);
        assertThat(RingFrame.isReady(Memory.getIntAcquire(frame))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "16, 1", "100, 64", "131072, 64", "2048, 0", "64, 65"})
    void aRingOfAnImpossibleSizeIsRefusedBeforeTheKernelIsAsked(int frames, int batchMax) {
        assertThatThrownBy(() -> PacketRing.open(1, frames, batchMax)).isInstanceOf(IllegalArgumentException.class);
    }
}
