package holdfast.metrics;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// How long the threads on which packets and takeovers depend have run, and have waited for a CPU.
///
/// The kernel keeps both sums in `/proc/self/task/TID/schedstat`, of which the first number is the time on a CPU
/// and the second the time in which the thread was ready and waited, both in ns. A wait is added when it ends. To
/// read them costs the thread itself nothing.
final class Threads {
    private static final Pattern WATCHED = Pattern.compile("datapath-\\d+|vrrp-\\d+|sync|netlink");
    private static final int THREADS_MAX = 64;

    private final Path tasks;

    /// @param ran     ns on a CPU
    /// @param waited  ns ready and without a CPU
    record Times(long ran, long waited) {
        Times and(Times other) {
            return new Times(ran + other.ran, waited + other.waited);
        }
    }

    /// @param tasks  `/proc/self/task`
    Threads(Path tasks) {
        this.tasks = tasks;
    }

    /// By name; threads of one name count together. Empty where the kernel keeps no such numbers.
    Map<String, Times> read() {
        var times = new TreeMap<String, Times>();
        try (var threads = Files.newDirectoryStream(tasks)) {
            for (var thread : threads) {
                if (times.size() < THREADS_MAX) {
                    read(thread, times);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Map.of(); // no /proc: then nothing is known
        }
        return times;
    }

    private static void read(Path thread, Map<String, Times> times) {
        try {
            var name = Files.readString(thread.resolve("comm")).strip();
            if (WATCHED.matcher(name).matches()) {
                var numbers = Files.readString(thread.resolve("schedstat")).split(" ", -1);
                times.merge(name, new Times(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])), Times::and);
            }
        } catch (IOException | NumberFormatException e) {
            return; // it ended after the listing, or this kernel has no schedstat
        }
    }
}
