package holdfast.forward;

import java.util.concurrent.atomic.AtomicLongArray;

/// One worker's counters: written by the worker with plain cost, read by anybody.
public final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(Counter.values().length);

    /// Worker only: a single writer needs no atomic addition.
    void add(Counter counter, long count) {
        values.setOpaque(counter.ordinal(), values.getPlain(counter.ordinal()) + count);
    }

    void count(Counter counter) {
        add(counter, 1);
    }

    public long value(Counter counter) {
        return values.getOpaque(counter.ordinal());
    }
}
