package holdfast.bench;

import java.nio.file.Path;

/// A reading of the CPU clocks of the whole machine, inside and outside of all namespaces; see `proc(5)`.
///
/// @param user    ticks in programs, including nice ones
/// @param system  ticks in the kernel, including interrupts
/// @param steal   ticks that the hypervisor gave to others
/// @param total   all ticks, of all CPUs together
record Cpu(long user, long system, long steal, long total) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /// A reading of the clocks of one process.
    ///
    /// @param user      ticks in the program
    /// @param system    ticks in the kernel for it
    /// @param children  ticks of its ended children, in programs
    record OfProcess(long user, long system, long children) {
        static final OfProcess NONE = new OfProcess(0, 0, 0);

        static OfProcess now(long pid) {
            return of(Program.read(Path.of("/proc", Long.toString(pid), "stat")));
        }

        /// From the text of `/proc/PID/stat`.
        static OfProcess of(String stat) {
            // The second field is a name in parentheses that may have spaces; utime, stime and cutime are
            // fields 14 to 16.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new OfProcess(Long.parseLong(fields[11]), Long.parseLong(fields[12]), Long.parseLong(fields[13]));
        }

        OfProcess plus(OfProcess other) {
            return new OfProcess(user + other.user, system + other.system, children + other.children);
        }

        OfProcess minus(OfProcess other) {
            return new OfProcess(user - other.user, system - other.system, children - other.children);
        }
    }

    static Cpu now() {
        return of(Program.read(Path.of("/proc/stat")));
    }

    /// From the text of `/proc/stat`.
    static Cpu of(String stat) {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; user includes guest already
        var fields = stat.lines().findFirst().orElse("").split(" +", -1);
        long[] ticks = new long[8];
        long total = 0;
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = Long.parseLong(fields[i + 1]);
            total += ticks[i];
        }
        return new Cpu(ticks[0] + ticks[1], ticks[2] + ticks[5] + ticks[6], ticks[7], total);
    }

    Cpu minus(Cpu before) {
        return new Cpu(user - before.user, system - before.system, steal - before.steal, total - before.total);
    }

    /// The number of CPUs for that many ticks, if this is the difference of two readings.
    double cores(long ticks) {
        return (double) ticks * CORES / Math.max(1, total);
    }
}
