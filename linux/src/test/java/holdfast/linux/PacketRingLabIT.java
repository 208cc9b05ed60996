package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacketRingLabIT {
    private static final int MTU_MAX = 65_535;

    @BeforeEach
    void cable() {
        Lab.veth("left", "right", MTU_MAX);
    }

    @AfterEach
    void unplug() {
        Lab.run("ip link delete left");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 1514, 1972, 1973, 9014, 65_549})
    void aFrameArrivesByteForByte(int length) {
        var frame = Frames.of(length, length);
        try (var ring = PacketRing.open(Lab.index("right"), 64, 16);
                var sender = PacketSender.open(Lab.index("left"))) {
            sender.sendFrame(frame);
            assertThat(Frames.read(ring, 1)).containsExactly(frame);
            assertThat(ring.stats()).isEqualTo(new PacketRing.Stats(1, 0, 0));
        }
    }

    @Test
    void smallAndLargeFramesKeepTheirOrder() {
        try (var ring = PacketRing.open(Lab.index("right"), 64, 5);
                var sender = PacketSender.open(Lab.index("left"))) {
            var frames = new byte[40][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = Frames.of(i % 3 == 0 ? 60_000 : 60 + i, i);
                sender.sendFrame(frames[i]);
            }
            assertThat(Frames.read(ring, frames.length)).containsExactly(frames);
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 0x8100, 0x2005", "5000, 0x8100, 0x0fff", "100, 0x88a8, 7", "5000, 0x88a8, 7"})
    void aVlanTagIsPutBack(int length, int protocol, int control) {
        var frame = Frames.tagged(length, 1, protocol, control);
        try (var ring = PacketRing.open(Lab.index("right"), 64, 16);
                var sender = PacketSender.open(Lab.index("left"))) {
            sender.sendFrame(frame);
            assertThat(Frames.read(ring, 1)).containsExactly(frame);
        }
    }

    @Test
    void aBatchEndsAtItsBoundUntilItIsReleased() {
        try (var ring = PacketRing.open(Lab.index("right"), 64, 2);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 3; i++) {
                sender.sendFrame(Frames.of(3000, i));
            }
            Frames.awaitArrival(ring, 3);
            assertThat(ring.next()).isTrue();
            long first = ring.address();
            assertThat(ring.next()).isTrue();
            assertThat(ring.next()).isFalse();
            assertThat(Memory.bytes(first + 10, 3000)).isEqualTo(Frames.of(3000, 0));
            ring.release();
            assertThat(ring.next()).isTrue();
            assertThat(Memory.bytes(ring.address() + 10, ring.length())).isEqualTo(Frames.of(3000, 2));
            assertThat(ring.next()).isFalse();
        }
    }

    @Test
    void whatFindsNoRoomIsCountedThoughTheKernelForgetsAtEachReading() {
        try (var ring = PacketRing.open(Lab.index("right"), 32, 32);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 50; i++) {
                sender.sendFrame(Frames.of(60, i));
            }
            Frames.awaitArrival(ring, 50);
            assertThat(ring.stats()).isEqualTo(new PacketRing.Stats(32, 18, 0));
            sender.sendFrame(Frames.of(60, 50));
            Frames.awaitArrival(ring, 51);
            assertThat(ring.stats()).isEqualTo(new PacketRing.Stats(32, 19, 0));
            assertThat(Frames.read(ring, 32)).hasSize(32);
            sender.sendFrame(Frames.of(60, 51));
            assertThat(Frames.read(ring, 1)).containsExactly(Frames.of(60, 51));
            assertThat(ring.stats()).isEqualTo(new PacketRing.Stats(33, 19, 0));
        }
    }

    @Test
    void itIsBehindWhileAQuarterOfTheRingWaits() {
        try (var ring = PacketRing.open(Lab.index("right"), 32, 4);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 50; i++) {
                sender.sendFrame(Frames.of(60, i));
            }
            Frames.awaitArrival(ring, 50);
            int taken = 0;
            while (ring.isBehind()) {
                assertThat(ring.next()).isTrue();
                taken++;
                if (taken % 4 == 0) {
                    ring.release();
                }
            }
            assertThat(taken).as("of 32").isEqualTo(25);
        }
    }

    @Test
    void largeFramesThatTheReceiveBufferCutAreSkippedAndCounted() {
        int sent = 1500;
        try (var ring = PacketRing.open(Lab.index("right"), 2048, 64);
                var sender = PacketSender.open(Lab.index("left"))) {
            var frame = Frames.of(60_000, 1);
            for (int i = 0; i < sent; i++) {
                sender.sendFrame(frame);
                Frames.awaitArrival(ring, i + 1);
            }
            sender.sendFrame(Frames.of(60, 2));
            Frames.awaitArrival(ring, sent + 1);
            int whole = 0;
            byte[] last = {};
            while (ring.next()) {
                last = Memory.bytes(ring.address() + 10, ring.length());
                whole++;
                if (last.length != 60) {
                    assertThat(last).isEqualTo(frame);
                }
                ring.release();
            }
            assertThat(last).isEqualTo(Frames.of(60, 2));
            assertThat(ring.stats().truncated()).isPositive();
            assertThat(whole - 1 + ring.stats().truncated()).isEqualTo(sent);
        }
    }

    @Test
    void discardingDropsWhatIsQueuedAndNothingLater() {
        try (var ring = PacketRing.open(Lab.index("right"), 64, 16);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 40; i++) {
                sender.sendFrame(Frames.of(i % 2 == 0 ? 60 : 6000, i));
            }
            Frames.awaitArrival(ring, 40);
            assertThat(ring.next()).isTrue();
            assertThat(ring.next()).isTrue();
            ring.discardAll();
            assertThat(ring.next()).isFalse();
            sender.sendFrame(Frames.of(7000, 41));
            assertThat(Frames.read(ring, 1)).containsExactly(Frames.of(7000, 41));
        }
    }

    @Test
    void aRingIsNearlyFullAtThreeQuartersAndNotAfterItsFramesWereRead() {
        try (var ring = PacketRing.open(Lab.index("right"), 64, 64);
                var sender = PacketSender.open(Lab.index("left"))) {
            for (int i = 0; i < 47; i++) {
                sender.sendFrame(Frames.of(60, i));
            }
            Frames.awaitArrival(ring, 47);
            assertThat(ring.isNearlyFull()).isFalse();
            sender.sendFrame(Frames.of(60, 47));
            Frames.awaitArrival(ring, 48);
            assertThat(ring.isNearlyFull()).isTrue();
            assertThat(Frames.read(ring, 48)).hasSize(48);
            assertThat(ring.isNearlyFull()).isFalse();
        }
    }

    @Test
    void aRingIsNearlyFullBeforeLargeFramesFindNoRoom() {
        try (var ring = PacketRing.open(Lab.index("right"), 2048, 64);
                var sender = PacketSender.open(Lab.index("left"))) {
            var frame = Frames.of(60_000, 1);
            int sent = 0;
            while (!ring.isNearlyFull()) {
                sender.sendFrame(frame);
                Frames.awaitArrival(ring, ++sent);
            }
            assertThat(sent).isLessThan(2048 / 4 * 3);
            assertThat(Frames.read(ring, sent)).hasSize(sent);
            assertThat(ring.stats().truncated()).isZero();
        }
    }

    @Test
    void whatWeSendOurselvesIsNotReceived() {
        try (var ring = PacketRing.open(Lab.index("left"), 64, 16);
                var sender = PacketSender.open(Lab.index("left"))) {
            sender.sendFrame(Frames.of(60, 1));
            assertThat(ring.next()).isFalse();
        }
    }

    @Test
    void aRingWhoseInterfaceWentDownIsDeadAndAnotherOneWorks() {
        try (var sender = PacketSender.open(Lab.index("left"))) {
            try (var ring = PacketRing.open(Lab.index("right"), 64, 16);
                    var poller = new Poller(ring.fd())) {
                sender.sendFrame(Frames.of(60, 1));
                sender.sendFrame(Frames.of(6000, 2));
                Frames.awaitArrival(ring, 2);
                assertThat(ring.dead()).isFalse();
                Lab.run("ip link set right down");
                assertThat(poller.poll(TimeUnit.SECONDS.toNanos(5))).isEqualTo(1);
                assertThat(poller.failed(0)).isTrue();
                assertThat(Frames.read(ring, 2)).containsExactly(Frames.of(60, 1), Frames.of(6000, 2));
                assertThat(ring.dead()).isTrue();
                assertThat(ring.dead()).isTrue();
                assertThat(poller.poll(0)).isZero();
                Lab.run("ip link set right up");
                Lab.awaitUp("left");
            }
            try (var ring = PacketRing.open(Lab.index("right"), 64, 16)) {
                sender.sendFrame(Frames.of(60, 3));
                assertThat(Frames.read(ring, 1)).containsExactly(Frames.of(60, 3));
            }
        }
    }

    @Test
    void aRingThatWasOpenedOnAnInterfaceThatIsDownIsDead() {
        Lab.run("ip link set right down");
        try (var ring = PacketRing.open(Lab.index("right"), 64, 16)) {
            assertThat(ring.dead()).isTrue();
        }
    }

    @Test
    void aRingWhoseInterfaceIsRemovedIsDead() {
        Lab.veth("short", "lived", MTU_MAX);
        try (var ring = PacketRing.open(Lab.index("lived"), 64, 16);
                var poller = new Poller(ring.fd())) {
            Lab.run("ip link delete short");
            assertThat(poller.poll(TimeUnit.SECONDS.toNanos(5))).isEqualTo(1);
            assertThat(poller.failed(0)).isTrue();
            assertThat(ring.dead()).isTrue();
            assertThat(poller.poll(0)).isZero();
            assertThat(ring.next()).isFalse();
        }
    }

    @Test
    void anOpenThatFailsLeavesNothingOpen() {
        assertThatThrownBy(() -> PacketRing.open(9999, 64, 16)).hasMessageContaining("ENODEV");
        long before = openSockets();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> PacketRing.open(9999, 64, 16)).isInstanceOf(SyscallException.class);
            assertThatThrownBy(() -> PacketSender.open(9999)).isInstanceOf(SyscallException.class);
            assertThatThrownBy(() -> RawSocket.open(112, "nosuch", 0, 0)).isInstanceOf(SyscallException.class);
        }
        assertThat(openSockets()).isEqualTo(before);
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsIsRefused() {
        long before = openSockets();
        var ring = PacketRing.open(Lab.index("right"), 64, 16);
        var sender = PacketSender.open(Lab.index("left"));
        ring.close();
        ring.close();
        sender.close();
        sender.close();
        assertThat(openSockets()).isEqualTo(before);
        assertThat(ring.stats().received()).isZero();
        assertThatThrownBy(ring::next).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(ring::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(sender::flush).isInstanceOf(IllegalStateException.class);
    }

    /// Sockets only: the virtual machine opens files when it likes.
    private static long openSockets() {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(PacketRingLabIT::isSocket).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
