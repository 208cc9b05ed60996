package holdfast.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/// The client of the suite `latency`: `PingPong FROM TO PORT WARM-UP-S SECONDS` sends 64 bytes, waits for their return,
/// and repeats.
public final class PingPong {
    private static final int MESSAGE_BYTES = 64;
    /// At 5 us a round trip, 10 s.
    private static final int SAMPLES_MAX = 2_000_000;

    private PingPong() {}

    public static void main(String... arguments) throws IOException {
        long warmUpNs = seconds(arguments[3]);
        long wholeNs = warmUpNs + seconds(arguments[4]);
        var nanos = new long[SAMPLES_MAX];
        int count = 0;
        try (var channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.bind(new InetSocketAddress(arguments[0], 0));
            channel.connect(new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2])));
            var message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
            long startedAt = System.nanoTime();
            for (long sentAt = startedAt; sentAt - startedAt < wholeNs && count < SAMPLES_MAX; ) {
                exchange(channel, message);
                long backAt = System.nanoTime();
                if (sentAt - startedAt >= warmUpNs) {
                    nanos[count++] = backAt - sentAt;
                }
                sentAt = backAt;
            }
        }
        var sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        System.out.printf(
                "roundTrips %d%np50Us %.2f%np99Us %.2f%n",
                count, percentile(sorted, 0.50) / 1e3, percentile(sorted, 0.99) / 1e3);
    }

    private static void exchange(SocketChannel channel, ByteBuffer message) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            channel.write(message);
        }
        message.clear();
        while (message.hasRemaining()) {
            if (channel.read(message) < 0) {
                throw new EOFException("the real server closed the connection");
            }
        }
    }

    /// The smallest value that at least this part of the values does not exceed.
    static long percentile(long[] sorted, double part) {
        return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }

    private static long seconds(String text) {
        return (long) (Double.parseDouble(text) * 1e9);
    }
}
