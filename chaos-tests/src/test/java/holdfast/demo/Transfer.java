package holdfast.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/// Transfers bytes in either direction over one connection; returns their SHA-256 at the far end.
final class Transfer {
    /// So that a capture on the same two processors keeps up.
    private static final long BYTES_PER_SECOND = 12_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Transfer() {}

    /// From a real server to a client.
    static String download(InetAddress client, Target target, long seed, long bytes) throws IOException {
        var request = "GET /download?bytes=%d&rate=%d&seed=%d".formatted(bytes, BYTES_PER_SECOND, seed);
        try (var answer = new Http(client, target.http(), request, "", PATIENCE)) {
            var digest = SeededStream.newSha256();
            var in = answer.body();
            var chunk = new byte[SeededStream.CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /// From a client to a real server, which for DR is the direction that a director forwards.
    static String upload(InetAddress client, Target target, long seed, long bytes) throws IOException {
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(client, 0));
            socket.connect(target.http(), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            var out = socket.getOutputStream();
            out.write("POST /upload HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                    .formatted(bytes)
                    .getBytes(ISO_8859_1));
            var stream = new SeededStream(seed);
            var chunk = new byte[SeededStream.CHUNK_BYTES];
            long beginAt = System.nanoTime();
            for (long sent = 0; sent < bytes; sent += chunk.length) {
                stream.next(chunk);
                out.write(chunk, 0, (int) Math.min(bytes - sent, chunk.length));
                LockSupport.parkNanos(beginAt + sent * 1_000_000_000L / BYTES_PER_SECOND - System.nanoTime());
            }
            var answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
