package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import holdfast.admin.Event;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
    private final LoggerContext context = new LoggerContext();

    @TempDir
    Path directory;

    @AfterEach
    void stop() {
        context.stop();
    }

    private Events listening(List<Event> before, EventFile file) {
        var events = new Events(before, 3, file);
        events.listen(context);
        context.getLogger("ROOT").setLevel(Level.DEBUG);
        return events;
    }

    private void log(String line) {
        context.getLogger("holdfast.group.RoleChange").info(line);
    }

    @Test
    void aLineOfTheLogIsAnEventWithItsFields() {
        var events = listening(List.of(), new EventFile(directory));
        log("role changed to=active term=7 cause=\"two words\"");
        var event = events.list(EventsRequest.ALL).events().getFirst();
        assertThat(event.what()).isEqualTo("role changed");
        assertThat(event.number()).isEqualTo(1);
        assertThat(event.fields()).isEqualTo(Map.of("to", "active", "term", "7", "cause", "two words"));
    }

    @Test
    void linesOfLibrariesAndBelowInfoAreNone() {
        var events = listening(List.of(), new EventFile(directory));
        context.getLogger("org.jgroups.x").error("raw");
        context.getLogger("holdfast.x").debug("detail");
        assertThat(events.list(EventsRequest.ALL).events()).isEmpty();
        assertThat(events.list(EventsRequest.ALL).newest()).isZero();
    }

    @Test
    void onlyTheNewestAreKeptAndAReaderGoesOnFromANumber() {
        var events = listening(List.of(), new EventFile(directory));
        for (int i = 1; i <= 5; i++) {
            log("line number=" + i);
        }
        assertThat(numbers(events, EventsRequest.ALL)).containsExactly(3L, 4L, 5L);
        assertThat(numbers(events, new EventsRequest(4L, null, 10))).containsExactly(5L);
        assertThat(numbers(events, new EventsRequest(5L, null, 10))).isEmpty();
        assertThat(numbers(events, new EventsRequest(null, null, 2))).containsExactly(4L, 5L);
        assertThat(numbers(events, new EventsRequest(null, Instant.MAX, 2))).isEmpty();
        assertThat(numbers(events, new EventsRequest(null, Instant.EPOCH, 2))).containsExactly(4L, 5L);
        assertThat(events.list(new EventsRequest(5L, null, 10)).newest()).isEqualTo(5);
    }

    private static List<Long> numbers(Events events, EventsRequest request) {
        return events.list(request).events().stream().map(Event::number).toList();
    }

    @Test
    void anotherRunGoesOnWhereTheFirstOneEnded() {
        try (var file = new EventFile(directory)) {
            file.start();
            var _ = listening(file.read(), file);
            log("director starting name=d1");
            log("director stopped name=d1");
        }
        var next = new EventFile(directory);
        var events = listening(next.read(), next);
        log("director starting name=d1");
        assertThat(events.list(EventsRequest.ALL).events())
                .extracting(event -> event.number() + " " + event.text())
                .containsExactly(
                        "1 director starting name=d1", "2 director stopped name=d1", "3 director starting name=d1");
    }

    @Test
    void numbersGoOnFromTheHighestOne() {
        var before = List.of(
                Event.of(9, "2026-11-30T16:00:00Z", LogLevel.INFO, "director started"),
                Event.of(4, "2026-11-30T16:00:01Z", LogLevel.ERROR, "director failed"));
        var events = listening(before, new EventFile(directory));
        log("role changed to=active");
        assertThat(events.list(EventsRequest.ALL).newest()).isEqualTo(10);
    }

    @Test
    void theFileHasABoundAndDamagedLinesAreLeftOut() throws IOException {
        Files.writeString(directory.resolve("events"), "x".repeat(EventFile.BYTES_MAX) + "\n7 cut\n");
        try (var file = new EventFile(directory)) {
            file.start();
            assertThat(file.read()).isEmpty();
            file.accept(Event.of(8, "2026-11-30T16:00:00Z", LogLevel.WARN, "links faulty faults=x"));
        }
        assertThat(Files.size(directory.resolve("events.old"))).isGreaterThan(EventFile.BYTES_MAX);
        assertThat(Files.readString(directory.resolve("events")))
                .isEqualTo("8 2026-11-30T16:00:00Z WARN links faulty faults=x\n");
        assertThat(new EventFile(directory).read()).extracting(Event::number).containsExactly(8L);
    }

    @Test
    void aDiskThatFailsCostsTheFileAndNothingElse() throws IOException {
        try (var file = new EventFile(Files.createFile(directory.resolve("no-directory")))) {
            file.start();
            var events = listening(file.read(), file);
            log("role changed to=active");
            assertThat(events.list(EventsRequest.ALL).newest()).isPositive();
        }
    }
}
