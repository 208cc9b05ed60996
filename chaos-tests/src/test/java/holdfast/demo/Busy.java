package holdfast.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Processes that use a CPU each, until they are closed.
final class Busy implements AutoCloseable {
    /// Should nobody close them.
    private static final String SECONDS_MAX = "120";

    private final List<Process> loops = new ArrayList<>();

    private Busy() {}

    static Busy loops(int count) throws IOException {
        var busy = new Busy();
        for (int i = 0; i < count; i++) {
            busy.loops.add(new ProcessBuilder("timeout", SECONDS_MAX, "sh", "-c", "while :; do :; done").start());
        }
        return busy;
    }

    @Override
    public void close() {
        for (var loop : loops) {
            loop.descendants().forEach(ProcessHandle::destroyForcibly);
            loop.destroyForcibly().onExit().join();
        }
    }
}
