package holdfast.bench;

import java.util.List;
import java.util.Map;

/// A run of the suite `tables`.
///
/// @param command    as it was typed, relative to the repository
/// @param startedAt  UTC
/// @param quick      whether it was only a look
/// @param method     how each kind of number came about
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
    /// What an operation costs.
    ///
    /// @param operation       such as `amortisedHit`
    /// @param ns              over the iterations
    /// @param allocatedBytes  on the heap, per operation
    public record Cost(String subject, int entries, String operation, Summary ns, double allocatedBytes) {}

    /// What a full table takes.
    ///
    /// @param residentBytes  by which the process grew
    /// @param heapBytes      by which its heap grew
    public record Footprint(String subject, int entries, long residentBytes, long heapBytes) {
        double bytesPerEntry() {
            return (double) Math.max(residentBytes, heapBytes) / entries;
        }
    }

    /// A round in which packets go on, while a million templates expire or none; delays in ns.
    ///
    /// @param late           packets that were delayed by more than 100 µs
    /// @param longestTimers  the longest time that the timers took in one turn, in ns
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

    /// What we promise.
    public record Bar(String what, double limit, double measured, boolean met) {}

    public TablesReport {
        costs = List.copyOf(costs);
        footprints = List.copyOf(footprints);
        storms = List.copyOf(storms);
        bars = List.copyOf(bars);
    }
}
