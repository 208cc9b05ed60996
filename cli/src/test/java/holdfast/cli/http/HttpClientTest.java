package holdfast.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.cli.http.Exchange.Cause;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class HttpClientTest {
    private static final int LARGE = 4 << 20; // more than a socket buffers

    @TempDir
    Path folder;

    private ServerSocketChannel server;
    private Path socket;

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("api.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void anAnswerThatComesBeforeTheRequestWasReadCounts() {
        answer("HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}");
        assertThat(client(Duration.ofSeconds(10)).post("/v1/config", new byte[LARGE]))
                .isInstanceOfSatisfying(
                        Exchange.Reply.class,
                        reply -> assertThat(reply.status()).isEqualTo(413));
    }

    @Test
    void aServerThatClosesWithoutAnAnswerHungUp() {
        answer("");
        assertThat(cause(client(Duration.ofSeconds(10)).post("/v1/config", new byte[LARGE])))
                .isEqualTo(Cause.CLOSED);
    }

    /// It takes the connection into its backlog and reads nothing.
    @Test
    void aServerThatReadsNothingIsNotWaitedForForever() {
        assertThat(cause(client(Duration.ofMillis(300)).post("/v1/config", new byte[LARGE])))
                .isEqualTo(Cause.TIMEOUT);
        assertThat(cause(client(Duration.ofMillis(300)).get("/v1/status"))).isEqualTo(Cause.TIMEOUT);
    }

    @Test
    void aUriThatWouldBeTwoLinesIsABug() {
        assertThatThrownBy(() -> client(Duration.ofSeconds(1)).get("/v1/status HTTP/1.1\r\nx: y"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private HttpClient client(Duration timeout) {
        return new HttpClient(new UnixDial(socket), timeout, 1000);
    }

    private static Cause cause(Exchange exchange) {
        return ((Exchange.Failed) exchange).cause();
    }

    /// Answers the next connection without reading from it, and closes it.
    private void answer(String text) {
        Thread.ofVirtual().start(() -> {
            try (var channel = server.accept()) {
                channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
