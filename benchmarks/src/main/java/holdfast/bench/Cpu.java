package holdfast.bench;

import java.nio.file.Path;
import java.util.Optional;

/// A reading of the CPU clocks: of the whole machine (all namespaces and what is outside of them), and of one process.
///
/// @param user     ticks in programs, including nice ones
/// @param system   ticks in the kernel, including interrupts
/// @param steal    ticks that the hypervisor gave to others
/// @param total    all ticks, of all CPUs together
/// @param process  ticks of the process asked for, user and system
record Cpu(long user, long system, long steal, long total, Optional<Ticks> process) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    record Ticks(long user, long system) {}

    /// CPUs kept busy between two readings.
    ///
    /// @param process      by the process, in programs and kernel
    /// @param processUser  by the process, in programs
    record Use(double user, double system, double steal, Optional<Double> process, Optional<Double> processUser) {
        double machine() {
            return user + system;
        }
    }

    static Cpu now(Optional<Long> pid) {
        return of(
                Program.read(Path.of("/proc/stat")),
                pid.map(id -> Program.read(Path.of("/proc", Long.toString(id), "stat"))));
    }

    /// From the texts of `/proc/stat` and, for the process, `/proc/PID/stat` (proc(5)).
    static Cpu of(String machine, Optional<String> process) {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; user holds guest already
        var fields = machine.lines().findFirst().orElse("").split(" +", -1);
        long[] ticks = new long[8];
        long total = 0;
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = Long.parseLong(fields[i + 1]);
            total += ticks[i];
        }
        return new Cpu(ticks[0] + ticks[1], ticks[2] + ticks[5] + ticks[6], ticks[7], total, process.map(Cpu::process));
    }

    private static Ticks process(String stat) {
        // The second field is a name in parentheses that may have spaces; utime and stime are the fields 14 and 15.
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new Ticks(Long.parseLong(fields[11]), Long.parseLong(fields[12]));
    }

    Use since(Cpu before) {
        double ticks = Math.max(1, total - before.total) / (double) CORES;
        return new Use(
                (user - before.user) / ticks,
                (system - before.system) / ticks,
                (steal - before.steal) / ticks,
                process.flatMap(
                        now -> before.process.map(then -> (now.user + now.system - then.user - then.system) / ticks)),
                process.flatMap(now -> before.process.map(then -> (now.user - then.user) / ticks)));
    }
}
