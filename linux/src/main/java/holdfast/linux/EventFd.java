package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A wake-up for a thread that waits in [Poller] (`eventfd(2)`). Any thread signals; the waiting thread drains. All
/// signals before a drain count as one. Allocates nothing after its construction.
public final class EventFd implements AutoCloseable {
    private final Descriptor event = Descriptor.event("waking a thread");
    private final MemorySegment one = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    public EventFd() {
        one.set(ValueLayout.JAVA_LONG, 0, 1);
    }

    /// For [Poller]; readable from a signal until the drain.
    public int fd() {
        return event.fd();
    }

    /// Makes the descriptor readable. After [#close] it does nothing: a late signal is no error.
    public synchronized void signal() {
        if (event.fd() >= 0) {
            // It fails only when 2^64 - 2 signals wait, and then the descriptor is readable as it should
            // be.
            long _ = Libc.tryWrite(event.fd(), one.address(), Long.BYTES);
        }
    }

    /// Clears all signals so far, if there are any. Only the thread that waits and closes calls it.
    public void drain() {
        // It fails when nothing was signalled, which does no harm.
        long _ = Libc.tryRead(event.fd(), count.address(), Long.BYTES);
    }

    @Override
    public synchronized void close() {
        event.close();
    }
}
