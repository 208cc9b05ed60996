package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Ethernet frames that only our tests send, and the reading of a ring until a given number arrived.
final class Frames {
    private static final byte[] HEADER = HexFormat.of().parseHex("ffffffffffff02000000000188b5");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Frames() {}

    /// A broadcast frame with random content and the EtherType for experiments.
    static byte[] of(int length, long seed) {
        var frame = new byte[length];
        new Random(seed).nextBytes(frame);
        System.arraycopy(HEADER, 0, frame, 0, HEADER.length);
        return frame;
    }

    static byte[] tagged(int length, long seed, int tpid, int control) {
        var frame = of(length, seed);
        frame[12] = (byte) (tpid >> 8);
        frame[13] = (byte) tpid;
        frame[14] = (byte) (control >> 8);
        frame[15] = (byte) control;
        frame[16] = HEADER[12];
        frame[17] = HEADER[13];
        return frame;
    }

    /// Waits until so many frames since its opening have come into a ring or found no room in it: a kernel under load
    /// hands them on a little after they were sent.
    static void awaitArrival(PacketRing ring, long count) {
        long start = System.nanoTime();
        while (arrived(ring) < count && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
        }
        assertThat(arrived(ring)).as("frames that arrived").isEqualTo(count);
    }

    private static long arrived(PacketRing ring) {
        var stats = ring.stats();
        return stats.received() + stats.kernelDrops();
    }

    /// The next frames, released after each batch.
    static List<byte[]> read(PacketRing ring, int count) {
        var frames = new ArrayList<byte[]>();
        try (var poller = new Poller(ring.fd())) {
            long start = System.nanoTime();
            while (frames.size() < count && System.nanoTime() - start < PATIENCE_NANOS) {
                poller.poll(TimeUnit.MILLISECONDS.toNanos(100));
                while (frames.size() < count && ring.next()) {
                    frames.add(Memory.bytes(ring.address() + 10, ring.length()));
                }
                ring.release();
            }
        }
        return frames;
    }
}
