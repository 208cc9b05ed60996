package holdfast.group;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;

/// The file that keeps a group's term: one line, `TERM free|used BOOT-ID`. Any thread.
///
/// It is written in two ways. [#reserve] survives a power failure and may take as long as the disk needs. [#use]
/// overwrites the line in place and leaves it in the page cache: it survives the end of the process, but no reboot. So
/// the line names the boot in which it was written.
public final class TermFile implements TermDisk {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FREE = "free";
    private static final String USED = "used";

    private final Path directory;
    private final Path file;
    private final String bootId;
    private int written;

    /// The content of the line.
    ///
    /// @param free    whether no promotion had taken the term when the line was written
    /// @param bootId  of the kernel that ran then; empty in a file of an older version
    record Line(int term, boolean free, String bootId) {
        /// @throws NumberFormatException if it has no term
        static Line parse(String text) {
            var words = text.strip().split(" ", -1);
            if (words.length == 1) {
                return new Line(Integer.parseInt(words[0]), false, "");
            }
            if (words.length != 3 || !(words[1].equals(FREE) || words[1].equals(USED))) {
                throw new NumberFormatException("'" + text.strip() + "' is not a term, its use and a boot id");
            }
            return new Line(Integer.parseInt(words[0]), words[1].equals(FREE), words[2]);
        }

        /// As long as any other line of the same boot, so that a write replaces the whole line.
        String text() {
            return String.format(Locale.ROOT, "%05d %s %s\n", term, free ? FREE : USED, bootId);
        }

        /// The highest term that may have been used: after a reboot a free term may have been used since.
        int highestUsed(String bootNow) {
            return free && bootId.equals(bootNow) ? term - 1 : term;
        }
    }

    /// @param bootId  of the running kernel
    TermFile(Path directory, String group, String bootId) {
        this.directory = directory;
        this.file = directory.resolve("term-" + group);
        this.bootId = bootId;
    }

    static String bootId() throws IOException {
        return Files.readString(BOOT_ID).strip();
    }

    /// @return empty without a file
    /// @throws NumberFormatException if it has no term
    Optional<Line> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var line = Line.parse(Files.readString(file));
        synchronized (this) {
            written = line.term();
        }
        return Optional.of(line);
    }

    @Override
    public void reserve(int term) throws IOException {
        Files.createDirectories(directory);
        var next = file.resolveSibling(file.getFileName() + ".new");
        try (var channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(bytes(new Line(term, true, bootId)));
            channel.force(true);
        }
        synchronized (this) {
            if (written > term) {
                return;
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            written = term;
        }
        try (var entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    /// Does nothing if a later term is reserved already: all earlier ones count as used.
    @Override
    public synchronized void use(int term) throws IOException {
        if (written > term) {
            return;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes(new Line(term, false, bootId)), 0);
        }
        written = term;
    }

    @Override
    public void probe() throws IOException {
        var probe = file.resolveSibling(file.getFileName() + ".probe");
        Files.write(probe, bytes(new Line(0, true, bootId)).array());
        Files.delete(probe);
    }

    private static ByteBuffer bytes(Line line) {
        return ByteBuffer.wrap(line.text().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
