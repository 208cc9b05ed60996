package holdfast.client;

/// The new connections of the present second and of the previous one, packed into a word:
///
///     | second 28 | previous 18 | current 18 |
///
/// The rate covers the second that ends now. The share of the previous second counts as spread evenly over it. So a
/// steady rate is exact to one, and for a burst the rate is wrong by at most the count of the previous second. Reading
/// renews a window to which nothing was added for a second, so idle windows cost nothing. The second wraps after 8
/// years.
final class Window {
    /// A count stops here, beyond the number that one worker can begin in a second.
    static final int COUNT_MAX = (1 << 18) - 1;

    private static final int COUNT_BITS = 18;
    private static final int SECOND_SHIFT = 2 * COUNT_BITS;
    private static final long SECOND_MASK = (1 << 28) - 1;
    private static final int NANOS = 1_000_000_000;

    private Window() {}

    /// The window with one more connection in `second`.
    static long added(long window, int second) {
        long rolled = rolled(window, second);
        return current(rolled) == COUNT_MAX ? rolled : rolled + 1;
    }

    /// New connections per second, rounded down.
    ///
    /// @param nanos  the part of `second` that is over, 0 to 999999999
    static int perSecond(long window, int second, int nanos) {
        long rolled = rolled(window, second);
        return current(rolled) + (int) ((long) previous(rolled) * (NANOS - nanos) / NANOS);
    }

    /// The same, rounded up.
    static int perSecondAtMost(long window, int second, int nanos) {
        long rolled = rolled(window, second);
        return current(rolled) + (int) Math.ceilDiv((long) previous(rolled) * (NANOS - nanos), NANOS);
    }

    /// The sum of both windows.
    static long merged(long window, long other, int second) {
        long rolled = rolled(window, second);
        int current = Math.min(COUNT_MAX, current(rolled) + current(rolled(other, second)));
        long previous = Math.min(COUNT_MAX, previous(rolled) + previous(rolled(other, second)));
        return (rolled >>> SECOND_SHIFT << SECOND_SHIFT) | (previous << COUNT_BITS) | current;
    }

    /// All connections of the two seconds.
    static int both(long window, int second) {
        long rolled = rolled(window, second);
        return current(rolled) + previous(rolled);
    }

    private static long rolled(long window, int second) {
        long age = (second - (window >>> SECOND_SHIFT)) & SECOND_MASK;
        if (age == 0) {
            return window;
        }
        long previous = age == 1 ? current(window) : 0;
        return ((second & SECOND_MASK) << SECOND_SHIFT) | (previous << COUNT_BITS);
    }

    private static int current(long window) {
        return (int) window & COUNT_MAX;
    }

    private static int previous(long window) {
        return (int) (window >>> COUNT_BITS) & COUNT_MAX;
    }
}
