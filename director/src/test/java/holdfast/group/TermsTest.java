package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(20)
class TermsTest {
    private static final String BOOT = "3f0cbb6e-54c9-4b34-9d3a-0f4c3e2b1a00";

    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger().addAppender(logged);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(logged);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("holdfast.group");
    }

    private List<String> logged(Level level) {
        return List.copyOf(logged.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Terms terms() {
        return Terms.of(TermStore.open(directory, "shop", BOOT));
    }

    private String onDisk() throws IOException {
        return Files.readString(directory.resolve("term-shop"));
    }

    @Test
    void eachPromotionHasATermOfItsOwnWithTheNextOneReserved() throws Exception {
        try (var terms = terms()) {
            assertThat(terms.take()).isEqualTo(1);
            assertThat(terms.take()).isEqualTo(2);
            assertThat(terms.current()).isEqualTo(2);
        }
        assertThat(onDisk()).isEqualTo("00003 free " + BOOT + "\n");
    }

    @Test
    void aTermThatWasSeenIsOutbidAndWrittenAhead() throws Exception {
        try (var terms = terms()) {
            terms.saw(10);
            terms.saw(4);
            assertThat(terms.current()).isEqualTo(10);
        }
        assertThat(onDisk()).startsWith("00011 free ");
        try (var again = terms()) {
            assertThat(again.takeAbove(0)).isEqualTo(11);
            assertThat(again.takeAbove(20)).isEqualTo(21);
        }
        assertThat(onDisk()).startsWith("00022 free ");
    }

    @Test
    void aDiskThatRefusesIsLoggedOnceAndAskedAgainUntilItTakesTheTerm() throws Exception {
        var disk = new Disk();
        disk.isFull = true;
        try (var terms = Terms.of(new TermStore(disk, 4, 4), later::add)) {
            next().run();
            var look = next();
            assertThat(terms.trouble())
                    .contains("the term cannot be written to /x/term-main: No space left on device; free space there");
            assertThat(terms.faults()).hasSize(1);
            disk.isFull = false;
            look.run();
            disk.reserved.take();
        }
        assertThat(logged(Level.ERROR))
                .singleElement()
                .asString()
                .contains("term not written", "No space left on device");
        assertThat(logged.list).allMatch(event -> event.getThrowableProxy() == null);
        assertThat(logged(Level.INFO)).containsExactly("term written again file=/x/term-main term=5");
    }

    /// The term that is reserved already hides it: the next promotion would find no disk only after that one.
    @Test
    void aDiskThatRefusesIsSeenAlsoWhileATermIsReserved() throws Exception {
        var disk = new Disk();
        try (var terms = Terms.of(new TermStore(disk, 4, 5), later::add)) {
            disk.isFull = true;
            next().run();
            var look = next();
            assertThat(terms.trouble()).isPresent();
            disk.isFull = false;
            look.run();
            next();
            assertThat(terms.trouble()).isEmpty();
        }
        assertThat(disk.reserved).isEmpty();
    }

    @Test
    void aPromotionOnARefusingDiskTakesATermAboveAllSeenAndSaysSo() throws Exception {
        var disk = new Disk();
        disk.isFull = true;
        try (var terms = Terms.of(new TermStore(disk, 4, 4), later::add)) {
            next().run();
            next();
            terms.saw(30);
            assertThat(terms.take()).isEqualTo(31);
            assertThat(terms.take()).isEqualTo(32);
        }
        assertThat(logged(Level.ERROR))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("term taken without a disk term=31 cause=\"the term cannot be written to"));
    }

    @Test
    void aTermThatIsNotedOnAFullDiskSurvivesARestartAndThatIsSaid() throws Exception {
        var disk = new Disk();
        disk.isFull = true;
        disk.isNotable = true;
        try (var terms = Terms.of(new TermStore(disk, 4, 4), later::add)) {
            await().until(() -> terms.trouble().isPresent());
            assertThat(terms.take()).isEqualTo(5);
        }
        assertThat(disk.used).containsExactly(5);
        assertThat(logged(Level.ERROR))
                .anySatisfy(line -> assertThat(line).startsWith("term taken without a disk term=5 "));
    }

    @Test
    void aPromotionDoesNotWaitForADiskThatHangs() throws Exception {
        var disk = new Disk();
        var hangs = new CountDownLatch(1);
        disk.hangs = hangs;
        var terms = Terms.of(new TermStore(disk, 4, 4), later::add);
        assertThat(terms.take()).isEqualTo(5); // with the disk in a write that does not end
        terms.saw(9);
        assertThat(terms.take()).isEqualTo(10);
        assertThat(logged(Level.ERROR)).allSatisfy(line -> assertThat(line).contains("cause=\"the disk is slow\""));
        hangs.countDown();
        terms.close();
        assertThat(disk.reserved).contains(11);
    }

    @Test
    void afterTheEndNothingThrows() {
        var terms = terms();
        terms.close();
        terms.saw(7);
        assertThat(terms.take()).isEqualTo(8);
    }

    private Runnable next() throws InterruptedException {
        var task = later.poll(10, TimeUnit.SECONDS);
        assertThat(task).as("something to be tried again").isNotNull();
        return task;
    }

    private static final class Disk implements TermDisk {
        final BlockingQueue<Integer> reserved = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> used = new LinkedBlockingQueue<>();
        volatile boolean isFull;
        volatile boolean isNotable;
        volatile CountDownLatch hangs = new CountDownLatch(0);

        @Override
        public void reserve(int term) throws IOException {
            answer(isFull);
            reserved.add(term);
        }

        @Override
        public void use(int term) throws IOException {
            answer(isFull && !isNotable);
            used.add(term);
        }

        @Override
        public void probe() throws IOException {
            answer(isFull);
        }

        private void answer(boolean refuses) throws IOException {
            try {
                hangs.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (refuses) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public String toString() {
            return "/x/term-main";
        }
    }
}
