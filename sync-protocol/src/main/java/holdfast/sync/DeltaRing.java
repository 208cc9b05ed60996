package holdfast.sync;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A bounded queue of [Delta] records in off-heap memory between exactly one producer thread and one consumer thread.
/// Allocates nothing after construction; neither side waits for the other.
///
/// Two lines of 128 bytes follow the records (two cache lines, because the prefetcher loads them in pairs). Each line
/// holds the counter that one side writes, and that side's stale copy of the other counter. So a side reads the other's
/// line only when its copy shows full or empty.
///
/// ```
///  | record 0 | record 1 | ... | tail, producer's copy of head | head, consumer's copy of tail |
/// ```
public final class DeltaRing {
    private static final int LINE = 128;
    private static final VarHandle COUNTER = JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final Delta producerView;
    private final Delta consumerView;
    private final int capacity;
    private final long tailAt;
    private final long headCopyAt;
    private final long headAt;
    private final long tailCopyAt;

    /// @param capacity  records, a power of two
    public DeltaRing(int capacity) {
        if (capacity < 2 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity of a delta ring must be a power of two, not " + capacity);
        }
        this.capacity = capacity;
        tailAt = (long) capacity * Delta.BYTES;
        headCopyAt = tailAt + Long.BYTES;
        headAt = tailAt + LINE;
        tailCopyAt = headAt + Long.BYTES;
        memory = Arena.ofAuto().allocate(tailAt + 2 * LINE, LINE);
        producerView = new Delta(memory);
        consumerView = new Delta(memory);
    }

    /// Producer: the next free record, zeroed, or null if the ring is full. A second claim without [#publish]
    /// returns the same record.
    public @Nullable Delta claim() {
        long tail = memory.get(JAVA_LONG, tailAt);
        if (tail - memory.get(JAVA_LONG, headCopyAt) >= capacity) {
            long head = (long) COUNTER.getAcquire(memory, headAt);
            memory.set(JAVA_LONG, headCopyAt, head);
            if (tail - head >= capacity) {
                return null;
            }
        }
        producerView.at(offset(tail)).clear();
        return producerView;
    }

    /// Producer: passes the claimed record to the consumer.
    public void publish() {
        COUNTER.setRelease(memory, tailAt, memory.get(JAVA_LONG, tailAt) + 1);
    }

    /// Consumer: the oldest record, or null if there is none.
    public @Nullable Delta peek() {
        return peek(0);
    }

    /// Consumer: the record that has `older` records before it, or null if there is none yet.
    public @Nullable Delta peek(int older) {
        long at = memory.get(JAVA_LONG, headAt) + older;
        if (at >= memory.get(JAVA_LONG, tailCopyAt)) {
            long tail = (long) COUNTER.getAcquire(memory, tailAt);
            memory.set(JAVA_LONG, tailCopyAt, tail);
            if (at >= tail) {
                return null;
            }
        }
        return consumerView.at(offset(at));
    }

    /// Consumer: frees the oldest record.
    public void release() {
        COUNTER.setRelease(memory, headAt, memory.get(JAVA_LONG, headAt) + 1);
    }

    /// Records published and not yet released. While the other side works the number is not exact: the producer
    /// never sees fewer than there are, the consumer never more. Any thread.
    public int size() {
        long head = (long) COUNTER.getAcquire(memory, headAt);
        long tail = (long) COUNTER.getAcquire(memory, tailAt);
        return Math.clamp(tail - head, 0, capacity);
    }

    public int capacity() {
        return capacity;
    }

    private long offset(long counter) {
        return (counter & capacity - 1) * Delta.BYTES;
    }
}
