package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLayoutTest {
    private final LoggerContext context = new LoggerContext();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @CsvSource({"ERROR,3", "WARN,4", "INFO,6", "DEBUG,7"})
    void theJournalReceivesThePriorityAndNoTime(String level, int priority) {
        assertThat(line(true, level, null)).isEqualTo("<" + priority + ">[main] links faulty\n");
    }

    @Test
    void anyOtherReaderReceivesTheTimeAndTheLevel() {
        assertThat(line(false, "WARN", null)).matches("\\d{4}-\\d\\d-\\d\\dT\\S+ WARN  \\[main] links faulty\n");
    }

    @Test
    void eachLineOfAStackTraceHasThePriority() {
        assertThat(line(true, "ERROR", new IllegalStateException("a bug")).lines())
                .hasSizeGreaterThan(2)
                .allMatch(line -> line.startsWith("<3>"));
    }

    @Test
    void theJournalIsKnownByTheInodeOfTheStream() throws IOException {
        var stream = Files.createFile(directory.resolve("stream"));
        var other = Files.createFile(directory.resolve("other"));
        var id = Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino");
        assertThat(LogLayout.isJournal(id, stream)).isTrue();
        assertThat(LogLayout.isJournal(id, other)).isFalse();
        assertThat(LogLayout.isJournal(id, directory.resolve("missing"))).isFalse();
        assertThat(LogLayout.isJournal("nonsense", stream)).isFalse();
        assertThat(LogLayout.isJournal(null, stream)).isFalse();
    }

    private String line(boolean isForJournal, String level, @Nullable Throwable thrown) {
        var layout = new LogLayout(isForJournal);
        layout.setContext(context);
        layout.start();
        var event = new LoggingEvent(
                "", context.getLogger("holdfast.x"), Level.toLevel(level), "links faulty", thrown, null);
        event.setThreadName("main");
        return layout.doLayout(event);
    }
}
