package holdfast.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The two clocks of a director, both in nanoseconds from an arbitrary start. Any thread; allocates only at the first
/// call of [#boottime] in a thread.
///
/// Their difference grows by exactly the time that the machine was suspended: [#monotonic] stops then, [#boottime]
/// continues.
public final class Clock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final ThreadLocal<Timespec> TIMESPEC = ThreadLocal.withInitial(Timespec::new);

    private Clock() {}

    /// CLOCK_MONOTONIC, which [System#nanoTime] reads on Linux. Compare by difference only.
    public static long monotonic() {
        return System.nanoTime();
    }

    /// CLOCK_BOOTTIME: it also counts while the machine is suspended.
    public static long boottime() {
        return TIMESPEC.get().read(CLOCK_BOOTTIME);
    }

    /// `struct timespec` of one thread.
    ///
    ///     0         8     16
    ///     | seconds | ns  |
    private static final class Timespec {
        private final MemorySegment buffer = Arena.ofAuto().allocate(16, 8);

        long read(int clock) {
            long at = buffer.address();
            if (Libc.tryClockGettime(clock, at) == Libc.FAILED) {
                throw new IllegalStateException("this kernel has no clock " + clock);
            }
            return Memory.getLong(at) * 1_000_000_000L + Memory.getLong(at + 8);
        }
    }
}
