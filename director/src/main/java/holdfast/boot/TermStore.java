package holdfast.boot;

import holdfast.sync.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/// The terms of a VIP group: each promotion takes the next one, and none is ever used that a crash could make us use
/// again.
///
/// The file holds the highest term that may have been used. It is written ahead, when a term is *seen*, so that a
/// promotion finds its term on disk already and does not wait for a disk while clients wait for it.
final class TermStore {
    private static final int TERM_MAX = Version.TERM_MAX;

    private final Path file;
    private final AtomicInteger current;
    private volatile int onDisk;

    private TermStore(Path file, int current) {
        this.file = file;
        this.current = new AtomicInteger(current);
        this.onDisk = current;
    }

    static TermStore open(Path directory, String group) {
        var file = directory.resolve("term-" + group);
        try {
            Files.createDirectories(directory);
            int stored = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
            var store = new TermStore(file, stored);
            store.reserveNext();
            return store;
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    file + " does not hold a term (" + e.getMessage() + "); remove it while this director is stopped"
                            + " and another one is active: it then learns the term from there",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the term in " + file, e);
        }
    }

    /// A term that another director uses; ours will be higher. Waits for nothing.
    void saw(int term) {
        current.accumulateAndGet(term, Math::max);
    }

    /// The term of the promotion that happens now; waits for the disk only where [#reserveNext] was not called in time.
    int take() {
        int term = current.incrementAndGet();
        reserve(term);
        return term;
    }

    int current() {
        return current.get();
    }

    /// Makes sure that the next promotion finds its term on disk.
    void reserveNext() {
        reserve(current.get() + 1);
    }

    private void reserve(int term) {
        if (term > onDisk) {
            write(term);
        }
    }

    private synchronized void write(int term) {
        if (term <= onDisk) {
            return;
        }
        if (term > TERM_MAX) {
            throw new IllegalStateException(
                    "the terms of " + file + " are used up; stop all directors and remove it on each");
        }
        try {
            var written = file.resolveSibling(file.getFileName() + ".new");
            try (var channel = FileChannel.open(
                    written,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                channel.write(ByteBuffer.wrap((term + "\n").getBytes(StandardCharsets.US_ASCII)));
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            try (var directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
            onDisk = term;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the term in " + file, e);
        }
    }
}
