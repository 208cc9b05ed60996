package holdfast.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A running tcpdump on one bridge of the switch, which sees every frame that crosses the bridge.
public final class Capture {
    private static final int FRAME_BYTES_MAX = 128;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int MAGIC_MICROS = 0xa1b2c3d4;

    private final Process tcpdump;
    private final Path file;

    private Capture(Process tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /// Starts to capture, and returns when it does.
    ///
    /// @param filter  in the language of pcap-filter(7)
    public static Capture on(Lab lab, String bridge, String filter) {
        try {
            var file = Files.createTempFile(Lab.RUN, bridge, ".pcap");
            var errors = Files.createTempFile(Lab.RUN, bridge, ".log");
            // -Z root: there may be no other user in this namespace whom tcpdump could become.
            var command = lab.in(
                    "sw",
                    "tcpdump",
                    "-i",
                    bridge,
                    "--immediate-mode",
                    "-U",
                    "-n",
                    "-s",
                    "" + FRAME_BYTES_MAX,
                    "-Z",
                    "root",
                    "-w",
                    "-",
                    filter);
            var tcpdump = command.redirectOutput(file.toFile())
                    .redirectError(errors.toFile())
                    .start();
            Lab.await(
                    "tcpdump listens on " + bridge,
                    Duration.ofSeconds(5),
                    () -> Files.readString(errors).contains("listening on"));
            return new Capture(tcpdump, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the capture.
    ///
    /// @return its frames in the order in which they were seen
    public List<Frame> stop() {
        try {
            tcpdump.destroy();
            tcpdump.waitFor();
            return frames(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The frames of a capture file; a last frame that is cut off is left out.
    static List<Frame> frames(ByteBuffer file) {
        file.order(ByteOrder.LITTLE_ENDIAN);
        if (file.limit() < FILE_HEADER_BYTES || file.getInt(0) != MAGIC_MICROS) {
            throw new IllegalStateException("this is no capture in little-endian microseconds");
        }
        var frames = new ArrayList<Frame>();
        for (int at = FILE_HEADER_BYTES; at + 16 <= file.limit(); ) {
            int length = file.getInt(at + 8);
            if (at + 16 + length > file.limit()) {
                break;
            }
            long micros = Integer.toUnsignedLong(file.getInt(at)) * 1_000_000 + file.getInt(at + 4);
            frames.add(new Frame(micros, file.slice(at + 16, length).order(ByteOrder.BIG_ENDIAN)));
            at += 16 + length;
        }
        return frames;
    }
}
