package holdfast.bench;

import java.util.List;
import java.util.Map;

/// A run of the suite `tables`.
///
/// @param command    as typed, relative to the repository
/// @param startedAt  UTC
/// @param quick      whether it was only a quick look
/// @param method     how each kind of number was measured
public record TablesReport(
        String suite,
        String command,
        String startedAt,
        double durationS,
        boolean quick,
        Machine machine,
        Map<String, String> method,
        List<Cost> costs,
        List<Footprint> footprints,
        List<Storm> storms,
        List<Bar> bars) {
    /// The cost of an operation.
    ///
    /// @param operation       such as `amortisedHit`
    /// @param ns              over the iterations
    /// @param allocatedBytes  on the heap, per operation
    public record Cost(String subject, int entries, String operation, Summary ns, double allocatedBytes) {}

    /// The memory of a full table.
    ///
    /// @param residentBytes  growth of the process
    /// @param heapBytes      growth of its heap
    public record Footprint(String subject, int entries, long residentBytes, long heapBytes) {
        double bytesPerEntry() {
            return (double) Math.max(residentBytes, heapBytes) / entries;
        }
    }

    /// A round in which packets continue while a million templates expire, or none; delays in ns.
    ///
    /// @param late           packets that were delayed by more than 100 µs
    /// @param longestTimers  longest time that the timers took in one turn, in ns
    public record Storm(
            String kind,
            long packets,
            long p50,
            long p99,
            long p999,
            long p9999,
            long largest,
            long late,
            long turns,
            long longestTimers) {}

    /// A promised limit.
    public record Bar(String what, double limit, double measured, boolean met) {}

    public TablesReport {
        costs = List.copyOf(costs);
        footprints = List.copyOf(footprints);
        storms = List.copyOf(storms);
        bars = List.copyOf(bars);
    }
}
