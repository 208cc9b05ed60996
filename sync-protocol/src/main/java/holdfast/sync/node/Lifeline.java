package holdfast.sync.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Detects within milliseconds that a member's *process* has ended, and nothing else.
///
/// Each member listens on a port that its sealed hello names, and every other member holds an idle connection to it.
/// When the process ends, however it ends, its kernel closes the connection and refuses a new one at once; only both
/// together prove a death. A frozen member keeps its sockets, and a cut link or a vanished host closes no connection:
/// for these the missing adverts decide.
///
/// Any host on the interconnect may connect. It gains only one of [#HOLDERS_MAX] places; a member without a place
/// notices a death by silence.
public final class Lifeline implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lifeline.class);
    private static final int HOLDERS_MAX = 64;
    private static final int CONNECT_MS_MAX = 1000;
    private static final int REFUSE_MS_MAX = 100;
    /// A kernel closes the sockets of an ended process one by one, possibly this one before the listening one.
    private static final long RETRY_MS_MIN = 1;

    private static final long RETRY_MS_MAX = 200;
    private static final long LASTED_NS = 1_000_000_000;

    private final ServerSocket listening;
    private final Semaphore places = new Semaphore(HOLDERS_MAX);
    private final Map<String, InetSocketAddress> watched = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Lifeline(ServerSocket listening) {
        this.listening = listening;
    }

    /// Listens on a free port of one of our addresses.
    static Lifeline open(InetAddress address) {
        try {
            var lifeline = new Lifeline(new ServerSocket(0, HOLDERS_MAX, address));
            Thread.ofPlatform().name("lifeline").daemon().start(lifeline::accept);
            return lifeline;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostAddress() + "; is it an address of this machine?", e);
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /// Watches a process of a member, instead of an earlier one of the same name.
    ///
    /// @param place  where that process listens
    /// @param died   called once when it has ended, on a thread of its own
    void watch(String member, InetSocketAddress place, Runnable died) {
        watched.put(member, place);
        Thread.ofPlatform().name("lifeline-" + member).daemon().start(() -> {
            long pauseMs = RETRY_MS_MIN;
            while (!closed && place.equals(watched.get(member))) {
                long began = System.nanoTime();
                if (holdUntilRefused(place)) {
                    if (watched.remove(member, place)) {
                        died.run();
                    }
                    return;
                }
                boolean lasted = System.nanoTime() - began > LASTED_NS;
                pauseMs = lasted ? RETRY_MS_MIN : Math.min(2 * pauseMs, RETRY_MS_MAX);
                pause(pauseMs);
            }
        });
    }

    /// Holds a connection while it lasts.
    ///
    /// @return whether the host then, or at once, refuses another one
    private static boolean holdUntilRefused(InetSocketAddress place) {
        try (var socket = new Socket()) {
            socket.connect(place, CONNECT_MS_MAX);
            drain(socket);
        } catch (IOException e) {
            log.debug("lifeline ended place={} cause={}", place, e.toString());
        }
        return refuses(place);
    }

    /// Whether the host's kernel reports that no process listens there.
    static boolean refuses(InetSocketAddress place) {
        try (var socket = new Socket()) {
            socket.connect(place, REFUSE_MS_MAX);
            return false;
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused"); // unreachable is a ConnectException too
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        while (!closed) {
            try {
                var socket = listening.accept();
                Thread.ofVirtual().name("lifeline-held").start(() -> letHold(socket));
            } catch (IOException e) {
                if (!closed) {
                    log.warn("lifeline accept failed cause=\"{}\"", e.toString());
                    pause(RETRY_MS_MAX);
                }
            }
        }
    }

    /// Keeps our end of a connection until its holder closes it.
    private void letHold(Socket socket) {
        try (socket) {
            if (places.tryAcquire()) {
                try {
                    drain(socket);
                } finally {
                    places.release();
                }
            }
        } catch (IOException e) {
            log.debug("lifeline let go cause={}", e.toString());
        }
    }

    /// Reads and ignores: nothing is sent on a lifeline.
    private static void drain(Socket socket) throws IOException {
        var _ = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Stops listening; the watches end when their connections do.
    @Override
    public void close() {
        closed = true;
        watched.clear();
        try {
            listening.close();
        } catch (IOException e) {
            log.warn("lifeline did not close cause=\"{}\"", e.toString());
        }
    }
}
