package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Lab;
import holdfast.lab.server.SeededStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The demo's assumptions about the real servers, checked directly, without a director.
final class RealServerChaosIT {
    private static final InetSocketAddress RS1 = new InetSocketAddress("192.0.2.21", 80);
    private static final InetSocketAddress RS2 = new InetSocketAddress("192.0.2.22", 80);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @BeforeAll
    static void startRealServers() {
        Lab.around().startRealServers();
    }

    @Test
    void cartIsOnlyWhereItsSessionBegan() throws IOException {
        String session;
        try (var login = request(RS1, "POST /login?user=a", "")) {
            session = login.session();
        }
        try (var put = request(RS1, "POST /cart?item=x", session)) {
            assertThat(put.status()).isEqualTo(200);
        }
        try (var read = request(RS1, "GET /cart", session)) {
            assertThat(read.text()).isEqualTo("{\"server\":\"rs1\",\"items\":[\"x\"]}\n");
        }
        try (var elsewhere = request(RS2, "GET /cart", session)) {
            assertThat(elsewhere.status()).isEqualTo(404);
        }
    }

    @Test
    void downloadIsWhatItsSeedSaysAtItsRate() throws IOException {
        long beginAt = System.nanoTime();
        try (var download = request(RS1, "GET /download?bytes=1000001&rate=2000000&seed=5", "")) {
            var digest = SeededStream.newSha256().digest(download.body().readAllBytes());
            assertThat(HexFormat.of().formatHex(digest)).isEqualTo(SeededStream.sha256(5, 1_000_001));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - beginAt)).isGreaterThan(Duration.ofMillis(400));
    }

    private static Http request(InetSocketAddress server, String request, String session) throws IOException {
        return new Http(Target.NAT.client(9), server, request, session, PATIENCE);
    }
}
