package holdfast.client;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The connections of clients that no entry accounts for: a count-min sketch of open connections and of new ones.
///
/// A client has one cell in each of [#ROWS] rows. Each cell counts all clients that share it, so no cell counts too
/// little and the smallest is an upper bound. Every addition is removed exactly, so a bound falls with the load,
/// whichever clients were forgotten meanwhile. Heavy clients have entries, so only light ones share cells. A secret
/// hash decides which ones.
///
///     0          8      12
///     | window   | live |
final class Sketch {
    static final int ROWS = 4;

    private static final int BYTES = 12;
    private static final int LIVE = 8;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment cells;
    private final int width;

    private long sum; // of open connections
    private int latest; // the last second in which something was added
    private long current; // new connections in it
    private long previous; // and in the second before

    /// @param width  cells of a row
    Sketch(int width, SegmentAllocator memory) {
        this.width = width;
        cells = memory.allocate((long) width * ROWS * BYTES, 4);
    }

    /// Adds a client's connections.
    void add(long hash, int live, long window, int second) {
        roll(second);
        current += Window.both(window, second);
        sum += live;
        for (int row = 0; row < ROWS; row++) {
            long cell = cell(hash, row);
            cells.set(INT, cell + LIVE, cells.get(INT, cell + LIVE) + live);
            cells.set(LONG, cell, Window.merged(cells.get(LONG, cell), window, second));
        }
    }

    /// Removes a connection.
    ///
    /// @return false, with nothing changed, if it cannot have been added
    boolean remove(long hash) {
        if (live(hash) == 0) {
            return false;
        }
        sum--;
        for (int row = 0; row < ROWS; row++) {
            long cell = cell(hash, row);
            cells.set(INT, cell + LIVE, cells.get(INT, cell + LIVE) - 1);
        }
        return true;
    }

    /// The most open connections that a client can have here.
    int live(long hash) {
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, cells.get(INT, cell(hash, row) + LIVE));
        }
        return least;
    }

    /// The most connections that a client can have begun in a second, rounded up.
    int perSecond(long hash, int second, int nanos) {
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, Window.perSecondAtMost(cells.get(LONG, cell(hash, row)), second, nanos));
        }
        return least;
    }

    /// The claim of a client to an entry: by how much its bounds exceed the average of a cell, which a client
    /// without connections here has too. Without the average, each client of a flood would seem heavy.
    int claim(long hash, int second) {
        roll(second);
        long live = live(hash) - sum / width;
        long recent = recent(hash, second) - (current + previous) / width;
        return (int) (Math.max(0, live) + Math.max(0, recent));
    }

    /// Open connections here.
    long sum() {
        return sum;
    }

    long bytes() {
        return cells.byteSize();
    }

    private int recent(long hash, int second) {
        int least = Integer.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, Window.both(cells.get(LONG, cell(hash, row)), second));
        }
        return least;
    }

    private void roll(int now) {
        if (now != latest) {
            previous = now == latest + 1 ? current : 0;
            current = 0;
            latest = now;
        }
    }

    /// Rows use different mixtures of the two halves of one hash, which works as well as a hash for each row
    /// (Kirsch and Mitzenmacher 2006).
    private long cell(long hash, int row) {
        long mixed = ((hash >>> 32) + row * (hash | 1)) & 0xffff_ffffL;
        return ((mixed * width) >>> 32) * ROWS * BYTES + (long) row * BYTES;
    }
}
