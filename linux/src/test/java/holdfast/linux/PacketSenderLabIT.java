package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacketSenderLabIT {
    private static final int SLOT = 4096;
    private static final int MTU = 1500;

    private final long frames = Memory.allocate(65 * SLOT);

    @BeforeEach
    void cable() {
        Lab.veth("left", "right", MTU);
    }

    @AfterEach
    void unplug() {
        Lab.run("ip link delete left");
        Memory.free(frames, 65 * SLOT);
    }

    @Test
    void aFullBatchArrivesInOrder() {
        try (var ring = PacketRing.open(Lab.index("right"), 128, 64);
                var sender = PacketSender.open(Lab.index("left"))) {
            var expected = new byte[64][];
            for (int i = 0; i < 64; i++) {
                expected[i] = Frames.of(60 + i, i);
                assertThat(sender.add(put(i, expected[i]), expected[i].length)).isTrue();
            }
            assertThat(sender.add(frames, 60)).isFalse();
            assertThat(sender.flush()).isEqualTo(64);
            assertThat(sender.flush()).isZero();
            assertThat(sender.stats()).isEqualTo(new PacketSender.Stats(64, 0));
            assertThat(sender.lastErrno()).isZero();
            assertThat(Frames.read(ring, 64)).containsExactly(expected);
        }
    }

    @Test
    void aMessageThatFailsIsSkippedAndTheOthersGo() {
        try (var ring = PacketRing.open(Lab.index("right"), 128, 64);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 6; i++) {
                boolean tooLong = i == 0 || i == 3 || i == 5;
                var frame = Frames.of(tooLong ? MTU + 500 : 100, i);
                assertThat(sender.add(put(i, frame), frame.length)).isTrue();
            }
            assertThat(sender.flush()).isEqualTo(3);
            assertThat(sender.stats()).isEqualTo(new PacketSender.Stats(3, 3));
            assertThat(Errno.of(sender.lastErrno())).contains(Errno.EMSGSIZE);
            assertThat(Frames.read(ring, 3)).containsExactly(Frames.of(100, 1), Frames.of(100, 2), Frames.of(100, 4));
        }
    }

    @Test
    void aSenderWhoseInterfaceIsDownDropsAndSendsAgainAfterwards() {
        try (var sender = PacketSender.open(Lab.index("left"))) {
            Lab.run("ip link set left down");
            for (int i = 0; i < 3; i++) {
                assertThat(sender.add(put(i, Frames.of(100, i)), 100)).isTrue();
            }
            assertThat(sender.flush()).isZero();
            assertThat(Errno.of(sender.lastErrno())).contains(Errno.ENETDOWN);
            assertThatThrownBy(() -> sender.sendFrame(Frames.of(60, 1))).hasMessageContaining("ENETDOWN");
            Lab.run("ip link set left up");
            try (var ring = PacketRing.open(Lab.index("right"), 64, 16)) {
                assertThat(sender.add(put(0, Frames.of(100, 7)), 100)).isTrue();
                assertThat(sender.flush()).isEqualTo(1);
                assertThat(Frames.read(ring, 1)).containsExactly(Frames.of(100, 7));
            }
            assertThat(sender.stats()).isEqualTo(new PacketSender.Stats(1, 3));
        }
    }

    private long put(int slot, byte[] frame) {
        long address = frames + (long) slot * SLOT;
        Memory.clear(address, 10);
        Memory.put(address + 10, frame);
        return address;
    }
}
