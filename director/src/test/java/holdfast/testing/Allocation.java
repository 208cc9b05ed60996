package holdfast.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Measures the heap allocation of a piece of code.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int RUNS = 5;

    private Allocation() {}

    /// Bytes that this thread allocates each time that `code` runs, once its classes are loaded: the least of some
    /// runs, since the virtual machine allocates now and then on a thread whose code it compiles.
    public static long bytesOf(Runnable code) {
        code.run();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS && least > 0; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            code.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
