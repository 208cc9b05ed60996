package holdfast.bench;

import holdfast.admin.Operations;
import holdfast.admin.Status;
import holdfast.admin.json.AdminJson;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// Asks a director for its status. A JVM for each question, like the CLI's, would be load in the measurement.
final class AdminSocket {
    private static final String LENGTH = "content-length:";

    private AdminSocket() {}

    /// @throws IOException if no director answers, or not with a status
    static Status status(Path socket) throws IOException {
        var request = Operations.STATUS + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = Channels.newInputStream(channel);
            var first = line(answer);
            int length = -1;
            for (var header = line(answer); !header.isEmpty(); header = line(answer)) {
                if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                    length = Integer.parseInt(header.substring(LENGTH.length()).strip());
                }
            }
            if (!first.startsWith("HTTP/1.1 200") || length < 0) {
                throw new IOException("not a status: " + first);
            }
            return AdminJson.answer(answer.readNBytes(length), Status.class);
        }
    }

    private static String line(InputStream answer) throws IOException {
        var line = new StringBuilder();
        for (int c = answer.read(); c != '\n'; c = answer.read()) {
            if (c < 0) {
                throw new EOFException("the director closed the connection within its answer");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }
}
