package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.conf.Ipv4;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// A host on all three networks that has no key and may send anything.
public final class Stranger {
    /// The last part of its addresses.
    static final int HOST = 66;

    /// A program of the stranger prints this line when its first frame is on the wire.
    public static final String BEGUN = "begun";

    private static final String NAMESPACE = "stranger";

    private final Lab lab;

    Stranger(Lab lab) {
        this.lab = lab;
    }

    /// Sends a frame repeatedly by an absolute schedule; the first is on the wire when this returns.
    ///
    /// @param frame  from its destination address on, as [Forged] makes them
    public Sending send(Network network, byte[] frame, int count, Duration interval) {
        var arguments = List.of(
                network.interfaceName(),
                Integer.toString(count),
                Long.toString(interval.toNanos() / 1000),
                HexFormat.of().formatHex(frame));
        return run(Forger.class, arguments);
    }

    /// Records the multicasts on a network, and then sends them to their senders and to the group; the first is on
    /// the wire when this returns.
    ///
    /// @param isChanged  flipped, cut, lengthened and mixed; else unchanged
    /// @param perSecond  by an absolute schedule
    public Sending repeat(
            Network network, String group, int port, Duration record, int count, int perSecond, boolean isChanged) {
        return run(
                Eavesdropper.class,
                List.of(
                        network.interfaceName(),
                        group,
                        Integer.toString(port),
                        Long.toString(record.toMillis()),
                        Integer.toString(count),
                        Integer.toString(perSecond),
                        Boolean.toString(isChanged),
                        Long.toString(System.nanoTime())));
    }

    /// Sends SYNs to a service, each from another unused source; the first is on the wire when this returns.
    public Sending flood(Director director, Ipv4 vip, int port, int count, int perSecond) {
        var network = Network.FRONT;
        var syn = Forged.syn(network.mac(director), network.strangersMac(), network.strangersAddress(), vip, port);
        return run(
                Flooder.class,
                List.of(
                        network.interfaceName(),
                        Integer.toString(count),
                        Integer.toString(perSecond),
                        HexFormat.of().formatHex(syn)));
    }

    /// Runs a program of the class path there; it prints [#BEGUN] when it works.
    public Sending run(Class<?> program, List<String> arguments) {
        try {
            var process = lab.in(NAMESPACE, Capture.command(program, arguments))
                    .redirectErrorStream(true)
                    .start();
            var output = process.inputReader(UTF_8);
            var heard = new StringBuilder();
            for (var line = output.readLine(); !BEGUN.equals(line); line = output.readLine()) {
                if (line == null) {
                    throw new IllegalStateException("the stranger could not send: " + heard);
                }
                heard.append(line).append('\n');
            }
            return new Sending(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Frames on their way out; after close no more follow.
    public static final class Sending implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        private Sending(Process process, BufferedReader output) {
            this.process = process;
            this.output = output;
        }

        /// Waits until the last one is sent.
        ///
        /// @return the stranger's output
        public String await() {
            var said = output.lines().collect(Collectors.joining("\n"));
            int code = process.onExit().join().exitValue();
            if (code != 0) {
                throw new IllegalStateException("the stranger ended with " + code + ": " + said);
            }
            return said;
        }

        public boolean isRunning() {
            return process.isAlive();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
