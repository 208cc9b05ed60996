package holdfast.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A typist: sends a numbered line every 10 ms over one TCP connection. Each line must return once, in order, and from
/// the same real server.
final class EchoSession {
    private static final long LINE_INTERVAL = 10_000_000;
    private static final int CONNECT_MS_MAX = 5000;

    private final Socket socket = new Socket();
    private final Thread writer;
    private final Thread reader;
    private volatile boolean stopping;
    private volatile String problem = "";
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    private EchoSession(InetAddress from, Target target) throws IOException {
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(target.echo(), CONNECT_MS_MAX);
        socket.setTcpNoDelay(true);
        writer = Thread.ofPlatform().daemon().name("typing-" + target).start(this::write);
        reader = Thread.ofPlatform().daemon().name("reading-" + target).start(this::read);
    }

    static EchoSession start(InetAddress from, Target target) throws IOException {
        return new EchoSession(from, target);
    }

    private void write() {
        try {
            var out = socket.getOutputStream();
            for (long dueAt = System.nanoTime(); !stopping; dueAt += LINE_INTERVAL) {
                LockSupport.parkNanos(dueAt - System.nanoTime());
                out.write((sent + "\n").getBytes(US_ASCII));
                sent.incrementAndGet();
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            fail("could not send line " + sent + ": " + e.getMessage());
        }
    }

    private void read() {
        try {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            var server = "";
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                server = server.isEmpty() ? line.replaceFirst(" .*", "") : server;
                if (!line.equals(server + " " + received)) {
                    fail("expected '" + server + " " + received + "' but read '" + line + "'");
                    return;
                }
                received.incrementAndGet();
            }
        } catch (IOException e) {
            fail("broke after line " + received + ": " + e.getMessage());
        }
    }

    private void fail(String what) {
        problem = problem.isEmpty() ? what : problem;
    }

    /// Stops typing without a judgement.
    void abandon() {
        stopping = true;
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stops typing and waits for the lines under way.
    ///
    /// @return what is wrong; empty if it is intact
    String stop(Duration patience) throws InterruptedException, IOException {
        stopping = true;
        writer.join();
        boolean over = reader.join(patience);
        socket.close();
        if (problem.isEmpty() && (!over || received.get() != sent.get())) {
            fail("got back only " + received + " of " + sent + " lines");
        }
        return problem;
    }
}
