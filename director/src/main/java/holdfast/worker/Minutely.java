package holdfast.worker;

/// Admits a repeated message to the log once a minute. Not thread-safe; times are monotonic ns.
public final class Minutely {
    private static final long INTERVAL_NS = 60_000_000_000L;

    private boolean wasDue;
    private long dueAt;

    boolean isDue(long now) {
        if (wasDue && now - dueAt < 0) {
            return false;
        }
        wasDue = true;
        dueAt = now + INTERVAL_NS;
        return true;
    }
}
