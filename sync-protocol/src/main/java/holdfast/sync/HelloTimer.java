package holdfast.sync;

import java.util.concurrent.TimeUnit;

/// When the next Hello is due: every 100 ms, and within 5 ms after something has changed that the others must know.
final class HelloTimer {
    static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    static final long MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long NEVER = Long.MIN_VALUE;

    private long sentAt = NEVER;
    private boolean isChanged = true;

    /// The next Hello does not wait for its turn.
    void soon() {
        isChanged = true;
    }

    void sent(long now) {
        sentAt = now;
        isChanged = false;
    }

    boolean isDue(long now) {
        return idleFor(now) <= 0;
    }

    /// ns until the next Hello; at most 0 for now.
    long idleFor(long now) {
        return sentAt == NEVER ? 0 : sentAt + (isChanged ? MIN_INTERVAL : INTERVAL) - now;
    }
}
