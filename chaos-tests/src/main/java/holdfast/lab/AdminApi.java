package holdfast.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import holdfast.admin.Operation;
import holdfast.admin.Query;
import holdfast.admin.json.AdminJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// The admin API of one director over its Unix socket, with one connection for each request. A frozen director accepts
/// the connection and never answers, so every request has a deadline.
final class AdminApi {
    private static final int UNKNOWN = -1;

    private final Path socket;
    private final Duration patience;

    AdminApi(Path socket, Duration patience) {
        this.socket = socket;
        this.patience = patience;
    }

    /// The director's answer, a success (200) or a refusal (409).
    ///
    /// @throws IOException if it does not answer in time, or fails
    <Q, A> A call(Operation<Q, A> operation, Q request) throws IOException {
        var answer = switch (operation.input()) {
            case Operation.Body<Q> _ -> exchange(operation, "", AdminJson.write(request));
            case Query<Q> query -> exchange(operation, query.write(request), new byte[0]);
        };
        if (answer.status != 200 && answer.status != 409) {
            throw new IOException(operation + " of " + socket + " answered " + answer.status + ": " + answer.body);
        }
        return AdminJson.answer(answer.body.getBytes(ISO_8859_1), operation.answer());
    }

    /// @param body  one character for each byte
    private record Answer(int status, String body) {}

    private Answer exchange(Operation<?, ?> operation, String query, byte[] body) throws IOException {
        var head = operation + query
                + " HTTP/1.1\r\nHost: director\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n";
        var request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(ISO_8859_1));
        request.writeBytes(body);
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.toByteArray()));
            return parse(readAll(channel));
        }
    }

    private byte[] readAll(SocketChannel channel) throws IOException {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(64 * 1024);
        int length = UNKNOWN;
        channel.configureBlocking(false);
        try (var selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            while (length == UNKNOWN || all.size() < length) {
                long leftMs = (giveUpAt - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    throw new IOException(socket + " did not answer within " + patience.toMillis() + " ms");
                }
                selector.select(leftMs);
                int read = channel.read(buffer.clear());
                if (read < 0) {
                    break;
                }
                all.write(buffer.array(), 0, read);
                length = length == UNKNOWN ? wholeLength(all) : length;
            }
            return all.toByteArray();
        }
    }

    /// Length of the whole answer, once its head is there.
    private static int wholeLength(ByteArrayOutputStream begin) {
        var text = begin.toString(ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        int body = end < 0 ? UNKNOWN : contentLength(text.substring(0, end));
        return body == UNKNOWN ? UNKNOWN : end + 4 + body;
    }

    private static Answer parse(byte[] answer) throws IOException {
        var text = new String(answer, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
            throw new IOException("no HTTP answer but " + answer.length + " bytes");
        }
        int length = contentLength(text.substring(0, end));
        if (length != text.length() - end - 4) {
            throw new IOException("the answer was cut off");
        }
        int status = Integer.parseInt(text, "HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3, 10);
        return new Answer(status, text.substring(end + 4));
    }

    /// [#UNKNOWN] if the answer does not have it.
    private static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(UNKNOWN);
    }
}
