package holdfast.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Measures what a piece of code allocates on the heap.
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /// Bytes that this thread allocates while `code` runs a second time; the first time loads classes and links.
    public static long bytesOf(Runnable code) {
        code.run();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        code.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /// The least of some measurements: what the code allocates each time, without what the virtual machine does once
    /// while it compiles.
    public static long leastBytesOf(Runnable code) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > 0; i++) {
            least = Math.min(least, bytesOf(code));
        }
        return least;
    }
}
