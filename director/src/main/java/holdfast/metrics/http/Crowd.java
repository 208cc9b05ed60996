package holdfast.metrics.http;

import holdfast.metrics.Page;
import holdfast.metrics.Tally;
import io.netty.channel.Channel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The open connections of readers. Their number, their life and the memory of what they have not read yet are
/// bounded. At a bound the oldest connection is closed, so that idle ones keep nobody out. Owned by the event loop.
final class Crowd {
    static final int CONNECTIONS_MAX = 64;
    /// Of pages not read to their end. A page for 2000 real servers has 4 MiB.
    private static final long UNREAD_BYTES_MAX = 16 * 1024 * 1024;

    private static final long LIFE_S = 10; // a scraper's usual patience

    private final Tally tally;

    /// Bytes that each connection has still to read, the oldest connection first.
    private final Map<Channel, Long> open = new LinkedHashMap<>();

    Crowd(Tally tally) {
        this.tally = tally;
    }

    /// Takes a new connection in.
    void enter(Channel connection) {
        if (open.size() >= CONNECTIONS_MAX) {
            tally.crowded();
            close(open.keySet().iterator().next());
        }
        open.put(connection, 0L);
        var late = connection.eventLoop().schedule(() -> closeLate(connection), LIFE_S, TimeUnit.SECONDS);
        connection.closeFuture().addListener(_ -> {
            late.cancel(false);
            open.remove(connection);
        });
    }

    private void closeLate(Channel connection) {
        if (open.containsKey(connection)) {
            tally.late();
            close(connection);
        }
    }

    private void close(Channel connection) {
        open.remove(connection); // now, and not when the loop comes to it
        var _ = connection.close();
    }

    /// Makes room for a page that this connection is about to get.
    ///
    /// @return whether the connection is still open
    boolean admit(Channel connection, Page page) {
        if (!open.containsKey(connection)) {
            return false;
        }
        boolean fits;
        do {
            fits = unread() + page.bytes().length <= UNREAD_BYTES_MAX;
        } while (!fits && closeOldestReader());
        open.put(connection, (long) page.bytes().length);
        return true;
    }

    private long unread() {
        return open.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /// @return whether there was one with a page
    private boolean closeOldestReader() {
        var oldest =
                open.entrySet().stream().filter(entry -> entry.getValue() > 0).findFirst();
        oldest.ifPresent(entry -> {
            tally.crowded();
            close(entry.getKey());
        });
        return oldest.isPresent();
    }
}
