package holdfast.table;

import java.util.concurrent.atomic.AtomicLongArray;

/// One worker's counters. One thread writes each counter at plain cost, any thread reads it. That thread is the worker,
/// except for the counters of netlink, probes and echoes, which `LinkWatch` writes, and that of the `Shield`.
public final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(Counter.values().length);

    /// Only for the counter's own thread: a single writer needs no atomic addition.
    public void add(Counter counter, long count) {
        values.setOpaque(counter.ordinal(), values.getPlain(counter.ordinal()) + count);
    }

    /// Adds one; only for the counter's own thread.
    public void count(Counter counter) {
        add(counter, 1);
    }

    /// The present value. Any thread; may be slightly old.
    public long value(Counter counter) {
        return values.getOpaque(counter.ordinal());
    }
}
