package holdfast.forward;

import holdfast.linux.EventFd;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/// The queue of neighbours that a worker lacks, for the thread that asks the kernel for them; bounded, lossy and free
/// of allocation.
///
/// It drops a request that finds no room: the packet that caused it will be repeated. Of many requests only the first
/// makes the system call that wakes the reader.
public final class ProbeQueue implements AutoCloseable {
    private static final int CAPACITY = 256;

    private final AtomicLongArray requests;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private final EventFd wakeUp = new EventFd();
    private volatile boolean isSignalled; // and not drained since

    public ProbeQueue() {
        this(CAPACITY);
    }

    /// @param capacity  requests that may wait; a power of two
    public ProbeQueue(int capacity) {
        requests = new AtomicLongArray(capacity);
    }

    /// Wakes the reading thread, which polls its descriptor.
    public EventFd wakeUp() {
        return wakeUp;
    }

    /// Worker only.
    ///
    /// @param neighbour  in the form of [NextHops#neighbourOf]
    public void offer(long neighbour) {
        if (neighbour == NextHops.NO_ROUTE) { // the route disappeared between the worker's two lookups
            return;
        }
        long at = tail.getPlain();
        if (at - head.get() == requests.length()) {
            return;
        }
        requests.setPlain(slot(at), neighbour);
        // Written before the flag is read, and drain() clears the flag before it reads this: no wake-up is
        // lost.
        tail.set(at + 1);
        if (!isSignalled) {
            isSignalled = true;
            wakeUp.signal();
        }
    }

    /// Passes on all waiting requests, each in the form of [NextHops#neighbourOf]. Only the reading thread.
    public void drain(LongConsumer probe) {
        wakeUp.drain();
        isSignalled = false;
        for (long at = head.getPlain(); at < tail.get(); at++) {
            probe.accept(requests.getPlain(slot(at)));
            head.setRelease(at + 1);
        }
    }

    private int slot(long counter) {
        return (int) counter & (requests.length() - 1);
    }

    @Override
    public void close() {
        wakeUp.close();
    }
}
