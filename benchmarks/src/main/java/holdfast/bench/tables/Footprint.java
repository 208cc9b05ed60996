package holdfast.bench.tables;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that prints the memory of a full table: `residentBytes` and `heapBytes`, by which the resident memory of
/// the process (`VmRSS`) and its heap after a collection grew.
public final class Footprint {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Footprint() {}

    /// @param arguments  a [Subject]'s name and the number of entries
    public static void main(String... arguments) throws IOException {
        var name = arguments[0];
        int entries = Integer.parseInt(arguments[1]);
        Subject.filled(name, 100_000).find(0); // the JVM takes its own memory now
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
