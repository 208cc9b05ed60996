package holdfast.lab;

import holdfast.linux.Memory;
import holdfast.linux.PacketRing;
import holdfast.linux.Poller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// A process that judges the checksums of every frame at some interfaces as it arrives, and prints the result when its
/// input ends. A capture of whole frames would fill memory in seconds.
final class ChecksumAuditor {
    private static final int RING_FRAMES = 32_768; // about all that a test sends past one port
    private static final int BATCH_MAX = 64;
    private static final int VNET_HEADER_BYTES = 10;
    private static final int NEEDS_CSUM = 1;
    private static final int FRAME_BYTES_MAX = 70_000;
    private static final int WRONG_SHOWN_MAX = 5;
    private static final int WRONG_SHOWN_BYTES = 60;
    private static final long POLL_INTERVAL = 20_000_000;

    private final ByteBuffer frame = ByteBuffer.allocate(FRAME_BYTES_MAX);
    private final long[] counts = new long[Checksums.Verdict.values().length];
    private int longest;
    private int wrongShown;

    private ChecksumAuditor() {}

    /// @param interfaces  names of interfaces in this namespace
    public static void main(String... interfaces) throws IOException {
        var names = List.of(interfaces);
        var rings = names.stream()
                .map(name -> Sniffer.ring(name, RING_FRAMES, BATCH_MAX))
                .toList();
        new ChecksumAuditor().run(names, rings);
    }

    private void run(List<String> names, List<PacketRing> rings) throws IOException {
        System.err.println(Sniffer.READY);
        try (var poller = new Poller(rings.stream().mapToInt(PacketRing::fd).toArray())) {
            while (System.in.available() == 0) {
                poller.poll(POLL_INTERVAL);
                for (int i = 0; i < rings.size(); i++) {
                    drain(names.get(i), rings.get(i));
                }
            }
        }
        for (var verdict : Checksums.Verdict.values()) {
            System.out.println(verdict + " " + counts[verdict.ordinal()]);
        }
        System.out.println("LONGEST " + longest);
        System.out.println("MISSED " + Sniffer.missed(rings));
    }

    private void drain(String name, PacketRing ring) {
        boolean any = true;
        while (any) {
            any = false;
            while (ring.next()) {
                judge(name, ring.address(), ring.length());
                any = true;
            }
            ring.release();
        }
    }

    private void judge(String name, long address, int length) {
        frame.clear();
        for (int i = 0; i < length; i++) {
            frame.put(Memory.getByte(address + VNET_HEADER_BYTES + i));
        }
        frame.flip();
        var verdict = Checksums.of(frame, (Memory.getByte(address) & NEEDS_CSUM) != 0);
        counts[verdict.ordinal()]++;
        longest = Math.max(longest, length);
        if (ChecksumAudit.isWrong(verdict) && wrongShown < WRONG_SHOWN_MAX) {
            wrongShown++;
            var begin = Arrays.copyOf(frame.array(), Math.min(length, WRONG_SHOWN_BYTES));
            System.out.println("EXAMPLE " + verdict + " at " + name + ": " + length + " bytes, "
                    + HexFormat.of().formatHex(begin));
        }
    }
}
