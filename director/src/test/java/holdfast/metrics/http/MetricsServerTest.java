package holdfast.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ListenAddress;
import holdfast.metrics.MetricSamples;
import holdfast.metrics.Pages;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real HTTP over real sockets, by readers who are right, wrong, slow, silent or many.
@Timeout(60)
class MetricsServerTest {
    private static final int MANY = 1000;

    private final List<Socket> sockets = new ArrayList<>();
    private ListenAddress address = ListenAddress.of("127.0.0.1:1");
    private Pages pages = MetricSamples.pages();
    private Optional<MetricsServer> server = Optional.empty();

    @BeforeEach
    void findPort() throws IOException {
        try (var free = new ServerSocket(0)) {
            address = ListenAddress.of("127.0.0.1:" + free.getLocalPort());
        }
    }

    private void serve() {
        server = Optional.of(MetricsServer.start(address, pages));
        Awaitility.await("it listens").until(() -> {
            connect().close();
            return true;
        });
    }

    @AfterEach
    void close() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        server.ifPresent(MetricsServer::close);
    }

    private Socket connect() throws IOException {
        var socket = new Socket();
        sockets.add(socket);
        socket.connect(new InetSocketAddress(address.address().toString(), address.port()), 5000);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private String ask(String request) throws IOException {
        try (var socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void write(Socket socket, String request) throws IOException {
        socket.getOutputStream().write((request + "\r\nHost: d1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aScraperGetsThePageAndTheEndOfTheConnection() throws IOException {
        serve();
        assertThat(ask("GET /metrics HTTP/1.1"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .containsIgnoringCase("content-type: text/plain; version=0.0.4; charset=utf-8\r\n")
                .containsIgnoringCase("connection: close\r\n")
                .contains("role=\"active\"} 1.0\n");
        assertThat(ask("GET /metrics?x=1 HTTP/1.1\r\nAccept: application/openmetrics-text"))
                .containsIgnoringCase("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8")
                .endsWith("# EOF\n");
        assertThat(ask("HEAD /metrics HTTP/1.1"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void everythingElseIsRefused() throws IOException {
        serve();
        assertThat(ask("GET / HTTP/1.1")).startsWith("HTTP/1.1 404 ").endsWith("there is only /metrics\n");
        assertThat(ask("POST /metrics HTTP/1.1\r\nContent-Length: 0"))
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("allow: GET, HEAD");
        assertThat(ask("nonsense")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /" + "x".repeat(20_000) + " HTTP/1.1")).startsWith("HTTP/1.1 4");
        assertThat(ask("GET /metrics HTTP/1.1\r\nX: " + "x".repeat(20_000))).startsWith("HTTP/1.1 4");
        assertThat(ask("POST /metrics HTTP/1.1\r\nConnection: close\r\nContent-Length: 100000"))
                .startsWith("HTTP/1.1 413 ");
    }

    /// A thousand that say nothing: the director keeps the newest of them, and a scraper is served at once.
    @Test
    void idleConnectionsKeepNoScraperOut() throws IOException {
        serve();
        for (int i = 0; i < MANY; i++) {
            var _ = connect();
        }
        long begun = System.nanoTime();
        assertThat(ask("GET /metrics HTTP/1.1")).contains("role=\"active\"} 1.0\n");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        var later = ask("GET /metrics HTTP/1.1");
        assertThat(later).containsPattern("cause=\"crowded\"[^}]*} 9[0-9][0-9]\\.0");
    }

    /// Pages that nobody reads are bounded in bytes, and each connection in time.
    @Tag("slow")
    @Test
    void readersWhoDoNotReadAreClosed() throws IOException {
        pages = MetricSamples.largePages();
        serve();
        var hanging = new ArrayList<Socket>();
        for (int i = 0; i < 8; i++) {
            var socket = new Socket();
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(address.address().toString(), address.port()), 5000);
            sockets.add(socket);
            hanging.add(socket);
            write(socket, "GET /metrics HTTP/1.1");
        }
        assertThat(ask("GET /metrics HTTP/1.1")).contains("role=\"active\"} 1.0\n");
        Awaitility.await("the last of them is closed")
                .atMost(Duration.ofSeconds(20))
                .until(() -> ask("GET /metrics HTTP/1.1").matches("(?s).*cause=\"late\"[^}]*} [1-9].*"));
        assertThat(ask("GET /metrics HTTP/1.1")).containsPattern("cause=\"crowded\"[^}]*} [1-9]");
        for (var socket : hanging) {
            assertThat(isCutOff(socket)).isTrue();
        }
    }

    private static boolean isCutOff(Socket socket) {
        try {
            var got = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return !got.endsWith("\n") || got.length() < 100_000;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Test
    void aPortInUseIsAFaultUntilItIsFree() throws IOException {
        try (var other = new ServerSocket()) {
            other.bind(new InetSocketAddress(address.address().toString(), address.port()));
            var waiting = MetricsServer.start(address, pages);
            server = Optional.of(waiting);
            Awaitility.await("it has a fault").until(() -> waiting.fault().isPresent());
            assertThat(waiting.fault().orElseThrow())
                    .startsWith("metrics: cannot listen on " + address)
                    .endsWith("give metrics.listen an address of this machine with a free port");
        }
        var waiting = server.orElseThrow();
        Awaitility.await("the fault is over")
                .atMost(Duration.ofSeconds(10))
                .until(() -> waiting.fault().isEmpty());
        assertThat(ask("GET /metrics HTTP/1.1")).contains("role=\"active\"} 1.0\n");
    }

    @Test
    void anAddressOfNobodyIsAFaultAndEndsAtOnce() throws IOException {
        address = ListenAddress.of("203.0.113.77:" + address.port());
        var waiting = MetricsServer.start(address, pages);
        Awaitility.await("it has a fault").until(() -> waiting.fault().isPresent());
        long begun = System.nanoTime();
        waiting.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aPageThatCannotBeMadeIsAnError() throws IOException {
        pages = MetricSamples.brokenPages();
        serve();
        assertThat(ask("GET /metrics HTTP/1.1")).startsWith("HTTP/1.1 500 ").endsWith("its log has the cause\n");
    }
}
