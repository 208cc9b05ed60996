package holdfast.audit;

import holdfast.admin.AuditList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files of the audit, `audit/NUMBER` each, by the number of its first entry. The oldest go when there are more
/// than [#FILES_MAX]. One thread appends; any thread reads.
final class AuditFiles {
    static final int FILE_BYTES_MAX = 1 << 20;
    static final int FILES_MAX = 8;

    private static final String NAME = "[0-9]{12}";

    private final Path directory;
    private @Nullable Path current;
    private String last = AuditChain.BEGIN;
    private long number;

    AuditFiles(Path stateDir) {
        directory = stateDir.resolve("audit");
    }

    /// Writes the next entry, and forces it to the disk.
    ///
    /// @return with its number and hash
    AuditList.Entry append(AuditList.Entry entry) throws IOException {
        var file = current == null ? open() : current;
        if (!Files.exists(file) || Files.size(file) >= FILE_BYTES_MAX) {
            file = begin(number + 1);
        }
        var numbered = new AuditList.Entry(
                number + 1,
                entry.ends(),
                entry.at(),
                entry.director(),
                entry.user(),
                entry.from(),
                entry.operation(),
                entry.request(),
                entry.reason(),
                entry.outcome(),
                "");
        var hash = AuditChain.hash(last, numbered);
        write(file, AuditChain.line(hash, numbered) + "\n");
        current = file;
        last = hash;
        number++;
        return AuditChain.with(numbered, hash);
    }

    /// Finds the end of what an earlier run wrote. A torn last line was never confirmed to anybody; it goes.
    private Path open() throws IOException {
        Files.createDirectories(directory);
        var files = files();
        if (files.isEmpty()) {
            return begin(1);
        }
        var newest = files.getLast();
        cutTorn(newest);
        var chain = new AuditChain();
        chain.read(newest.getFileName().toString(), lines(newest));
        last = chain.last();
        number = chain.newest()
                .map(AuditList.Entry::number)
                .orElseGet(() -> Long.parseLong(newest.getFileName().toString()) - 1);
        current = newest;
        return newest;
    }

    private Path begin(long first) throws IOException {
        var file = directory.resolve("%012d".formatted(first));
        Files.deleteIfExists(file); // with a torn header alone
        write(file, AuditChain.header(last) + "\n");
        var files = files();
        for (var old : files.subList(0, Math.max(0, files.size() - FILES_MAX))) {
            Files.delete(old);
        }
        return file;
    }

    private static void cutTorn(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end < bytes.length) {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long before = channel.size();
            try {
                var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            } catch (IOException e) {
                channel.truncate(before); // a full disk leaves no half of a line
                throw e;
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().matches(NAME))
                    .sorted()
                    .toList();
        }
    }

    /// Everything that is kept.
    AuditChain read() throws IOException {
        var chain = new AuditChain();
        for (var file : files()) {
            read(file, chain);
        }
        return chain;
    }

    /// The oldest file may go while the others are listed.
    private static void read(Path file, AuditChain chain) throws IOException {
        try {
            chain.read(file.getFileName().toString(), lines(file));
        } catch (NoSuchFileException e) {
            if (!chain.entries().isEmpty()) {
                throw e;
            }
        }
    }

    /// The whole lines of a file; another one may be in the making.
    private static List<String> lines(Path file) throws IOException {
        var text = Files.readString(file);
        int end = text.lastIndexOf('\n');
        return end < 0 ? List.of() : text.substring(0, end).lines().toList();
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
