package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A running audit of every checksum that some hosts send, taken at their ports of the switch.
public final class ChecksumAudit {
    private static final Duration START_MAX = Duration.ofSeconds(20);

    private final Process auditor;
    private final Path file;

    private ChecksumAudit(Process auditor, Path file) {
        this.auditor = auditor;
        this.file = file;
    }

    /// The result of an audit.
    ///
    /// @param frames    by verdict
    /// @param longest   bytes of the longest frame
    /// @param missed    frames that came too fast to judge
    /// @param examples  of wrong frames, if any
    public record Tally(Map<Checksums.Verdict, Long> frames, int longest, long missed, List<String> examples) {
        public Tally {
            frames = Map.copyOf(frames);
            examples = List.copyOf(examples);
        }

        public long of(Checksums.Verdict verdict) {
            return frames.getOrDefault(verdict, 0L);
        }

        public long wrong() {
            return of(Checksums.Verdict.WRONG) + of(Checksums.Verdict.WRONG_HEADER);
        }
    }

    /// Starts an audit, and returns when it runs.
    ///
    /// @param ports  of the switch, named as in [Capture#at]
    public static ChecksumAudit at(Lab lab, List<String> ports) {
        try {
            var file = Files.createTempFile(Lab.RUN, "audit", ".txt");
            var errors = Files.createTempFile(Lab.RUN, "audit", ".log");
            var auditor = lab.in("sw", Capture.command(ChecksumAuditor.class, ports))
                    .redirectOutput(file.toFile())
                    .redirectError(errors.toFile())
                    .start();
            Lab.await(
                    "the audit runs", START_MAX, () -> Files.readString(errors).contains(Sniffer.READY));
            return new ChecksumAudit(auditor, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the audit.
    public Tally stop() {
        try {
            try (var input = auditor.outputWriter(UTF_8)) {
                input.write("stop\n");
            }
            int code = auditor.waitFor();
            if (code != 0) {
                throw new IllegalStateException("the audit ended with " + code);
            }
            return tally(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static boolean isWrong(Checksums.Verdict verdict) {
        return verdict == Checksums.Verdict.WRONG || verdict == Checksums.Verdict.WRONG_HEADER;
    }

    private static Tally tally(List<String> lines) {
        var frames = new EnumMap<Checksums.Verdict, Long>(Checksums.Verdict.class);
        for (var verdict : Checksums.Verdict.values()) {
            frames.put(verdict, number(lines, verdict.name()));
        }
        var examples =
                lines.stream().filter(line -> line.startsWith("EXAMPLE ")).toList();
        return new Tally(frames, (int) number(lines, "LONGEST"), number(lines, "MISSED"), examples);
    }

    private static long number(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .mapToLong(line -> Long.parseLong(line.substring(word.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the audit did not say " + word));
    }
}
