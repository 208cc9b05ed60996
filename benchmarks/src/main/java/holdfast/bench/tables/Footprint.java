package holdfast.bench.tables;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that says what a full table takes of the machine's memory: what the process has resident before and after
/// (`VmRSS`), and what its heap holds after a collection. Prints `residentBytes` and `heapBytes`, by which both grew.
public final class Footprint {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Footprint() {}

    /// @param arguments  a [Subject]'s name and how many entries
    public static void main(String... arguments) throws IOException {
        var name = arguments[0];
        int entries = Integer.parseInt(arguments[1]);
        Subject.filled(name, 100_000).find(0); // what the JVM takes for itself comes now
        long heapBefore = heap();
        long residentBefore = resident();
        var table = Subject.filled(name, entries);
        long resident = resident() - residentBefore;
        long heap = heap() - heapBefore;
        if (table.find(Clients.client(entries - 1)) < 0) {
            throw new IllegalStateException("the last client is not in the table");
        }
        System.out.println("residentBytes " + resident);
        System.out.println("heapBytes " + heap);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
