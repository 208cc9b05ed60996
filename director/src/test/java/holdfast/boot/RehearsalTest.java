package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
@Tag("slow")
class RehearsalTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final AtomicInteger ends = new AtomicInteger();

    @BeforeEach
    void listen() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        root.detachAppender(log);
    }

    @Test
    void itIsAnObstacleUntilItEnds() throws InterruptedException {
        var goOn = new CountDownLatch(1);
        try (var rehearsal = Rehearsal.start(() -> awaits(goOn), ends::incrementAndGet)) {
            await().until(() -> rehearsal.rounds() == Warmth.ROUNDS);
            assertThat(rehearsal.obstacle())
                    .hasValueSatisfying(
                            why -> assertThat(why).matches("it is warming up for [0-9]+ s; that ends by itself"));
            assertThat(ends).hasValue(0);
            goOn.countDown();
            rehearsal.join();
            assertThat(rehearsal.obstacle()).isEmpty();
            assertThat(ends).hasValue(1);
            assertThat(rehearsal.rounds()).isBetween(2 * Warmth.ROUNDS, Warmth.LAPS_MAX * Warmth.ROUNDS);
        }
    }

    @Test
    void nothingThatThrowAwayDirectorsSayIsLogged() throws InterruptedException {
        Rehearsal.start(() -> {}, ends::incrementAndGet).join();
        assertThat(log.list).map(ILoggingEvent::getMessage).containsExactly("director warm rounds={} took-ms={}");
    }

    @Test
    void itOpensNoSocketAndLeavesNothingOpen() throws InterruptedException, IOException {
        Rehearsal.start(() -> {}, ends::incrementAndGet).join(); // what the JVM itself opens once and keeps
        var before = open();
        var during = new ConcurrentLinkedQueue<String>();
        Rehearsal.start(() -> during.addAll(sockets(open())), ends::incrementAndGet)
                .join();
        assertThat(sockets(before)).containsAll(during);
        assertThat(open()).hasSameSizeAs(before);
    }

    @Test
    void aFailureLeavesADirectorThatIsColdButReady() throws InterruptedException {
        var rehearsal = Rehearsal.start(
                () -> {
                    throw new IllegalStateException("planted");
                },
                ends::incrementAndGet);
        rehearsal.join();
        assertThat(rehearsal.obstacle()).isEmpty();
        assertThat(ends).hasValue(1);
        assertThat(log.list)
                .map(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "rehearsal failed action=go-on-cold cause=\"java.lang.IllegalStateException: planted\"");
    }

    @Test
    void aDirectorThatStopsDoesNotWaitForItsEnd() throws InterruptedException {
        var lap = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var rehearsal = Rehearsal.start(
                () -> {
                    lap.countDown();
                    awaits(goOn);
                },
                ends::incrementAndGet)) {
            lap.await();
            rehearsal.stop();
            goOn.countDown();
            rehearsal.join();
            assertThat(rehearsal.rounds()).isEqualTo(Warmth.ROUNDS);
            assertThat(rehearsal.obstacle()).isPresent();
            assertThat(ends).hasValue(0);
        }
    }

    private static void awaits(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> sockets(List<String> open) {
        return open.stream().filter(target -> target.startsWith("socket:")).toList();
    }

    private static List<String> open() {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.map(RehearsalTest::target).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }
}
