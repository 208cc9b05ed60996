package holdfast.boot;

import holdfast.admin.Event;
import holdfast.admin.LogLevel;
import holdfast.linux.DiskFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The events on the disk, a line each, for the director's next run: the file `events`, and `events.old` before it.
///
/// The thread `events` writes, so that nothing waits for the disk, and it forces nothing to the disk: after a power
/// failure the last lines may be missing.
final class EventFile implements Consumer<Event>, AutoCloseable {
    static final int BYTES_MAX = 256 * 1024;

    private static final Logger log = LoggerFactory.getLogger(EventFile.class);
    private static final int QUEUE_MAX = 1000;
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) (\\S+) (ERROR|WARN|INFO) (.*)");

    private final Path file;
    private final Path old;
    private final ArrayBlockingQueue<Optional<Event>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread thread = Thread.ofPlatform().name("events").daemon().unstarted(this::run);
    private boolean isFailing; // owned by the thread

    EventFile(Path stateDir) {
        file = stateDir.resolve("events");
        old = stateDir.resolve("events.old");
    }

    void start() {
        thread.start();
    }

    /// The events of earlier runs, the oldest first. What cannot be read is left out.
    List<Event> read() {
        return Stream.of(old, file)
                .filter(Files::exists)
                .flatMap(EventFile::read)
                .toList();
    }

    private static Stream<Event> read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .map(line -> Event.of(
                            Long.parseLong(line.group(1)),
                            line.group(2),
                            LogLevel.valueOf(line.group(3)),
                            line.group(4)));
        } catch (IOException e) {
            log.warn(
                    "events not read file={} cause=\"{}\"",
                    file,
                    DiskFault.of(e).cause());
            return Stream.empty();
        }
    }

    @Override
    public void accept(Event event) {
        boolean _ = queue.offer(Optional.of(event)); // a disk that hangs costs events on the disk, and nothing else
    }

    private void run() {
        try {
            for (var next = queue.take(); next.isPresent(); next = queue.take()) {
                write(next.get());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Event event) {
        try {
            if (Files.exists(file) && Files.size(file) >= BYTES_MAX) {
                Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(
                    file,
                    "%d %s %s %s\n".formatted(event.number(), event.at(), event.level(), event.text()),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            isFailing = false;
        } catch (IOException e) {
            if (!isFailing) {
                isFailing = true;
                log.warn(
                        "events not kept file={} cause=\"{}\"",
                        file,
                        DiskFault.of(e).cause());
            }
        }
    }

    /// Writes what waits, for a second at most.
    @Override
    public void close() {
        try {
            boolean _ = queue.offer(Optional.empty(), 1, TimeUnit.SECONDS);
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
