package holdfast.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// HTTP without keep-alive: a new connection from a given address for every request, so that stickiness depends on the
/// director alone.
final class Http implements AutoCloseable {
    private static final int HEAD_BYTES_MAX = 8192;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final String head;
    private final long connected;

    /// Sends a request, and reads the head of the answer.
    ///
    /// @param session   cookie to send; empty for none
    /// @param patience  for the connection, and then for each piece of the answer
    Http(InetAddress from, InetSocketAddress to, String request, String session, Duration patience) throws IOException {
        try {
            socket.bind(new InetSocketAddress(from, 0));
            long beginAt = System.nanoTime();
            socket.connect(to, (int) patience.toMillis());
            connected = System.nanoTime() - beginAt;
            socket.setSoTimeout((int) patience.toMillis());
            var cookie = session.isEmpty() ? "" : "Cookie: session=" + session + "\r\n";
            var text = request + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n" + cookie
                    + (request.startsWith("POST") ? "Content-Length: 0\r\n" : "") + "\r\n";
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            in = new BufferedInputStream(socket.getInputStream());
            head = readHead(in);
        } catch (IOException e) {
            int port = socket.getLocalPort();
            socket.close();
            throw new IOException("port %d: %s".formatted(port, e.getMessage()), e);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        var read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || read.length() == HEAD_BYTES_MAX) {
                throw new IOException("no HTTP answer but '" + read + "'");
            }
            read.append((char) next);
        }
        return read.toString();
    }

    /// How long the connection took, in ns.
    long connected() {
        return connected;
    }

    int status() {
        return Integer.parseInt(head, "HTTP/1.1 ".length(), "HTTP/1.1 200".length(), 10);
    }

    /// The session that the answer begins; empty if it begins none.
    String session() {
        return header("set-cookie").replaceFirst("^session=", "").replaceFirst(";.*", "");
    }

    /// The body as it arrives; ends early if the connection does.
    InputStream body() {
        return in;
    }

    /// The whole body.
    ///
    /// @throws IOException also if it is shorter than the answer's header says
    String text() throws IOException {
        var body = new String(body().readAllBytes(), ISO_8859_1);
        if (body.length() != Integer.parseInt(header("content-length"))) {
            throw new IOException("the answer was cut off");
        }
        return body;
    }

    private String header(String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
