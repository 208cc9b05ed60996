package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Holdfast and its host's kernel: the kernel has no VIP, but it has the neighbours.
final class KernelViewChaosIT extends PairUnderTest {
    /// Up to 2 s until the old MAC is asked, 3 s without an answer, 1 s to ask everybody, and the load of two
    /// processors.
    private static final Duration FOLLOWED_MAX = Duration.ofSeconds(9);

    private static final String RS1 = "10.0.0.11";
    private static final String RS1_MAC = "02:00:00:00:02:11";
    private static final String NEW_MAC = "02:00:00:00:02:91";

    @Test
    void kernelOfADirectorNeverHasAVip() {
        var active = active();
        guard().check();
        failover(active);
        guard().check();
    }

    /// As a health checker of its own does, on the active and on the standby.
    @Test
    void aDirectorItselfReachesARealServerBehindNat() {
        for (var director : List.of(lab.d1(), lab.d2())) {
            var answer = lab.run(
                    "ip",
                    "netns",
                    "exec",
                    director.name(),
                    "timeout",
                    "5",
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + RS1 + "/8080 && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && head -n 1 <&3");
            assertThat(answer).startsWith("HTTP/1.");
        }
    }

    /// A RST of a real server passes, which also shows that the guard sees RSTs.
    @Test
    void aResetOfARealServerPasses() throws IOException {
        for (var vip : List.of("192.0.2.10", "192.0.2.11")) {
            try (var socket = new Socket()) {
                assertThat(catchThrowable(() -> socket.connect(new InetSocketAddress(vip, 5201), 3000)))
                        .as("connecting to a port where no real server listens")
                        .isInstanceOf(ConnectException.class);
            }
        }
        assertThat(guard().sendersOfResets()).contains("02:00:00:00:02:1").contains("02:00:00:00:01:0");
        guard().check();
    }

    /// A real server's card is replaced and it does not announce that.
    @Test
    void newMacOfARealServerIsFollowedByBoth() throws IOException, InterruptedException {
        var active = active();
        var standby = lab.other(active);
        afterwards(() -> {
            setMac(RS1_MAC);
            awaitFollowed(lab.d1(), RS1_MAC);
            awaitFollowed(lab.d2(), RS1_MAC);
        });
        var traffic = Traffic.start();
        setMac(NEW_MAC);
        long changedAt = System.nanoTime();
        awaitFollowed(active, NEW_MAC);
        double followedByActive = (System.nanoTime() - changedAt) / 1e9;
        awaitFollowed(standby, NEW_MAC);
        double followedByStandby = (System.nanoTime() - changedAt) / 1e9;
        traffic.awaitMoreAnswers(500);
        var seen = traffic.stop();
        report("the new MAC was known to %s after %.1f s, to %s after %.1f s; %s"
                .formatted(active, followedByActive, standby, followedByStandby, seen));
        seen.assertIntact();

        failover(active);
        var after = Traffic.start();
        after.awaitMoreAnswers(500);
        var served = after.stop();
        report("by %s: %s".formatted(standby, served));
        served.assertHitless();
    }

    private void setMac(String mac) {
        lab.run("ip", "-n", "rs1", "link", "set", "back", "address", mac);
    }

    private void awaitFollowed(Director director, String mac) {
        Lab.await(
                director + " knows " + RS1 + " at " + mac,
                FOLLOWED_MAX,
                () -> lab.run("ip", "-n", director.name(), "neigh", "show", RS1, "dev", "back")
                        .contains(mac));
    }
}
