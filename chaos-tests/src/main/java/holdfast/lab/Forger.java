package holdfast.lab;

import holdfast.linux.Netlink;
import holdfast.linux.PacketSender;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/// A process that sends one frame repeatedly: `INTERFACE COUNT MICROSECONDS FRAME`, the frame in hexadecimal. It
/// reports the first frame when it is sent, and ends after the last.
final class Forger {
    private Forger() {}

    public static void main(String... arguments) {
        var name = arguments[0];
        int count = Integer.parseInt(arguments[1]);
        long interval = Long.parseLong(arguments[2]) * 1000;
        var frame = HexFormat.of().parseHex(arguments[3]);
        try (var sender = PacketSender.open(index(name))) {
            long beginAt = System.nanoTime();
            for (int i = 0; i < count; i++) {
                for (long early = beginAt + i * interval - System.nanoTime(); early > 0; ) {
                    LockSupport.parkNanos(early);
                    early = beginAt + i * interval - System.nanoTime();
                }
                sender.sendFrame(frame);
                if (i == 0) {
                    System.out.println(Stranger.BEGUN);
                }
            }
        }
    }

    static int index(String name) {
        try (var netlink = Netlink.open()) {
            return netlink.links().stream()
                    .filter(link -> link.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no interface " + name))
                    .index();
        }
    }
}
