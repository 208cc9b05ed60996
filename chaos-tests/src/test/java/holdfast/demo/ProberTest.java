package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calibrates the prober with an echo service whose outage the test knows.
final class ProberTest {
    private static final long MINUTE = 60_000_000_000L;

    private final DatagramChannel service;

    ProberTest() throws IOException {
        service = DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, Prober.BUFFER_BYTES)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void closeService() throws IOException {
        service.close();
    }

    @Test
    void seesNoBlackoutWhereThereIsNone() throws IOException, InterruptedException {
        serve(0, 0, 1);
        var prober = start();
        awaitAnswers(prober, 300);
        var outage = prober.stop();
        assertThat(outage.lost()).isZero();
        assertThat(outage.blackout()).isZero();
    }

    @Test
    void measuresAKnownGapToTheProbe() throws IOException, InterruptedException {
        serve(200, 350, 1);
        var prober = start();
        awaitAnswers(prober, 500);
        var outage = prober.stop();
        assertThat(outage.lost()).isEqualTo(150);
        assertThat(outage.blackout()).isEqualTo(prober.sentAt(349) - prober.sentAt(200) + Prober.PERIOD);
        assertThat(outage.from()).isEqualTo(prober.sentAt(200) - prober.sentAt(0));
        assertThat(prober.lostBefore(prober.sentAt(200))).isZero();
        assertThat(prober.lostBefore(prober.sentAt(300))).isEqualTo(100);
    }

    @Test
    void knowsByHowMuchItWasLate() throws IOException, InterruptedException {
        serve(0, 0, 1);
        var prober = start();
        awaitAnswers(prober, 100);
        prober.stop();
        long firstAt = prober.sentAt(0);
        long lateness = prober.lateness(firstAt - MINUTE, prober.sentAt(99));
        for (int probe = 0; probe < 100; probe++) {
            assertThat(lateness)
                    .as("late at probe %d", probe)
                    .isGreaterThanOrEqualTo(prober.sentAt(probe) - firstAt - probe * Prober.PERIOD);
        }
        assertThat(prober.lateness(firstAt - 2 * MINUTE, firstAt - MINUTE))
                .as("before it began")
                .isZero();
    }

    @Test
    void countsRepeatedAnswersApart() throws IOException, InterruptedException {
        serve(0, 0, 2);
        var prober = start();
        awaitAnswers(prober, 100);
        var outage = prober.stop();
        assertThat(outage.lost()).isZero();
        assertThat(prober.repeated()).isGreaterThanOrEqualTo(99);
    }

    private Prober start() throws IOException {
        return Prober.start(InetAddress.getLoopbackAddress(), (InetSocketAddress) service.getLocalAddress());
    }

    private static void awaitAnswers(Prober prober, int answers) throws InterruptedException {
        while (prober.answered() < answers) {
            Thread.sleep(1);
        }
    }

    /// Echoes, but for the probes of these numbers.
    private void serve(int lostFrom, int lostTo, int copies) {
        Thread.ofPlatform().daemon().start(() -> {
            var probe = ByteBuffer.allocate(64);
            try {
                while (true) {
                    var client = service.receive(probe.clear());
                    long number = probe.flip().getLong(0);
                    for (int copy = 0; copy < copies && (number < lostFrom || number >= lostTo); copy++) {
                        service.send(probe.rewind(), client);
                    }
                }
            } catch (AsynchronousCloseException e) {
                return; // the test is over
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
