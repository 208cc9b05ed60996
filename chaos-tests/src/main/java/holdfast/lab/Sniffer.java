package holdfast.lab;

import holdfast.linux.Memory;
import holdfast.linux.Netlink;
import holdfast.linux.PacketRing;
import holdfast.linux.Poller;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/// A process that writes the head of every frame at some interfaces to its output, as a pcap file, until it reads
/// input. It fails if it missed a frame, so that a frame that is not in the file was not sent.
///
/// tcpdump would do, except that it insists on giving up root, which the root of a user namespace cannot do.
final class Sniffer {
    static final String READY = "capturing";
    /// Bytes kept of a frame: enough for the headers.
    private static final int FRAME_BYTES_MAX = 128;

    private static final int RING_FRAMES = 4096;
    private static final int BATCH_MAX = 64;
    private static final int VNET_HEADER_BYTES = 10;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final long POLL_INTERVAL = 20_000_000;

    private final ByteBuffer head =
            ByteBuffer.allocate(RECORD_HEADER_BYTES + FRAME_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
    private final OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 20);

    private Sniffer() {}

    /// @param interfaces  names of interfaces in this namespace
    public static void main(String... interfaces) throws IOException {
        var rings = Arrays.stream(interfaces)
                .map(name -> ring(name, RING_FRAMES, BATCH_MAX))
                .toList();
        new Sniffer().run(rings);
    }

    /// The ring of an interface of this namespace.
    static PacketRing ring(String name, int frames, int batchMax) {
        try (var netlink = Netlink.open()) {
            int index = netlink.links().stream()
                    .filter(link -> link.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no interface " + name))
                    .index();
            return PacketRing.open(index, frames, batchMax);
        }
    }

    private void run(List<PacketRing> rings) throws IOException {
        writeFileHeader();
        System.err.println(READY);
        try (var poller = new Poller(rings.stream().mapToInt(PacketRing::fd).toArray())) {
            while (System.in.available() == 0) {
                poller.poll(POLL_INTERVAL);
                for (var ring : rings) {
                    drain(ring);
                }
                out.flush();
            }
        }
        long missed = missed(rings);
        if (missed > 0) {
            throw new IllegalStateException(missed + " frames came too fast to be captured");
        }
    }

    /// Frames that came too fast for their rings.
    static long missed(List<PacketRing> rings) {
        return rings.stream()
                .map(PacketRing::stats)
                .mapToLong(stats -> stats.kernelDrops() + stats.truncated())
                .sum();
    }

    private void drain(PacketRing ring) throws IOException {
        boolean any = true;
        while (any) {
            any = false;
            while (ring.next()) {
                write(ring.address() + VNET_HEADER_BYTES, ring.length());
                any = true;
            }
            ring.release();
        }
    }

    /// Little-endian, microseconds, Ethernet.
    private void writeFileHeader() throws IOException {
        head.clear().putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
        head.putInt(FRAME_BYTES_MAX).putInt(1);
        out.write(head.array(), 0, head.position());
        out.flush();
    }

    private void write(long frame, int length) throws IOException {
        int kept = Math.min(length, FRAME_BYTES_MAX);
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        head.clear()
                .putInt((int) (micros / 1_000_000))
                .putInt((int) (micros % 1_000_000))
                .putInt(kept)
                .putInt(length);
        for (int i = 0; i < kept; i++) {
            head.put(Memory.getByte(frame + i));
        }
        out.write(head.array(), 0, head.position());
    }
}
