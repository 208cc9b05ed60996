package holdfast.api;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;

/// The bounds of one listener: how many connections it has, and how many requests it answers at once. The event loop
/// of the listener owns it, except for the counts.
final class Gate {
    /// Remote requests that were refused because their user asked too often.
    final AtomicLong tooOften = new AtomicLong();
    /// Connections that were closed at once, because their source has too many.
    final AtomicLong refused = new AtomicLong();
    /// Connections that were closed for newer ones.
    final AtomicLong shed = new AtomicLong();
    /// Connections that were closed because a client was too slow.
    final AtomicLong late = new AtomicLong();
    /// Requests of callers whom the login did not let in.
    final AtomicLong unknown = new AtomicLong();
    final AtomicLong answered = new AtomicLong();

    private final int connectionsMax;
    private final Optional<Admission> admission;
    /// Connections on which nothing is asked, the one that was idle longest first.
    private final LinkedHashSet<Channel> idle = new LinkedHashSet<>();
    /// Requests that wait, the oldest first; a connection has one at most.
    private final SequencedMap<Channel, Runnable> waiting = new LinkedHashMap<>();
    private int open;
    private int free;

    /// @param connectionsMax  at once; a new one takes the place of an idle one
    /// @param answersMax      requests that are read and answered at once; the others wait
    /// @param admission       empty for callers without bounds of their own
    Gate(int connectionsMax, int answersMax, Optional<Admission> admission) {
        this.connectionsMax = connectionsMax;
        this.free = answersMax;
        this.admission = admission;
    }

    /// Whether a new connection may stay; then [#closed] ends it.
    boolean opened(Channel connection, long now) {
        var source = source(connection.remoteAddress());
        if (admission.isPresent() && !admission.get().opened(source, now)) {
            refused.incrementAndGet();
            return false;
        }
        connection.closeFuture().addListener(_ -> closed(connection, source));
        open++;
        idle.add(connection);
        if (open > connectionsMax) {
            shed.incrementAndGet();
            var _ = idle.getFirst().close(); // the new one itself where all others are busy
        }
        return true;
    }

    private void closed(Channel connection, String source) {
        open--;
        idle.remove(connection);
        waiting.remove(connection);
        admission.ifPresent(bounds -> bounds.closed(source));
    }

    private static String source(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : Caller.SOCKET;
    }

    /// Where a caller comes from, for people.
    static String from(Channel connection) {
        return source(connection.remoteAddress());
    }

    /// Counts a request whose caller the login did not let in.
    ///
    /// @return whether the connection may try again
    boolean mayTryAgain(Channel connection, long now) {
        unknown.incrementAndGet();
        return admission.isEmpty() || admission.get().tries(source(connection.remoteAddress()), now);
    }

    boolean mayAsk(Caller caller, long now) {
        boolean may = admission.isEmpty() || admission.get().asks(caller.name(), now);
        if (!may) {
            tooOften.incrementAndGet();
        }
        return may;
    }

    /// Calls `begin` when a request may be read and answered; [#done] ends it.
    void ask(Channel connection, Runnable begin) {
        idle.remove(connection);
        if (free > 0) {
            free--;
            begin.run();
        } else {
            waiting.put(connection, begin);
        }
    }

    /// The answer of a request is written, or its connection has ended.
    void done(Channel connection) {
        answered.incrementAndGet();
        if (connection.isActive()) {
            idle.add(connection);
        }
        release();
    }

    private void release() {
        var next = waiting.pollFirstEntry();
        if (next == null) {
            free++;
        } else {
            next.getValue().run();
        }
    }

    /// What was counted since the start, by name.
    Map<String, Long> counters() {
        return Map.of(
                "answered", answered.get(),
                "not-known", unknown.get(),
                "too-often", tooOften.get(),
                "too-slow", late.get(),
                "connections-refused", refused.get(),
                "connections-shed", shed.get());
    }
}
