package holdfast.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import holdfast.cli.http.Exchange.Cause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client for one request to an HTTP server; it blocks its caller and keeps no state.
public final class HttpClient {
    private final Dial dial;
    private final Duration timeout;
    private final int answerBytesMax;

    /// @param timeout         for the whole exchange
    /// @param answerBytesMax  of the answer's body
    public HttpClient(Dial dial, Duration timeout, int answerBytesMax) {
        this.dial = dial;
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

    private byte[] request(String method, String uri, String header, byte[] body) {
        if (!uri.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException("a URI of ASCII without blanks, not " + uri);
        }
        var head = "%s %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n%s%scontent-length: %d\r\n\r\n"
                .formatted(method, uri, dial.host(), dial.login(), header, body.length);
        var request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private Exchange exchange(byte[] request) {
        var obstacle = dial.obstacle();
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        try (var line = dial.line()) {
            // A blocking socket has no timeout for the whole: closing it ends the thread that waits in it.
            var answer = new CompletableFuture<Exchange>();
            Thread.ofPlatform().daemon().name("exchange").start(() -> answer.complete(exchange(line, request)));
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

    private Exchange exchange(Dial.Line line, byte[] request) {
        try {
            line.connect();
        } catch (IOException e) {
            return line.notConnected(e);
        }
        try {
            send(line, request);
            return Answer.read(line.in(), answerBytesMax);
        } catch (IOException e) {
            return new Exchange.Failed(Cause.CLOSED, String.valueOf(e.getMessage()));
        }
    }

    /// A director that refuses a request answers it before it has read the whole.
    private static void send(Dial.Line line, byte[] request) {
        try {
            line.out().write(request);
            line.out().flush();
        } catch (IOException _) {
            // the answer says why, or that there is none
        }
    }
}
