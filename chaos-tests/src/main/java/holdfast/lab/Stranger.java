package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/// A host on all three networks that knows no key and may send what it likes.
public final class Stranger {
    /// The last part of its addresses.
    static final int HOST = 66;

    private static final String NAMESPACE = "stranger";

    private final Lab lab;

    Stranger(Lab lab) {
        this.lab = lab;
    }

    /// Sends a frame again and again, by an absolute schedule; the first is on the wire when this returns.
    ///
    /// @param frame  from its destination address on, as [Forged] makes them
    public Sending send(Network network, byte[] frame, int count, Duration interval) {
        var arguments = List.of(
                network.interfaceName(),
                Integer.toString(count),
                Long.toString(interval.toNanos() / 1000),
                HexFormat.of().formatHex(frame));
        try {
            var process = lab.in(NAMESPACE, Capture.command(Forger.class, arguments))
                    .redirectErrorStream(true)
                    .start();
            var output = process.inputReader(UTF_8);
            var line = output.readLine();
            if (!Forger.BEGUN.equals(line)) {
                throw new IllegalStateException("the stranger could not send: " + line);
            }
            return new Sending(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Frames on their way out; closed, no more follow.
    public static final class Sending implements AutoCloseable {
        private final Process process;

        private Sending(Process process) {
            this.process = process;
        }

        /// Waits until the last one is sent.
        public void await() {
            int code = process.onExit().join().exitValue();
            if (code != 0) {
                throw new IllegalStateException("the stranger ended with " + code);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
