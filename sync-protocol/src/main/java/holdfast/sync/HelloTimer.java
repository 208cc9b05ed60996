package holdfast.sync;

import java.util.concurrent.TimeUnit;

/// When the next hello is due: every 100 ms, and within 5 ms after a change that the peers must know.
final class HelloTimer {
    static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
    static final long MIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long NEVER = Long.MIN_VALUE;

    private long sentAt = NEVER;
    private boolean isChanged = true;

    /// Makes the next hello due at once.
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

    /// The ns until the next hello; 0 or less if it is due.
    long idleFor(long now) {
        return sentAt == NEVER ? 0 : sentAt + (isChanged ? MIN_INTERVAL : INTERVAL) - now;
    }
}
