package holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Operations;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.json.AdminJson;
import holdfast.conf.Access;
import holdfast.conf.Management;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real HTTP over a real Unix socket, by a client that writes given bytes, right or wrong.
@Timeout(10)
class ApiServerTest {
    @TempDir
    Path directory;

    private final Director director = new Director();
    private Path socket = Path.of("unset");
    private ApiServer server = never();

    @SuppressWarnings("NullAway") // set before each test
    private static ApiServer never() {
        return null;
    }

    @BeforeEach
    void start() {
        socket = directory.resolve("api.sock");
        server = start(socket);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ApiServer start(Path path) {
        return ApiServer.start(
                new ApiServer.Options("d1", path, Management.LOCAL.api()), director.handlers(), AuditTrail.NONE);
    }

    /// The director behind the API: answers with samples, keeps the requests, and fails or waits on command.
    private static final class Director {
        final AtomicReference<String> asked = new AtomicReference<>("");
        final CountDownLatch failoverBegun = new CountDownLatch(1);
        final CountDownLatch failoverMayEnd = new CountDownLatch(1);
        volatile boolean isSlow;
        volatile long patienceMs = 15_000;
        volatile boolean isRefusing;
        volatile boolean isFailing;
        volatile boolean isBroken;

        Handlers handlers() {
            return new Handlers()
                    .on(Operations.STATUS, _ -> status())
                    .on(Operations.SERVICES, _ -> services())
                    .on(Operations.CONNECTIONS, this::connections)
                    .on(Operations.IMPACT, this::impact)
                    .on(Operations.SYNC, _ -> sync())
                    .on(Operations.FAILOVER, this::failover);
        }

        private Status status() {
            if (isFailing) {
                throw new IllegalStateException("the tables are gone");
            }
            if (isBroken) {
                throw new AssertionError("a check that stays on failed");
            }
            return new Status(
                    "d1",
                    "0.1.0",
                    "2026-03-01T12:00:00Z",
                    1,
                    2,
                    Role.ACTIVE,
                    7,
                    "shop",
                    51,
                    200,
                    List.of(),
                    List.of(),
                    List.of(),
                    new Status.Adverts(1000, 1, 0, Map.of(), Map.of(), null, null),
                    null,
                    new FailoverReadiness(
                            FailoverReadiness.Safe.UNKNOWN, null, null, List.of(), null, null, null, null),
                    sync(),
                    new Status.Datapath(
                            0,
                            0,
                            Map.of(),
                            Map.of(),
                            new Status.Table(0, 64),
                            new Status.Table(0, 64),
                            List.of(),
                            false,
                            null),
                    new Status.Config("17.6", false, true, 2, 1, 3));
        }

        private static ServiceList services() {
            return new ServiceList(
                    64,
                    new ServiceList.Timeouts(900, 120, 300),
                    List.of(),
                    ServiceList.Totals.ZERO,
                    ServiceList.Rates.ZERO);
        }

        private Connections connections(ConnectionsRequest request) {
            var kind = request.kind();
            asked.set((kind == null ? "both" : kind.name()) + " " + request.limit());
            return new Connections(0, false, List.of());
        }

        private ImpactResult impact(ImpactRequest request) {
            asked.set(request.file() + " " + request.text().length());
            return new ImpactResult(List.of(), List.of());
        }

        private static Sync sync() {
            return new Sync(Role.ACTIVE, null, null, null, List.of(), Map.of());
        }

        private FailoverResult failover(FailoverRequest request) {
            asked.set(String.valueOf(request.reason()));
            failoverBegun.countDown();
            try {
                boolean _ = isSlow && failoverMayEnd.await(patienceMs, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new FailoverResult(
                    !isRefusing,
                    isRefusing ? FailoverResult.Outcome.REFUSED : FailoverResult.Outcome.MOVED,
                    isRefusing ? List.of("the standby is not equal") : List.of(),
                    List.of(),
                    request.reason(),
                    "d1",
                    "d2",
                    List.of(),
                    null);
        }
    }

    /// An answer as on the wire.
    private record Answer(int status, String head, String body) {}

    /// One connection of a client.
    private static final class Client implements AutoCloseable {
        private final SocketChannel channel;

        Client(Path socket) {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void write(String text) throws IOException {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        Answer read() throws IOException {
            var in = Channels.newInputStream(channel);
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("closed after: " + head);
                }
                head.append((char) c);
            }
            var lower = head.toString().toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ") + "content-length: ".length();
            int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)));
            var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            return new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), body);
        }

        boolean isClosedByServer() throws IOException {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static String request(String method, String uri, String body) {
        return method + " " + uri + " HTTP/1.1\r\nHost: d1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private Answer ask(String method, String uri, String body) throws IOException {
        try (var client = new Client(socket)) {
            client.write(request(method, uri, body));
            return client.read();
        }
    }

    private Answer get(String uri) throws IOException {
        return ask("GET", uri, "");
    }

    // Routes

    @Test
    void eachPathAnswersItsMessage() throws IOException {
        assertThat(AdminJson.answer(bytes(get(Operations.STATUS.path())), Status.class)
                        .director())
                .isEqualTo("d1");
        assertThat(AdminJson.answer(bytes(get(Operations.SERVICES.path())), ServiceList.class)
                        .connectionsMax())
                .isEqualTo(64);
        assertThat(AdminJson.answer(bytes(get(Operations.SYNC.path())), Sync.class)
                        .role())
                .isEqualTo(Role.ACTIVE);
        assertThat(AdminJson.answer(bytes(get(Operations.CONNECTIONS.path())), Connections.class)
                        .total())
                .isZero();
        assertThat(director.asked).hasValue("both " + Bounds.ENTRIES_MAX);
    }

    private static byte[] bytes(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.head()).containsIgnoringCase("content-type: application/json");
        return answer.body().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void connectionsTakeAKindAndALimit() throws IOException {
        get(Operations.CONNECTIONS.path() + "?kind=template&limit=17");
        assertThat(director.asked).hasValue("TEMPLATE 17");
        get(Operations.CONNECTIONS.path() + "?limit=100000&kind=Connection");
        assertThat(director.asked).hasValue("CONNECTION 100000");
    }

    @Test
    void aWrongKindOrLimitIsRefusedWithTheRule() throws IOException {
        assertRefused(get(Operations.CONNECTIONS.path() + "?kind=both"), 400, "template or connection");
        for (var limit : List.of("0", "-1", "100001", "999999", "1e3", "", "99999999999")) {
            assertRefused(get(Operations.CONNECTIONS.path() + "?limit=" + limit), 400, "1 to 100000");
        }
    }

    private static void assertRefused(Answer answer, int status, String says) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(says).contains("\"remedy\"");
    }

    @Test
    void aFailoverIsAskedForByPostAndARefusalIs409() throws IOException {
        assertThat(ask("POST", Operations.FAILOVER.path(), "{\"reason\":\"new kernel\"}")
                        .status())
                .isEqualTo(200);
        assertThat(director.asked).hasValue("new kernel");
        assertThat(ask("POST", Operations.FAILOVER.path(), "").status()).isEqualTo(200);

        director.isRefusing = true;
        var refused = ask("POST", Operations.FAILOVER.path(), "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("the standby is not equal");
    }

    // Mistakes of the caller

    @Test
    void anUnknownPathIs404WithAllThatThereAre() throws IOException {
        var answer = get("/v1/statsu");
        assertRefused(answer, 404, "/v1/statsu");
        Operations.ALL.forEach(operation -> assertThat(answer.body()).contains(operation.path()));
    }

    @Test
    void aWrongMethodIs405WithTheRightOne() throws IOException {
        assertRefused(ask("POST", Operations.STATUS.path(), "{}"), 405, "GET");
        assertRefused(get(Operations.FAILOVER.path()), 405, "POST");
        assertThat(director.asked).as("a GET moves no VIP").hasValue("");
    }

    @Test
    void bodiesThatAreNotTheRequestAre400() throws IOException {
        for (var body : List.of("{", "[]", "null", "{\"force\":true}", "{} {}")) {
            assertThat(ask("POST", Operations.FAILOVER.path(), body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(director.asked).hasValue("");
    }

    @Test
    void aBodyThatTakesManyReadsArrivesWhole() throws IOException {
        var body = "{\"file\":\"d1.yaml\",\"text\":\"" + "#".repeat(200_000) + "\"}";
        assertThat(ask("POST", Operations.IMPACT.path(), body).status()).isEqualTo(200);
        assertThat(director.asked).hasValue("d1.yaml 200000");
    }

    @Test
    void aBodyThatIsTooLargeIs413BeforeItIsSent() throws IOException {
        try (var client = new Client(socket)) {
            client.write("POST " + Operations.FAILOVER.path() + " HTTP/1.1\r\nHost: d1\r\nContent-Length: "
                    + (Bounds.REQUEST_BYTES_MAX + 1) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(413);
        }
        assertThat(director.asked).hasValue("");
    }

    @Test
    void aPathThatCannotBeDecodedIs400() throws IOException {
        assertRefused(get("/v1/%zz"), 400, "HTTP");
        assertRefused(get(Operations.CONNECTIONS.path() + "?kind=%e"), 400, "HTTP");
    }

    @Test
    void whatIsNotHttpIs400() throws IOException {
        try (var client = new Client(socket)) {
            client.write("show status\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(400);
        }
    }

    // Connections

    @Test
    void aConnectionTakesOneRequestAfterAnotherAndAnswersInOrder() throws IOException {
        director.isSlow = true;
        director.patienceMs = 100; // time enough for the second to overtake the first, if it could
        try (var client = new Client(socket)) {
            client.write(
                    request("POST", Operations.FAILOVER.path(), "{}") + request("GET", Operations.SERVICES.path(), ""));
            assertThat(client.read().body()).contains("moved");
            assertThat(client.read().body()).contains("connectionsMax");
        }
    }

    @Test
    void aClientThatWantsTheConnectionClosedGetsThat() throws IOException {
        try (var client = new Client(socket)) {
            client.write("GET " + Operations.SERVICES.path() + " HTTP/1.1\r\nHost: d1\r\nConnection: close\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aSlowFailoverKeepsNobodyElseWaiting() throws Exception {
        director.isSlow = true;
        try (var slow = new Client(socket)) {
            slow.write(request("POST", Operations.FAILOVER.path(), "{}"));
            assertThat(director.failoverBegun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(get(Operations.STATUS.path()).status()).isEqualTo(200);
            director.failoverMayEnd.countDown();
            assertThat(slow.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anOperationThatFailsIs500AndTheServerLivesOn() throws IOException {
        director.isFailing = true;
        assertRefused(get(Operations.STATUS.path()), 500, "IllegalStateException");
        director.isFailing = false;
        assertThat(get(Operations.STATUS.path()).status()).isEqualTo(200);
    }

    @Test
    void evenAFailedCheckIsAnswered() throws IOException {
        director.isBroken = true;
        assertRefused(get(Operations.STATUS.path()), 500, "a check that stays on failed");
    }

    // The socket file

    @Test
    void ownerAndGroupMayUseTheSocketAndNobodyElse() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void aGroupThatIsNotThereIsNamed() {
        var api = new Management.Api(Optional.of("nobody-has-it"), Access.ADMIN, Optional.empty(), Optional.empty());
        var options = new ApiServer.Options("d1", directory.resolve("other.sock"), api);
        assertThatThrownBy(() -> ApiServer.start(options, director.handlers(), AuditTrail.NONE))
                .hasMessageContaining("api.group 'nobody-has-it' is no group of this machine");
    }

    @Test
    void theSocketGoesWithTheServer() {
        var other = directory.resolve("other.sock");
        start(other).close();
        assertThat(other).doesNotExist();
    }

    @Test
    void aSocketThatAKilledProcessLeftIsReplaced() throws IOException {
        var stale = directory.resolve("deep/stale.sock");
        Files.createDirectories(stale.getParent());
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(stale).exists();

        try (var second = start(stale);
                var client = new Client(stale)) {
            assertThat(second).isNotNull();
            client.write(request("GET", Operations.STATUS.path(), ""));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aSocketThatADirectorAnswersOnIsRefusedWithTheRemedy() throws IOException {
        assertThatThrownBy(() -> start(socket))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(socket.toString())
                .hasMessageContaining("director.api-socket");
        assertThat(get(Operations.STATUS.path()).status())
                .as("the first one lives on")
                .isEqualTo(200);
    }

    @Test
    void aFileThatIsNoSocketIsNeverRemoved() throws IOException {
        var precious = Files.writeString(directory.resolve("precious"), "data");
        assertThatThrownBy(() -> start(precious))
                .hasMessageContaining("precious")
                .hasMessageContaining("director.api-socket");
        assertThat(precious).hasContent("data");
    }
}
