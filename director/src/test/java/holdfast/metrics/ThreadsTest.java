package holdfast.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadsTest {
    @TempDir
    Path tasks;

    private void thread(String id, String name, String schedstat) throws IOException {
        var task = Files.createDirectory(tasks.resolve(id));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(task.resolve("schedstat"), schedstat);
    }

    @Test
    void theThreadsOfPacketsAndTakeoversAreRead() throws IOException {
        thread("7", "datapath-0", "5000 120 9\n");
        thread("8", "vrrp-51", "70 3 1\n");
        thread("9", "sync", "10 1 1\n");
        thread("10", "sync", "20 2 1\n");
        thread("11", "C2 CompilerThre", "1 1 1\n");
        thread("12", "netlink", "damaged");
        Files.createDirectory(tasks.resolve("13")); // ended meanwhile

        assertThat(new Threads(tasks).read())
                .isEqualTo(Map.of(
                        "datapath-0", new Threads.Times(5000, 120),
                        "vrrp-51", new Threads.Times(70, 3),
                        "sync", new Threads.Times(30, 3)));
    }

    @Test
    void withoutProcNothingIsKnown() {
        assertThat(new Threads(tasks.resolve("none")).read()).isEmpty();
    }

    @Test
    void aThreadOfThisProcessIsFoundByItsName() throws InterruptedException {
        var found = new CountDownLatch(1);
        var thread = Thread.ofPlatform().name("datapath-7").start(() -> {
            try {
                found.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            var threads = new Threads(Path.of("/proc/self/task"));
            Awaitility.await("it has given itself its name")
                    .until(() -> threads.read().containsKey("datapath-7"));
        } finally {
            found.countDown();
            thread.join();
        }
    }
}
