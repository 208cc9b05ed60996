package holdfast.sync;

import java.util.Arrays;

/// Remembers which counters of one sender were seen, so that a recorded message is refused: the newest counter and a
/// bit for each of the [#SIZE] before it. A counter further back counts as seen.
public final class ReplayWindow {
    /// Resends and unicasts overtake each other by far less.
    static final int SIZE = 1 << 14;

    private final long[] seen = new long[SIZE / Long.SIZE];
    private final long first;
    private long newest;

    public ReplayWindow() {
        this(1);
    }

    /// @param first  at least 1; lower counters count as seen
    public ReplayWindow(long first) {
        this.first = first;
    }

    /// Whether `counter`, at least 1, is seen for the first time.
    public boolean isFirst(long counter) {
        if (wasSeen(counter)) {
            return false;
        }
        if (counter > newest) {
            forget(newest + 1, counter);
            newest = counter;
        }
        seen[word(counter)] |= bit(counter);
        return true;
    }

    /// As [#isFirst], but remembers nothing: for a counter whose authenticity is not known yet.
    public boolean wasSeen(long counter) {
        if (counter < first || counter <= newest - SIZE) {
            return true;
        }
        return counter <= newest && (seen[word(counter)] & bit(counter)) != 0;
    }

    private void forget(long from, long to) {
        if (to - from >= SIZE) {
            Arrays.fill(seen, 0);
            return;
        }
        for (long counter = from; counter <= to; counter++) {
            seen[word(counter)] &= ~bit(counter);
        }
    }

    private int word(long counter) {
        return (int) (counter / Long.SIZE % seen.length);
    }

    private static long bit(long counter) {
        return 1L << counter;
    }
}
