package holdfast.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that goes, comes back, cannot be read for a while, or is wrong; in virtual time.
class WatchedFileTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong();
    private Path file = Path.of("unset");
    private boolean isBroken;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("users"), "first");
    }

    private WatchedFile<String> watched() {
        return new WatchedFile<>(List.of(file), this::read, now::get);
    }

    private String read(List<Path> files) {
        if (isBroken) {
            throw new IllegalStateException("no descriptors left");
        }
        try {
            return new String(Files.readAllBytes(files.getFirst()), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatComesBackAsItWasIsNoTroubleAnyMore() throws IOException {
        var watched = watched();
        assertThat(watched.content()).isEqualTo("first");
        var away = Files.move(file, directory.resolve("away"));
        now.addAndGet(SECOND);
        assertThat(watched.trouble()).contains("users");
        assertThat(watched.content()).as("the last good one").isEqualTo("first");
        Files.move(away, file);
        now.addAndGet(SECOND);
        assertThat(watched.trouble()).isNull();
    }

    @Test
    void whatCouldNotBeReadIsTriedAgainThoughTheFileDidNotChange() throws IOException {
        var watched = watched();
        assertThat(watched.content()).isEqualTo("first");
        Files.writeString(file, "second");
        isBroken = true;
        now.addAndGet(SECOND);
        assertThat(watched.trouble()).contains("no descriptors left");
        assertThat(watched.content()).isEqualTo("first");
        isBroken = false;
        now.addAndGet(SECOND);
        assertThat(watched.content()).isEqualTo("second");
        assertThat(watched.trouble()).isNull();
    }
}
