package holdfast.revision.node;

import holdfast.conf.AgentReport;
import holdfast.conf.Ipv4;
import holdfast.conf.RevisionId;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A directory with one YAML file for each revision, which an operator can read, and one file with a line for each
/// report of an agent.
///
/// A revision is written under another name, forced to the disk and renamed, and then its directory is forced: a
/// crash or a power failure leaves the whole file or none.
public final class RevisionFiles implements RevisionDisk {
    private static final int KEPT_MAX = 1000;

    private static final Pattern NAME = Pattern.compile("([0-9]{10,18})\\.([0-9]{5})\\.yaml");
    private static final String UNFINISHED = "unfinished";
    private static final Pattern REPORT =
            Pattern.compile("^(\\S+) ([0-9.]+):([0-9]{1,5}) ([0-9]|[1-9][0-9]|100) ([0-9]{1,15})$");

    private final Path directory;
    private final int keptMax;

    /// The revisions in a director's state directory.
    public static RevisionFiles in(Path stateDir) {
        return new RevisionFiles(stateDir.resolve("revisions"));
    }

    /// @param directory  is created with the first revision
    public RevisionFiles(Path directory) {
        this(directory, KEPT_MAX);
    }

    /// @param keptMax  older revisions are removed
    RevisionFiles(Path directory, int keptMax) {
        this.directory = directory;
        this.keptMax = keptMax;
    }

    @Override
    public void write(RevisionId id, byte[] text) throws IOException {
        Files.createDirectories(directory);
        var unfinished = directory.resolve(UNFINISHED);
        try (var channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            var rest = ByteBuffer.wrap(text);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(unfinished, file(id), StandardCopyOption.ATOMIC_MOVE);
        try (var entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
        var all = list();
        for (var old : all.subList(Math.min(keptMax, all.size()), all.size())) {
            Files.deleteIfExists(file(old));
        }
    }

    @Override
    public List<RevisionId> list() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> NAME.matcher(entry.getFileName().toString()))
                    .filter(name -> name.matches())
                    .map(name -> new RevisionId(Integer.parseInt(name.group(2)), Long.parseLong(name.group(1))))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    @Override
    public Optional<byte[]> read(RevisionId id) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file(id)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// Forces nothing to the disk: agents report often, and report again.
    @Override
    public void write(List<AgentReport> reports) throws IOException {
        Files.createDirectories(directory);
        var unfinished = directory.resolve(UNFINISHED);
        Files.writeString(unfinished, reports.stream().map(RevisionFiles::line).collect(Collectors.joining()));
        Files.move(unfinished, reportsFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String line(AgentReport report) {
        var real = report.real();
        return "%s %s:%d %d %d\n".formatted(real.service(), real.address(), real.port(), report.percent(), report.at());
    }

    /// Lines that a power failure has spoilt are left out.
    @Override
    public List<AgentReport> reports() throws IOException {
        if (!Files.exists(reportsFile())) {
            return List.of();
        }
        return Files.readString(reportsFile(), StandardCharsets.ISO_8859_1)
                .lines()
                .flatMap(line -> REPORT.matcher(line).results())
                .map(RevisionFiles::report)
                .toList();
    }

    private static AgentReport report(MatchResult line) {
        var real = new AgentReport.Real(
                ServiceKey.of(line.group(1)), Ipv4.of(line.group(2)), Integer.parseInt(line.group(3)));
        return new AgentReport(real, Integer.parseInt(line.group(4)), Long.parseLong(line.group(5)));
    }

    private Path reportsFile() {
        return directory.resolve("agent-reports");
    }

    private Path file(RevisionId id) {
        return directory.resolve(String.format(Locale.ROOT, "%010d.%05d.yaml", id.number(), id.term()));
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
