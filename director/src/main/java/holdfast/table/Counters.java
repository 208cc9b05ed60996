package holdfast.table;

import java.util.concurrent.atomic.AtomicLongArray;

/// One worker's counters: each is written by one thread with plain cost, and read by anybody. That thread is the
/// worker, but for those of netlink, probes and echoes, which [LinkWatch] writes, and that of the [Shield].
public final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(Counter.values().length);

    /// Only by the counter's thread: a single writer needs no atomic addition.
    public void add(Counter counter, long count) {
        values.setOpaque(counter.ordinal(), values.getPlain(counter.ordinal()) + count);
    }

    public void count(Counter counter) {
        add(counter, 1);
    }

    public long value(Counter counter) {
        return values.getOpaque(counter.ordinal());
    }
}
