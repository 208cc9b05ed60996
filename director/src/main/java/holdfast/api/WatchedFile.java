package holdfast.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What some files say, read again when one of them changes; looked at once a second at most. While they cannot be
/// read, the last good content stays. Any thread.
///
/// @param <T>  what is made of the files
final class WatchedFile<T> {
    private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);
    private static final long LOOK_INTERVAL = 1_000_000_000;

    private final List<Path> files;
    private final Function<List<Path>, T> read;
    private final LongSupplier clock;
    private @Nullable T content;
    private @Nullable List<Stamp> seen;
    private @Nullable String trouble;
    private long nextLookAt;

    /// What tells one state of a file from another.
    private record Stamp(
            long modifiedMs, long bytes, @Nullable Object inode) {}

    /// @param read   throws an exception that names the rule
    /// @param clock  monotonic ns
    WatchedFile(List<Path> files, Function<List<Path>, T> read, LongSupplier clock) {
        this.files = List.copyOf(files);
        this.read = read;
        this.clock = clock;
        nextLookAt = clock.getAsLong();
    }

    /// Null before the first good content.
    synchronized @Nullable T content() {
        long now = clock.getAsLong();
        if (now - nextLookAt >= 0) {
            nextLookAt = now + LOOK_INTERVAL;
            look();
        }
        return content;
    }

    /// Why the content is not that of the files now; null if it is.
    synchronized @Nullable String trouble() {
        var _ = content();
        return trouble;
    }

    private void look() {
        try {
            var now = files.stream().map(WatchedFile::stamp).toList();
            if (!now.equals(seen)) {
                content = read.apply(files);
                seen = now; // only now: files that could not be read are tried again, changed or not
                log.info("api files read files={}", files);
            }
            trouble = null;
        } catch (RuntimeException e) { // whatever is in the files, the last good content counts
            var sentence = files + " cannot be used: " + e.getMessage();
            if (!sentence.equals(trouble)) {
                trouble = sentence;
                log.warn("api files not read files={} cause=\"{}\"", files, e.getMessage());
            }
        }
    }

    private static Stamp stamp(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
