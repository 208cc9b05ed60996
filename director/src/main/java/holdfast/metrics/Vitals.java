package holdfast.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/// The state of the process at one moment.
///
/// @param startedAt  ms since 1970
/// @param gcPause    ms in pauses since the start
/// @param cpu        ns since the start
/// @param threads    by name
record Vitals(
        long startedAt,
        long heapUsed,
        long heapMax,
        long gcPause,
        long cpu,
        long openFiles,
        long openFilesMax,
        Map<String, Threads.Times> threads) {
    private static final double NANOS = 1e9;

    static Vitals read(Threads threads) {
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var system = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        return new Vitals(
                ManagementFactory.getRuntimeMXBean().getStartTime(),
                heap.getUsed(),
                heap.getMax(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .filter(Vitals::countsPauses)
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum(),
                system.getProcessCpuTime(),
                system.getOpenFileDescriptorCount(),
                system.getMaxFileDescriptorCount(),
                threads.read());
    }

    /// ZGC has a bean for its pauses beside one for its cycles, in which the program runs; so has G1.
    private static boolean countsPauses(GarbageCollectorMXBean bean) {
        return !bean.getName().endsWith("Cycles") && !bean.getName().contains("Concurrent");
    }

    void write(Sheet sheet) {
        sheet.set(Family.START_TIME, startedAt / 1e3);
        sheet.set(Family.HEAP_USED, heapUsed);
        sheet.set(Family.HEAP_MAX, heapMax);
        sheet.set(Family.GC_PAUSE, gcPause / 1e3);
        sheet.set(Family.CPU, cpu / NANOS);
        sheet.set(Family.OPEN_FILES, openFiles);
        sheet.set(Family.OPEN_FILES_MAX, openFilesMax);
        threads.forEach((name, times) -> {
            sheet.set(Family.THREAD_CPU, times.ran() / NANOS, name);
            sheet.set(Family.THREAD_WAIT, times.waited() / NANOS, name);
        });
    }
}
