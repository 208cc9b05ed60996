package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A wake-up for a thread that waits in [Poller] (`eventfd(2)`). Any thread signals; the waiting one drains. Signals
/// before a drain are one. Allocates nothing after its construction.
public final class EventFd implements AutoCloseable {
    private final Descriptor event = Descriptor.event("waking a thread");
    private final MemorySegment one = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment drainErrno = Libc.errnoSegment();

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
            long result = event.write(one.address(), Long.BYTES);
            if (result < 0 && !Errno.EAGAIN.is(result)) {
                throw event.failure("write", result);
            }
        }
    }

    /// Takes back all signals so far, if there are any. Only by the thread that waits and closes.
    public void drain() {
        long result = Libc.read(drainErrno, event.fd(), count.address(), Long.BYTES);
        if (result < 0 && !Errno.EAGAIN.is(result)) {
            throw event.failure("read", result);
        }
    }

    @Override
    public synchronized void close() {
        event.close();
    }
}
