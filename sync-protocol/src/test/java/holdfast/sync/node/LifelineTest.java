package holdfast.sync.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LifelineTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final AtomicInteger deaths = new AtomicInteger();
    private Lifeline lifeline = Lifeline.open(HERE);
    private ServerSocket peer = listen();

    @BeforeEach
    void watch() {
        lifeline.watch("d2", new InetSocketAddress(HERE, peer.getLocalPort()), deaths::incrementAndGet);
    }

    @AfterEach
    void close() throws IOException {
        lifeline.close();
        peer.close();
    }

    @Test
    void anEndedProcessIsReportedOnce() throws IOException {
        Socket held = peer.accept();
        peer.close();
        held.close();
        await().untilAsserted(() -> assertThat(deaths).hasValue(1));
        await().during(Duration.ofMillis(300)).until(() -> deaths.get() == 1);
    }

    @Test
    void aConnectionThatOnlyBrokeIsMadeAnew() throws IOException {
        peer.accept().close();
        Socket refusedNothing = peer.accept(); // the question whether the host refuses
        Socket again = peer.accept();
        assertThat(deaths).hasValue(0);
        refusedNothing.close();
        again.close();
    }

    @Test
    void whatAHolderSaysIsNoNews() throws IOException {
        Socket held = peer.accept();
        held.getOutputStream().write(new byte[100_000]);
        await().during(Duration.ofMillis(200)).until(() -> deaths.get() == 0);
        held.close();
    }

    @Test
    void aRestartedMemberIsWatchedInPlaceOfTheOldOne() throws IOException {
        Socket old = peer.accept();
        ServerSocket restarted = listen();
        lifeline.watch("d2", new InetSocketAddress(HERE, restarted.getLocalPort()), () -> deaths.addAndGet(100));
        Socket held = restarted.accept();
        restarted.close();
        held.close();
        await().untilAsserted(() -> assertThat(deaths).hasValue(100));
        old.close();
    }

    @Test
    void theEndOfTheOldOneIsNoNewsOnceTheNewOneIsWatched() throws IOException {
        Socket old = peer.accept();
        ServerSocket restarted = listen();
        lifeline.watch("d2", new InetSocketAddress(HERE, restarted.getLocalPort()), () -> deaths.addAndGet(100));
        Socket held = restarted.accept();
        peer.close();
        old.close();
        await().during(Duration.ofMillis(300)).until(() -> deaths.get() == 0);
        held.close();
        restarted.close();
    }

    @Test
    void aPlaceWhereNobodyListensAnyMoreIsADeath() throws IOException {
        var gone = listen();
        gone.close();
        lifeline.watch("d3", new InetSocketAddress(HERE, gone.getLocalPort()), () -> deaths.addAndGet(10));
        await().untilAsserted(() -> assertThat(deaths).hasValue(10));
    }

    @Test
    void oneLifelineHoldsAnother() {
        try (var other = Lifeline.open(HERE)) {
            lifeline.watch("d4", new InetSocketAddress(HERE, other.port()), () -> deaths.addAndGet(7));
            await().during(Duration.ofMillis(200)).until(() -> deaths.get() == 0);
        }
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 8, HERE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
