package holdfast.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import holdfast.lab.Director;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Measures how long threads of directors wait for a CPU, so that a test does not blame a director for the machine.
///
/// The kernel keeps the sum of a thread's waits in `/proc/PID/task/TID/schedstat`, second field, and adds a wait when
/// it ends. The growth of a sum between two readings is therefore an upper bound of the thread's longest wait. Threads
/// on which no packet and no takeover depends are left out: compilers, garbage collection, the admin API, timers and
/// pooled threads of the group layer.
final class CpuWait implements AutoCloseable {
    private static final long LOOK_INTERVAL = 20_000_000;
    /// Number of readings between two searches for new threads.
    private static final int LOOKS_PER_LISTING = 10;

    private static final int SCHEDSTAT_BYTES_MAX = 128;
    /// Name prefixes of threads on which nothing depends.
    private static final List<String> LEFT_OUT = List.of(
            "C1 ",
            "C2 ",
            "Z",
            "RuntimeWorker",
            "Timer runner",
            "jgroups-",
            "NioServer",
            "java",
            "VM Periodic",
            "Monitor Defl",
            "Service Thread",
            "Notification",
            "Signal Disp",
            "Common-Cleaner",
            "Finalizer",
            "Reference Handl",
            "api-",
            "ForkJoinPool-");

    /// The longest wait of a thread.
    ///
    /// @param thread  director and name; empty if none waited
    record Longest(double ms, String thread) {
        static final Longest NONE = new Longest(0, "");
    }

    /// One reading: the thread whose waits grew most since the previous reading.
    private record Look(long at, long waited, String thread) {}

    private static final class Watched {
        private final String name;
        private final FileChannel schedstat;
        private long waited;

        Watched(String name, FileChannel schedstat) {
            this.name = name;
            this.schedstat = schedstat;
        }
    }

    private final Map<String, Path> processes;
    private final Map<Path, Watched> threads = new HashMap<>();
    private final Set<Path> known = new HashSet<>();
    private final List<Look> looks = new ArrayList<>();
    private final ByteBuffer line = ByteBuffer.allocateDirect(SCHEDSTAT_BYTES_MAX);
    private final Thread watcher = Thread.ofPlatform().daemon().name("cpu-wait").unstarted(this::watch);
    private int looked;
    private int found;
    private volatile boolean stopping;

    /// @param processes  directory of each process under /proc, by its name in the report
    CpuWait(Map<String, Path> processes) {
        this.processes = Map.copyOf(processes);
    }

    /// Starts to watch all threads of these directors.
    static CpuWait on(List<Director> directors) {
        var processes = new HashMap<String, Path>();
        directors.forEach(director -> processes.put(director.name(), Path.of("/proc", Long.toString(director.pid()))));
        var waits = new CpuWait(processes);
        waits.look(System.nanoTime());
        waits.watcher.start();
        return waits;
    }

    private void watch() {
        while (!stopping) {
            LockSupport.parkNanos(LOOK_INTERVAL);
            look(System.nanoTime());
        }
    }

    /// Reads the sums of all threads once.
    void look(long now) {
        boolean isFirst = looked == 0;
        if (looked++ % LOOKS_PER_LISTING == 0) {
            processes.forEach(this::findThreads);
        }
        long longest = 0;
        var who = "";
        for (var each = threads.values().iterator(); each.hasNext(); ) {
            var thread = each.next();
            long grown = grown(thread);
            if (grown < 0) {
                each.remove();
            } else if (grown > longest && !isFirst) {
                longest = grown;
                who = thread.name;
            }
        }
        looks.add(new Look(now, longest, who));
    }

    /// The growth of a thread's sum since its last reading; -1 if the thread has ended.
    private long grown(Watched thread) {
        try {
            thread.schedstat.read(line.clear(), 0);
            long before = thread.waited;
            thread.waited = waited(line.flip());
            return thread.waited - before;
        } catch (IOException e) {
            close(thread); // ESRCH: it ended, with its process or by itself
            return -1;
        }
    }

    /// The second of the three numbers.
    private static long waited(ByteBuffer schedstat) {
        var numbers = US_ASCII.decode(schedstat).toString().split(" ", -1);
        return Long.parseLong(numbers[1]);
    }

    private void findThreads(String process, Path directory) {
        try (var tasks = Files.newDirectoryStream(directory.resolve("task"))) {
            for (var task : tasks) {
                if (known.add(task)) {
                    find(process, task);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // a killed process has no threads, and these files fail in no other way
        }
    }

    private void find(String process, Path task) {
        try {
            var name = Files.readString(task.resolve("comm")).strip();
            if (LEFT_OUT.stream().noneMatch(name::startsWith)) {
                var schedstat = FileChannel.open(task.resolve("schedstat"), StandardOpenOption.READ);
                threads.put(task, new Watched(process + " " + name, schedstat));
                found++;
            }
        } catch (IOException e) {
            return; // it ended after the listing
        }
    }

    @Override
    public void close() {
        stop();
    }

    /// Stops watching; the findings stay.
    void stop() {
        stopping = true;
        boolean interrupted = false;
        while (watcher.isAlive()) {
            try {
                watcher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        threads.values().forEach(CpuWait::close);
        threads.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Watched thread) {
        try {
            thread.schedstat.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Number of threads found so far that count.
    int watched() {
        return found;
    }

    /// The longest wait that ended between two points of time, [System#nanoTime]; for a watch that is over.
    Longest longest(long from, long to) {
        var longest = Longest.NONE;
        long before = Long.MIN_VALUE;
        for (var look : looks) {
            boolean overlaps = look.at - from >= 0 && (before == Long.MIN_VALUE || before - to < 0);
            if (overlaps && look.waited / 1e6 > longest.ms) {
                longest = new Longest(Math.round(look.waited / 10_000.0) / 100.0, look.thread);
            }
            before = look.at;
        }
        return longest;
    }
}
