package holdfast.sync;

/// Remembers which counters of one sender were seen, so that a recorded message is refused: the newest one and
/// a bit for each of the [#SIZE] before it. What lies further back counts as seen.
final class ReplayWindow {
    /// Resends and unicasts overtake each other by far less.
    static final int SIZE = 1 << 14;

    private final long[] seen = new long[SIZE / Long.SIZE];
    private long newest;

    /// Whether `counter`, at least 1, comes for the first time.
    boolean isFirst(long counter) {
        if (counter <= newest - SIZE || counter < 1) {
            return false;
        }
        if (counter > newest) {
            forget(newest + 1, counter);
            newest = counter;
        }
        int word = (int) (counter / Long.SIZE % seen.length);
        long bit = 1L << counter;
        if ((seen[word] & bit) != 0) {
            return false;
        }
        seen[word] |= bit;
        return true;
    }

    private void forget(long from, long to) {
        if (to - from >= SIZE) {
            java.util.Arrays.fill(seen, 0);
            return;
        }
        for (long counter = from; counter <= to; counter++) {
            seen[(int) (counter / Long.SIZE % seen.length)] &= ~(1L << counter);
        }
    }
}
