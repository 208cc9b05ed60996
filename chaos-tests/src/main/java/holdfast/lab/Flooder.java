package holdfast.lab;

import holdfast.conf.Ipv4;
import holdfast.linux.Memory;
import holdfast.linux.PacketSender;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/// A process that sends one TCP segment repeatedly, each time from another source of 100.64.0.0/10: `INTERFACE COUNT
/// PER-SECOND FRAME`, the frame in hexadecimal. It reports the first frame when it is sent, and the count at the end.
final class Flooder {
    private static final int SOURCES = 0x64400000;
    private static final int SOURCES_MASK = 0x3fffff;
    private static final int VNET_BYTES = 10; // no offloads: all zero
    private static final long SECOND = 1_000_000_000;
    private static final long TICK = 1_000_000;

    private Flooder() {}

    public static void main(String... arguments) {
        int count = Integer.parseInt(arguments[1]);
        int perSecond = Integer.parseInt(arguments[2]);
        var segment = HexFormat.of().parseHex(arguments[3]);
        long frame = Memory.allocate(VNET_BYTES + segment.length);
        int first = (int) System.nanoTime(); // so that two floods hardly overlap
        try (var sender = PacketSender.open(Forger.index(arguments[0]))) {
            long beginAt = System.nanoTime();
            for (int sent = 0; sent < count; ) {
                long due = Math.min(count, (System.nanoTime() - beginAt) / TICK * TICK * perSecond / SECOND + 1);
                for (; sent < due; sent++) {
                    var source = new Ipv4(SOURCES | ((first + sent) & SOURCES_MASK));
                    Memory.put(frame + VNET_BYTES, Forged.from(source, segment));
                    sender.add(frame, segment.length);
                    sender.flush(); // one by one, since all are built in one place
                }
                if (due == 1) {
                    System.out.println(Stranger.BEGUN);
                }
                LockSupport.parkNanos(TICK);
            }
            System.out.println(sender.stats().sent());
        }
    }
}
