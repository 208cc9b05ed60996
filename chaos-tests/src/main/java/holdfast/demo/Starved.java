package holdfast.demo;

import holdfast.lab.Director;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How long the threads on which a takeover depends have waited for a CPU since a moment. A director's deadline is
/// extended by this time: the machine's part is measured, and no limit is widened for it.
///
/// The waits of all these threads are added up, since one step waits for the other.
final class Starved {
    /// Name prefixes of threads that take part in a takeover or in the sync.
    private static final List<String> COUNTED = List.of("vrrp-", "sync", "datapath-", "netlink", "service-links");

    private final List<Director> directors;
    private final Map<Path, Long> before;

    private Starved(List<Director> directors) {
        this.directors = directors;
        before = waits();
    }

    static Starved since(List<Director> directors) {
        return new Starved(List.copyOf(directors));
    }

    /// Until now, including processes started meanwhile.
    Duration untilNow() {
        long sum = 0;
        for (var thread : waits().entrySet()) {
            sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
        }
        return Duration.ofNanos(sum);
    }

    private Map<Path, Long> waits() {
        var waits = new HashMap<Path, Long>();
        for (var director : directors) {
            if (director.isRunning()) {
                read(Path.of("/proc", Long.toString(director.pid()), "task"), waits);
            }
        }
        return waits;
    }

    private static void read(Path tasks, Map<Path, Long> waits) {
        try (var all = Files.newDirectoryStream(tasks)) {
            for (var task : all) {
                var name = Files.readString(task.resolve("comm"));
                if (COUNTED.stream().anyMatch(name::startsWith)) {
                    var numbers = Files.readString(task.resolve("schedstat")).split(" ", -1);
                    waits.put(task, Long.parseLong(numbers[1]));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // it has ended, and waits for nothing any more
        }
    }
}
