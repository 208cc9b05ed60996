package holdfast.linux;

/// Waits until one of several descriptors is readable (`ppoll(2)`). One thread owns it. Allocates nothing after its
/// construction.
///
///     pollfd  0    4        6         8
///             | fd | events | revents |
public final class Poller implements AutoCloseable {
    private static final int POLLFD_BYTES = 8;
    private static final int REVENTS = 6;
    private static final short POLLIN = 1;
    private static final int POLLERR_HUP_NVAL = 0x38;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NANOS = 1_000_000_000;

    private final int count;
    private final long bytes;
    private long timeout; // struct timespec: seconds i64, nanoseconds i64
    private long polled;

    /// @param fds  the descriptors; their positions are the indexes of [#readable]. A negative one is skipped.
    public Poller(int... fds) {
        count = fds.length;
        bytes = TIMESPEC_BYTES + (long) count * POLLFD_BYTES;
        timeout = Memory.allocate(bytes);
        polled = timeout + TIMESPEC_BYTES;
        for (int i = 0; i < count; i++) {
            replace(i, fds[i]);
        }
    }

    /// Replaces the descriptor at this index, as after a packet ring was reopened; -1 for none.
    public void replace(int index, int fd) {
        long at = at(index);
        Memory.putInt(at, fd);
        Memory.putShort(at + 4, POLLIN);
        Memory.putShort(at + REVENTS, (short) 0);
    }

    /// Waits until a descriptor is readable or failed, the time ends, or a signal arrives.
    ///
    /// @param timeoutNanos  0 does not wait; negative waits for ever
    /// @return number of readable or failed descriptors; 0 after the time or a signal
    public int poll(long timeoutNanos) {
        requireOpen();
        long limit = 0;
        if (timeoutNanos >= 0) {
            limit = timeout;
            Memory.putLong(limit, timeoutNanos / NANOS);
            Memory.putLong(limit + 8, timeoutNanos % NANOS);
        }
        int ready = Libc.tryPpoll(polled, count, limit, 0);
        if (ready == Libc.FAILED) {
            // A signal arrived: our arguments are valid, and ppoll reports a bad descriptor in its results.
            forget();
            return 0;
        }
        return ready;
    }

    /// An interrupted ppoll leaves the results of the previous call.
    private void forget() {
        for (int i = 0; i < count; i++) {
            Memory.putShort(at(i) + REVENTS, (short) 0);
        }
    }

    /// Whether the last poll found something to read; also true for an error, which the read then reports.
    public boolean readable(int index) {
        return Memory.getShort(at(index) + REVENTS) != 0;
    }

    /// Whether the last poll found the descriptor failed: a packet ring whose interface went down, or a closed number.
    public boolean failed(int index) {
        return (Memory.getShort(at(index) + REVENTS) & POLLERR_HUP_NVAL) != 0;
    }

    private long at(int index) {
        requireOpen();
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("descriptor " + index + " of " + count);
        }
        return polled + (long) index * POLLFD_BYTES;
    }

    private void requireOpen() {
        if (timeout == 0) {
            throw new IllegalStateException("the poller is closed");
        }
    }

    @Override
    public void close() {
        if (timeout != 0) {
            Memory.free(timeout, bytes);
            timeout = 0;
        }
    }
}
