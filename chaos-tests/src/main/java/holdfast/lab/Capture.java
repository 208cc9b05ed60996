package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A running capture of frames that some hosts send, taken at their ports of the switch. So it has each frame once, and
/// a frame that a director forwards again as the director's.
public final class Capture {
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int MAGIC_MICROS = 0xa1b2c3d4;
    private static final Duration START_MAX = Duration.ofSeconds(20);

    private final Process sniffer;
    private final Path file;
    private final Path errors;

    private Capture(Process sniffer, Path file, Path errors) {
        this.sniffer = sniffer;
        this.file = file;
        this.errors = errors;
    }

    /// Starts to capture, and returns when it runs.
    ///
    /// @param ports  of the switch, named after host and network: `d1-front`, `client-front`, `rs2-back`
    public static Capture at(Lab lab, List<String> ports) {
        try {
            var file = Files.createTempFile(Lab.RUN, "capture", ".pcap");
            var errors = Files.createTempFile(Lab.RUN, "capture", ".log");
            var sniffer = lab.in("sw", command(Sniffer.class, ports))
                    .redirectOutput(file.toFile())
                    .redirectError(errors.toFile())
                    .start();
            Lab.await(
                    "the capture runs",
                    START_MAX,
                    () -> Files.readString(errors).contains(Sniffer.READY));
            return new Capture(sniffer, file, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The command that starts a program in the same way as this JVM.
    static String[] command(Class<?> program, List<String> arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        return command.toArray(String[]::new);
    }

    /// Ends the capture.
    ///
    /// @return its frames in the order of arrival
    /// @throws IllegalStateException if frames are missing
    public List<Frame> stop() {
        try {
            try (var input = sniffer.outputWriter(UTF_8)) {
                input.write("stop\n");
            }
            if (sniffer.waitFor() != 0) {
                throw new IllegalStateException("the capture failed: " + Files.readString(errors));
            }
            return frames(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The frames of a capture file; skips a last frame that is cut off.
    static List<Frame> frames(ByteBuffer file) {
        file.order(ByteOrder.LITTLE_ENDIAN);
        if (file.limit() < FILE_HEADER_BYTES || file.getInt(0) != MAGIC_MICROS) {
            throw new IllegalStateException("this is no capture in little-endian microseconds");
        }
        var frames = new ArrayList<Frame>();
        for (int at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.limit(); ) {
            int length = file.getInt(at + 8);
            if (at + RECORD_HEADER_BYTES + length > file.limit()) {
                break;
            }
            long micros = Integer.toUnsignedLong(file.getInt(at)) * 1_000_000 + file.getInt(at + 4);
            frames.add(new Frame(
                    micros, file.slice(at + RECORD_HEADER_BYTES, length).order(ByteOrder.BIG_ENDIAN)));
            at += RECORD_HEADER_BYTES + length;
        }
        return frames;
    }
}
