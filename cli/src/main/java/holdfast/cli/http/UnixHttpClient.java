package holdfast.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import holdfast.cli.http.Exchange.Cause;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client for one request to an HTTP server on a Unix socket; it blocks its caller and keeps no state.
public final class UnixHttpClient {
    private final Path socket;
    private final Duration timeout;
    private final int answerBytesMax;

    /// @param timeout         for the whole exchange
    /// @param answerBytesMax  of the answer's body
    public UnixHttpClient(Path socket, Duration timeout, int answerBytesMax) {
        this.socket = socket;
        this.timeout = timeout;
        this.answerBytesMax = answerBytesMax;
    }

    /// The answer to a GET.
    public Exchange get(String uri) {
        return exchange(request("GET", uri, "", new byte[0]));
    }

    /// The answer to a POST of JSON.
    public Exchange post(String uri, byte[] json) {
        return exchange(request("POST", uri, "content-type: application/json\r\n", json));
    }

    private static ByteBuffer request(String method, String uri, String header, byte[] body) {
        if (!uri.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException("a URI of ASCII without blanks, not " + uri);
        }
        var head = "%s %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n%scontent-length: %d\r\n\r\n"
                .formatted(method, uri, header, body.length)
                .getBytes(US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
    }

    private Exchange exchange(ByteBuffer request) {
        if (Files.notExists(socket)) {
            return new Exchange.Failed(Cause.NO_SOCKET, "no such file");
        }
        if (Files.isRegularFile(socket) || Files.isDirectory(socket, LinkOption.NOFOLLOW_LINKS)) {
            return new Exchange.Failed(Cause.NOT_A_SOCKET, "a file or directory");
        }
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A blocking channel has no timeout of its own: closing it ends the thread that waits in it.
            var answer = new CompletableFuture<Exchange>();
            Thread.ofPlatform().daemon().name("exchange").start(() -> answer.complete(exchange(channel, request)));
            return await(answer);
        } catch (IOException e) {
            return new Exchange.Failed(Cause.OTHER, String.valueOf(e.getMessage()));
        }
    }

    private Exchange await(CompletableFuture<Exchange> answer) {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return new Exchange.Failed(Cause.TIMEOUT, "no answer within " + timeout.toSeconds() + " s");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Exchange.Failed(Cause.OTHER, "interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Exchange exchange(SocketChannel channel, ByteBuffer request) {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return notConnected(e);
        }
        try {
            send(channel, request);
            return Answer.read(Channels.newInputStream(channel), answerBytesMax);
        } catch (IOException e) {
            return new Exchange.Failed(Cause.CLOSED, String.valueOf(e.getMessage()));
        }
    }

    /// A director that refuses a request answers it before it has read the whole, and closes.
    private static void send(SocketChannel channel, ByteBuffer request) {
        try {
            while (request.hasRemaining()) {
                channel.write(request);
            }
        } catch (IOException _) {
            // the answer says why, or that there is none
        }
    }

    /// The JDK has one exception for almost all errors of connect(), so only its text identifies the errno.
    private static Exchange notConnected(IOException e) {
        var text = String.valueOf(e.getMessage());
        if (text.contains("Permission denied")) {
            return new Exchange.Failed(Cause.DENIED, text);
        }
        return new Exchange.Failed(e instanceof ConnectException ? Cause.REFUSED : Cause.OTHER, text);
    }
}
