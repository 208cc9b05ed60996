package holdfast.api;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import holdfast.admin.LogLevel;
import holdfast.admin.LogState;
import holdfast.admin.Operations;
import holdfast.conf.Access;
import holdfast.conf.Ipv4;
import holdfast.conf.ListenAddress;
import holdfast.conf.Management;
import holdfast.conf.UsersFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The admin API on real TCP with real TLS: who gets in, and what a slow, rude or numerous client gets.
@Timeout(60)
class RemoteListenerTest {
    private static final Patience SHORT = new Patience(
            new Deadlines.Times(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(5)),
            new Admission.Limits(64, 50, 3, 5, 10));

    @TempDir
    Path directory;

    private final List<String> reached = new CopyOnWriteArrayList<>();
    private Pki pki = never();
    private ApiServer server = never();
    private int port;

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // set before each test
    private static <T> T never() {
        return null;
    }

    @BeforeEach
    void prepare() throws Exception {
        pki = new Pki("authority");
        Pki.write(pki.sign("d1"), directory.resolve("api.crt"), directory.resolve("api.key"));
        pki.writeAuthority(directory.resolve("ca.crt"));
        users(
                UsersFile.line("prometheus", Access.VIEWER, "read-only"),
                UsersFile.line("oncall", Access.OPERATOR, "may-work"),
                "alice admin certificate");
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
    }

    private void users(String... lines) throws IOException {
        var file = directory.resolve("users");
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private void start() {
        start(Patience.USUAL);
    }

    private void start(Patience patience) {
        var handlers = new Handlers();
        handlers.on(Operations.LOG, _ -> new LogState(LogLevel.INFO, LogLevel.INFO, null));
        handlers.on(Operations.FAILOVER, _ -> {
            reached.add(Caller.current().name() + " " + Caller.current().from());
            throw RefusedException.notNow("no failover", "a test", "none");
        });
        var remote = new Management.Remote(
                new ListenAddress(Ipv4.of("127.0.0.1"), port),
                directory.resolve("api.crt"),
                directory.resolve("api.key"),
                Optional.of(directory.resolve("ca.crt")));
        var api = new Management.Api(
                Optional.empty(), Access.ADMIN, Optional.of(directory.resolve("users")), Optional.of(remote));
        server = ApiServer.start(
                new ApiServer.Options("d1", directory.resolve("api.sock"), api, patience), handlers, AuditTrail.NONE);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private HttpResponse<String> ask(HttpClient client, String method, String path, Map<String, String> headers)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("POST") ? "{}" : ""))
                .timeout(Duration.ofSeconds(20));
        headers.forEach(request::header);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    private long counted(String name) {
        int dash = name.indexOf('-');
        return server.counters()
                .getOrDefault(name.substring(0, dash), Map.of())
                .getOrDefault(name.substring(dash + 1), 0L);
    }

    private static Map<String, String> token(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    @Test
    void aTokenOpensWhatItsRoleAllows() throws Exception {
        start();
        try (var client = client(pki.client())) {
            assertThat(ask(client, "GET", "/v1/log", token("read-only")).statusCode())
                    .isEqualTo(200);
            var refused = ask(client, "POST", "/v1/failover", token("read-only"));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("prometheus is viewer, and it takes operator");
            assertThat(reached).isEmpty();
            assertThat(ask(client, "POST", "/v1/failover", token("may-work")).statusCode())
                    .isEqualTo(409);
            assertThat(reached).containsExactly("oncall 127.0.0.1");
        }
    }

    @Test
    void whoIsNotKnownGetsNothing() throws Exception {
        start();
        try (var client = client(pki.client())) {
            for (var headers : List.of(
                    Map.<String, String>of(), token("wrong"), token(""), Map.of("Authorization", "Basic cmVhZA=="))) {
                var refused = ask(client, "GET", "/v1/log", headers);
                assertThat(refused.statusCode()).as(headers.toString()).isEqualTo(401);
                assertThat(refused.body()).contains("does not know you").doesNotContain("wrong");
                assertThat(ask(client, "GET", "/v1/nothing", headers).statusCode())
                        .as("nor what there is")
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void aPageInABrowserIsRefusedWhateverItShows() throws Exception {
        start();
        try (var client = client(pki.client(pki.sign("alice")))) {
            var refused = ask(client, "POST", "/v1/failover", Map.of("Origin", "https://shop.example"));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(reached).isEmpty();
        }
    }

    @Test
    void aCertificateCountsByItsNameAndItsSigner() throws Exception {
        start();
        try (var alice = client(pki.client(pki.sign("alice")));
                var bob = client(pki.client(pki.sign("bob")))) {
            assertThat(ask(alice, "POST", "/v1/failover", Map.of()).statusCode())
                    .isEqualTo(409);
            assertThat(reached).containsExactly("alice 127.0.0.1");
            assertThat(ask(bob, "GET", "/v1/log", Map.of()).body()).contains("'bob' has no line");
        }
        var foreign = new Pki("somebody else").sign("alice");
        try (var mallory = client(pki.client(foreign))) {
            assertThat(ask(mallory, "POST", "/v1/failover", Map.of()).statusCode())
                    .as("the client shows no certificate that the director cannot trust")
                    .isEqualTo(401);
        }
        assertThat(reached).hasSize(1);
    }

    @Test
    void aLineThatIsTakenAwayCountsFromTheNextRequestOn() throws Exception {
        start();
        try (var client = client(pki.client())) {
            assertThat(ask(client, "GET", "/v1/log", token("read-only")).statusCode())
                    .isEqualTo(200);
            users("alice admin certificate");
            await().atMost(10, SECONDS)
                    .until(() ->
                            ask(client, "GET", "/v1/log", token("read-only")).statusCode() == 401);
        }
    }

    @Test
    void aWrongFileOfUsersChangesNothingAndIsTold() throws Exception {
        start();
        try (var client = client(pki.client())) {
            users("prometheus king sha256:123");
            await().until(() -> !server.troubles().isEmpty());
            assertThat(server.troubles().getFirst()).contains("the role 'king' on line 1");
            assertThat(ask(client, "GET", "/v1/log", token("read-only")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aNewCertificateIsTakenWithoutARestart() throws Exception {
        Pki.write(pki.sign("d1", Duration.ofDays(3)), directory.resolve("api.crt"), directory.resolve("api.key"));
        start();
        assertThat(server.troubles()).hasSize(1).first().asString().contains("expires at");
        Pki.write(pki.sign("renewed"), directory.resolve("api.crt"), directory.resolve("api.key"));
        await().until(() -> server.troubles().isEmpty());
        try (var socket = (SSLSocket) pki.client().getSocketFactory().createSocket("127.0.0.1", port)) {
            assertThat(socket.getSession().getPeerPrincipal().getName()).contains("CN=renewed");
        }
    }

    @Test
    void withoutAUsableCertificateTheDirectorStartsAndTheApiComesByItself() throws Exception {
        Files.writeString(directory.resolve("api.crt"), "no certificate");
        start();
        assertThat(server.troubles().getFirst()).contains("api.crt");
        try (var client = client(pki.client())) {
            assertThatThrownBy(() -> ask(client, "GET", "/v1/log", token("read-only")))
                    .isInstanceOf(IOException.class);
            Pki.write(pki.sign("d1"), directory.resolve("api.crt"), directory.resolve("api.key"));
            Files.setLastModifiedTime(directory.resolve("api.crt"), FileTime.from(Instant.now()));
            await().until(() -> server.troubles().isEmpty());
            assertThat(ask(client, "GET", "/v1/log", token("read-only")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws Exception {
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            start();
            assertThat(server.troubles()).hasSize(1).first().asString().contains("the API is not on 127.0.0.1:" + port);
        }
        try (var client = client(pki.client())) {
            await().atMost(20, SECONDS).until(() -> server.troubles().isEmpty());
            assertThat(ask(client, "GET", "/v1/log", token("read-only")).statusCode())
                    .isEqualTo(200);
        }
    }

    // Slow, rude and numerous

    @Test
    void nobodyUnknownUploadsABody() throws Exception {
        start();
        try (var socket = pki.client().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("POST /v1/config HTTP/1.1\r\nHost: d1\r\nContent-Length: 3000000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readNBytes(200), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 401").contains("www-authenticate: Bearer");
        }
    }

    @Test
    void aClientThatDribblesOrSaysNothingIsClosed() throws Exception {
        start(SHORT);
        try (var silent = (SSLSocket) pki.client().getSocketFactory().createSocket("127.0.0.1", port);
                var dribbling = (SSLSocket) pki.client().getSocketFactory().createSocket("127.0.0.1", port);
                var noTls = new Socket(InetAddress.getLoopbackAddress(), port)) {
            silent.startHandshake();
            dribbling.startHandshake();
            var dribble = Thread.ofVirtual().start(() -> {
                try {
                    for (var c : "GET /v1/log HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".toCharArray()) {
                        dribbling.getOutputStream().write(c);
                        dribbling.getOutputStream().flush();
                        MILLISECONDS.sleep(200);
                    }
                } catch (IOException | InterruptedException _) {
                    // closed, as it should be
                }
            });
            assertThat(noTls.getInputStream().read()).isEqualTo(-1);
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
            assertThat(dribbling.getInputStream().readAllBytes()).isEmpty();
            dribble.join();
        }
        assertThat(counted("tcp-too-slow")).isEqualTo(3);
    }

    @Test
    void anAddressHasABoundOfConnectionsAndTheSocketAnswersAllTheSame() throws Exception {
        start();
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 300; i++) {
                open.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            await().until(() -> counted("tcp-connections-refused") >= 200);
            assertThat(counted("socket-connections-shed")).isZero();
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
        try (var client = client(pki.client())) {
            await().ignoreExceptions()
                    .until(() ->
                            ask(client, "GET", "/v1/log", token("read-only")).statusCode() == 200);
        }
    }

    @Test
    void whoGuessesTokensIsCountedAndCutOff() throws Exception {
        start(SHORT);
        try (var socket = pki.client().getSocketFactory().createSocket("127.0.0.1", port)) {
            var guess = "GET /v1/log HTTP/1.1\r\nHost: d1\r\nAuthorization: Bearer guess\r\n\r\n".repeat(100);
            socket.getOutputStream().write(guess.getBytes(StandardCharsets.US_ASCII));
            var answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.split("HTTP/1.1 401", -1).length - 1)
                    .as("five a second, ten at once")
                    .isBetween(1, 40);
            assertThat(answers).doesNotContainIgnoringCase("retry-after");
        }
        assertThat(counted("tcp-not-known")).isPositive();
    }

    @Test
    void aUserWhoAsksTooOftenIsToldSoAndMayAskAgainLater() throws Exception {
        start(SHORT);
        try (var client = client(pki.client())) {
            var refused = ask(client, "GET", "/v1/log", token("read-only"));
            for (int i = 0; i < 1000 && refused.statusCode() == 200; i++) {
                refused = ask(client, "GET", "/v1/log", token("read-only"));
            }
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(ask(client, "POST", "/v1/failover", token("may-work")).statusCode())
                    .as("another user")
                    .isEqualTo(409);
            await().until(() ->
                    ask(client, "GET", "/v1/log", token("read-only")).statusCode() == 200);
        }
    }
}
