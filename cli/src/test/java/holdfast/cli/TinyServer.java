package holdfast.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// A minimal HTTP server on a Unix socket: one request per connection, answered with given bytes.
final class TinyServer implements AutoCloseable {
    private final ServerSocketChannel server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Function<String, String> answers;

    /// @param answers  from the request, head and body, to the whole text of the answer; null to never answer
    TinyServer(Path socket, Function<String, String> answers) throws IOException {
        this.answers = answers;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().name("tiny-server").start(this::serve);
    }

    static String http(int status, byte[] json) {
        return "HTTP/1.1 " + status
                + " X\r\nHoldfast-Director: d1\r\nContent-Type: application/json\r\nContent-Length: " + json.length
                + "\r\n\r\n" + new String(json, UTF_8);
    }

    List<String> requests() {
        return requests;
    }

    private void serve() {
        while (server.isOpen()) {
            try (var client = server.accept()) {
                answer(client);
            } catch (IOException _) {
                // The client hung up, or the test is over.
            }
        }
    }

    private void answer(SocketChannel client) throws IOException {
        var in = Channels.newInputStream(client);
        var request = request(in);
        requests.add(request);
        var answer = answers.apply(request);
        if (answer == null) {
            in.readAllBytes();
            return;
        }
        var bytes = ByteBuffer.wrap(answer.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    private static String request(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        var text = head.toString(ISO_8859_1);
        var length = text.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        return text + new String(in.readNBytes(length), UTF_8);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
