package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Feeds a watch with files in the kernel's format, in the test's own time.
final class CpuWaitTest {
    private static final long MS = 1_000_000;
    private static final long LOOK = 20 * MS;

    @TempDir
    private Path proc;

    @Test
    void tellsTheLongestWaitAndWhoseItWas() throws IOException {
        var waits = watch();
        waited(11, "datapath-0", 100 * MS);
        waited(12, "vrrp-51", 7 * MS);
        waits.look(0);
        waited(11, "datapath-0", 103 * MS);
        waited(12, "vrrp-51", 12 * MS);
        waits.look(20 * MS);
        waited(11, "datapath-0", 105 * MS);
        waits.look(40 * MS);
        assertThat(waits.longest(0, 40 * MS)).isEqualTo(new CpuWait.Longest(5, "d1 vrrp-51"));
    }

    @Test
    void whatAThreadWaitedBeforeTheWatchDoesNotCount() throws IOException {
        var waits = watch();
        waited(11, "datapath-0", 900 * MS);
        waits.look(0);
        waits.look(20 * MS);
        assertThat(waits.longest(0, 20 * MS)).isEqualTo(CpuWait.Longest.NONE);
    }

    @Test
    void onlyWaitsThatMayLieInTheWindowCount() throws IOException {
        var waits = watch();
        waited(11, "datapath-0", 0);
        waits.look(0);
        waited(11, "datapath-0", 15 * MS);
        waits.look(20 * MS);
        waits.look(40 * MS);
        assertThat(waits.longest(0, 5 * MS).ms())
                .as("seen at 20 ms, may have ended at 5")
                .isEqualTo(15);
        assertThat(waits.longest(21 * MS, 60 * MS).ms())
                .as("ended before the window")
                .isZero();
        assertThat(waits.longest(20 * MS, 60 * MS).ms()).isEqualTo(15);
    }

    @Test
    void threadsThatNothingWaitsForAreLeftOut() throws IOException {
        var waits = watch();
        waits.look(0);
        for (var name : new String[] {"C2 CompilerThre", "C1 CompilerThre", "ZWorkerYoung#0", "api-1-1"}) {
            waited(name.hashCode(), name, 500 * MS);
        }
        lookUntilListed(waits);
        assertThat(waits.longest(0, Long.MAX_VALUE)).isEqualTo(CpuWait.Longest.NONE);
    }

    @Test
    void threadThatBeganMeanwhileIsFound() throws IOException {
        var waits = watch();
        waits.look(0);
        waited(13, "mcast-receiver-", 8 * MS);
        lookUntilListed(waits);
        assertThat(waits.longest(0, Long.MAX_VALUE)).isEqualTo(new CpuWait.Longest(8, "d1 mcast-receiver-"));
    }

    @Test
    void processThatIsGoneWaitsForNothing() throws IOException {
        var waits = new CpuWait(Map.of("d1", proc.resolve("dead")));
        waits.look(0);
        waits.look(20 * MS);
        assertThat(waits.longest(0, 20 * MS)).isEqualTo(CpuWait.Longest.NONE);
    }

    @Test
    void kernelHasTheseFiles() {
        var waits = new CpuWait(Map.of("me", Path.of("/proc/self")));
        waits.look(0);
        for (int i = 1; i <= 3; i++) {
            waits.look(i * LOOK);
        }
        waits.stop();
        assertThat(waits.watched()).as("threads seen").isPositive();
    }

    private CpuWait watch() throws IOException {
        Files.createDirectories(proc.resolve("task"));
        return new CpuWait(Map.of("d1", proc));
    }

    private void waited(int thread, String name, long nanos) throws IOException {
        var task = Files.createDirectories(proc.resolve("task/" + thread));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(task.resolve("schedstat"), "123456789 " + nanos + " 42\n");
    }

    private static void lookUntilListed(CpuWait waits) {
        for (int i = 1; i <= 11; i++) {
            waits.look(i * LOOK);
        }
    }
}
