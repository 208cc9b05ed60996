package holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs the programs of a benchmark: each with its output in a file and a time limit.
final class Program {
    /// Directory of their files, in the memory of the outer namespace, so they vanish with it.
    static final Path FILES = Path.of("/run/holdfast/bench");

    private Program() {}

    /// Starts a program with its output in `output`.
    static Process start(Path output, List<String> command) {
        try {
            Files.createDirectories(FILES);
            return new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", command), e);
        }
    }

    /// Runs a program to its end.
    ///
    /// @return its output
    /// @throws MeasurementException if it fails or takes longer than `limit`
    static String run(Duration limit, List<String> command) {
        var output = FILES.resolve("output-" + Thread.currentThread().threadId());
        var process = start(output, command);
        boolean ended = endsWithin(process, limit);
        var text = read(output).strip();
        if (!ended || process.exitValue() != 0) {
            throw new MeasurementException("'%s' %s: %s"
                    .formatted(
                            String.join(" ", command),
                            ended
                                    ? "failed with exit code " + process.exitValue()
                                    : "took longer than " + limit.toSeconds() + " s",
                            text.isEmpty() ? "no output" : text));
        }
        return text;
    }

    static String run(Duration limit, String... command) {
        return run(limit, List.of(command));
    }

    /// Waits for the end of a process, and kills it if it does not end in time.
    static boolean endsWithin(Process process, Duration limit) {
        boolean ended = isEndedAfter(process, limit);
        if (!ended) {
            process.destroyForcibly().onExit().join();
        }
        return ended;
    }

    /// Waits until a process ends, for `wait` at most.
    static boolean isEndedAfter(Process process, Duration wait) {
        try {
            return process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new MeasurementException("interrupted while waiting for a program", e);
        }
    }

    static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
