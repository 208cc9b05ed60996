package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real Prometheus scrapes the pair while directors die, freeze and come back; and readers of metrics who hang,
/// crowd or find nobody change nothing for anybody else.
final class MetricsChaosIT extends PairUnderTest {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final Path DATA = HOME.resolve("build/prometheus");
    private static final int SECONDS_OF_PEACE = 15;
    private static final int IDLE = 1000;
    private static final int HANGING = 40;
    private static final String ACTIVE = "holdfast_role{director=\"%s\",role=\"active\"}";

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void serveMetrics() {
        restart(director -> yaml -> yaml + "metrics:\n  listen: " + address(director) + "\n");
    }

    private interface Change {
        UnaryOperator<String> of(Director director);
    }

    private void restart(Change change) {
        for (var director : List.of(lab.d1(), lab.d2())) {
            var repair = lab.faults().configure(director, change.of(director));
            afterwards(() -> {
                repair.run();
                if (director.isRunning()) {
                    director.stop();
                }
            });
            director.stop();
        }
        lab.d1().start();
        lab.d2().start();
        lab.awaitEqualPair();
        awaitSafe();
    }

    private void awaitSafe() {
        Lab.await(
                "a failover is safe",
                REJOIN_MAX,
                () -> active().status().failover().safe() == Safe.YES);
    }

    private static String address(Director director) {
        return Network.FRONT.address(director) + ":" + Prometheus.PORT;
    }

    @Test
    void prometheusSeesTheTruthOfACrashAFreezeAndAFailover() throws IOException, InterruptedException {
        try (var prometheus = Prometheus.start(List.of(address(lab.d1()), address(lab.d2())), DATA)) {
            var first = active();
            var second = lab.other(first);
            var traffic = Traffic.start();
            pairIsWhole(prometheus, first);
            peace(prometheus);

            int term = term(first);
            first.kill();
            awaitTakeover(second);
            prometheus.await("up{instance=\"%s\"}".formatted(address(first)), 0);
            prometheus.await(ACTIVE.formatted(second), 1);
            prometheus.awaitNone(ACTIVE.formatted(first));
            prometheus.await("holdfast_term{director=\"%s\"}".formatted(second), term(second));
            assertThat(term(second)).isGreaterThan(term);
            prometheus.await("holdfast_peer_state{director=\"%s\",state=\"gone\"}".formatted(second), 1);
            prometheus.await("holdfast_sync_lag_known{director=\"%s\"}".formatted(second), 0);
            prometheus.awaitNone("holdfast_sync_lag_p99_seconds{director=\"%s\"}".formatted(second));
            prometheus.awaitNone("holdfast_failover_at_risk_templates{director=\"%s\"}".formatted(second));
            Stream.of("HoldfastDirectorDown", "HoldfastPeerGone", "HoldfastNoSafeStandby")
                    .forEach(prometheus::awaitAlert);
            peace(prometheus);

            first.start();
            lab.awaitEqualPair();
            pairIsWhole(prometheus, second);
            Stream.of("HoldfastDirectorDown", "HoldfastPeerGone", "HoldfastNoSafeStandby")
                    .forEach(prometheus::awaitNoAlert);
            peace(prometheus);

            afterwards(first::thaw);
            first.freeze();
            prometheus.await("up{instance=\"%s\"}".formatted(address(first)), 0);
            prometheus.await("holdfast_sync_ack_age_seconds{director=\"%s\"} > bool 3".formatted(second), 1);
            prometheus.await("holdfast_failover_safe{director=\"%s\",verdict=\"yes\"}".formatted(second), 0);
            prometheus.awaitAlert("HoldfastNoSafeStandby");
            prometheus.await(ACTIVE.formatted(second), 1);
            first.thaw();
            awaitEqualStandbyOf(second);
            pairIsWhole(prometheus, second);
            prometheus.awaitNoAlert("HoldfastNoSafeStandby");
            peace(prometheus);

            failover(second);
            pairIsWhole(prometheus, first);
            peace(prometheus);
            var seen = traffic.stop();
            report(seen.toString());
            seen.assertIntact();
            for (var never : List.of("HoldfastNobodyActive", "HoldfastTwoActives", "HoldfastDatapathSilent")) {
                assertThat(prometheus.hasFired(never)).as(never + " has fired").isFalse();
            }
            assertThat(prometheus.value("count(last_over_time(up[5m]))")).hasValue(2);
            pageIsRight(prometheus, first);
        }
    }

    private static int term(Director director) {
        return Objects.requireNonNull(director.status().term());
    }

    /// What Prometheus has says the same as the director itself.
    private static void pairIsWhole(Prometheus prometheus, Director active) {
        prometheus.await("sum(holdfast_role{role=\"active\"})", 1);
        prometheus.await(ACTIVE.formatted(active), 1);
        prometheus.await("sum(up)", 2);
        prometheus.await("holdfast_peer_state{director=\"%s\",state=\"equal\"}".formatted(active), 1);
        prometheus.await("holdfast_failover_safe{director=\"%s\",verdict=\"yes\"}".formatted(active), 1);
        prometheus.await("holdfast_sync_lag_known{director=\"%s\"}".formatted(active), 1);
        prometheus.await("holdfast_sync_lag_p99_seconds{director=\"%s\"} > bool 0".formatted(active), 1);
        prometheus.await("holdfast_term{director=\"%s\"}".formatted(active), term(active));
        prometheus.await(
                "holdfast_thread_cpu_seconds_total{director=\"%s\",thread=\"datapath-0\"} > bool 0".formatted(active),
                1);
    }

    /// Some more seconds of what is now, for whoever looks at the plots.
    private static void peace(Prometheus prometheus) {
        double from = prometheus.value("vector(time())").orElseThrow();
        Lab.await(
                "some seconds have gone by",
                Duration.ofSeconds(60),
                () -> prometheus.value("vector(time())").orElseThrow() > from + SECONDS_OF_PEACE);
    }

    /// `promtool` finds nothing to say about the page of a real director.
    private void pageIsRight(Prometheus prometheus, Director director) throws IOException, InterruptedException {
        var process = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var out = process.getOutputStream()) {
            out.write(prometheus.page(address(director)).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    /// Idle ones, ones that ask and never read, and a loop of ones that do: not one request of a client fails, a
    /// planned failover moves, and the command line answers.
    @Test
    void aCrowdOfReadersChangesNothing() throws IOException, InterruptedException {
        var active = active();
        var traffic = Traffic.start();
        var crowd = Thread.ofVirtual().start(() -> crowd(active));
        traffic.awaitMoreAnswers(3000);
        long begun = System.nanoTime();
        assertThat(lab.holdfast(active, "status").exit()).isZero();
        report("status took %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)));
        assertThat(lab.hasEqualStandby(active)).isTrue();
        assertThat(active.status().failover().safe()).isEqualTo(Safe.YES);
        failover(active);
        traffic.awaitMoreAnswers(1000);
        crowd.interrupt();
        crowd.join();
        var seen = traffic.stop();
        report("with %d connections: %s".formatted(sockets.size(), seen));
        assertThat(sockets).hasSizeGreaterThan(IDLE);
        for (var socket : sockets) {
            socket.close();
        }
        seen.assertHitless();
    }

    private void crowd(Director director) {
        int closed = 0; // to make room for another one
        for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
            try {
                var socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(
                        new InetSocketAddress(Network.FRONT.address(director).toString(), Prometheus.PORT), 2000);
                sockets.add(socket);
                if (i < HANGING || i > IDLE) {
                    socket.getOutputStream()
                            .write("GET /metrics HTTP/1.1\r\nHost: d\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                if (i > IDLE) {
                    socket.getInputStream().readAllBytes();
                }
            } catch (IOException e) {
                closed++;
            }
        }
        report("%d readers asked in vain".formatted(closed));
    }

    @Test
    void aDirectorThatCannotListenForReadersServesAllTheSame() throws IOException, InterruptedException {
        restart(_ -> yaml -> yaml.replaceFirst("(metrics:\n  listen:) \\S+", "$1 203.0.113.77:9640"));
        var active = active();
        for (var director : List.of(lab.d1(), lab.d2())) {
            Lab.await(
                    director + " shows the fault",
                    TAKEOVER_MAX,
                    () -> director.status().faults().stream()
                            .anyMatch(fault -> fault.startsWith("metrics: cannot listen on 203.0.113.77:9640")));
        }
        assertThat(active.status().failover().safe()).isEqualTo(Safe.YES);
        var traffic = Traffic.start();
        failover(active);
        traffic.awaitMoreAnswers(500);
        traffic.stop().assertHitless();
    }
}
