package holdfast.bench;

import holdfast.bench.TablesReport.Bar;
import holdfast.bench.TablesReport.Cost;
import holdfast.bench.TablesReport.Footprint;
import holdfast.bench.TablesReport.Storm;
import java.util.ArrayList;
import java.util.List;

/// The limits that the tables promise, and whether a run kept them. A run is judged only by what it measured.
final class TablesBars {
    private static final int MILLION = 1_000_000;
    private static final double MB = 1e6;

    private TablesBars() {}

    static List<Bar> of(List<Cost> costs, List<Footprint> footprints, List<Storm> storms) {
        var bars = new ArrayList<Bar>();
        for (var subject : List.of(TablesSuite.TEMPLATES, TablesSuite.CONNECTIONS)) {
            costs(bars, costs, subject, "amortised(Hit|Miss)", MILLION, 100);
            costs(bars, costs, subject, "amortised(Hit|Miss)", 8 * MILLION, 120);
            costs(bars, costs, subject, "single(Hit|Miss)", MILLION, 250);
            costs(bars, costs, subject, "single(Hit|Miss)", 8 * MILLION, 320);
            costs(bars, costs, subject, "amortisedInsertAndDelete", MILLION, 500);
            costs(bars, costs, subject, "amortisedInsertAndDelete", 8 * MILLION, 500);
        }
        costs.stream()
                .filter(cost -> isOurs(cost.subject()))
                .mapToDouble(Cost::allocatedBytes)
                .max()
                .ifPresent(worst -> bars.add(bar("bytes allocated by the worst operation", 0.5, worst)));
        footprint(bars, footprints, 8 * MILLION, 400);
        footprint(bars, footprints, 16 * MILLION, 2000);
        bars.add(bar(
                "largest delay of a packet in a storm, us, without what the idle rounds show",
                100,
                (largest(storms, "storm") - largest(storms, "idle")) / 1000.0));
        return bars;
    }

    private static void costs(
            List<Bar> bars, List<Cost> costs, String subject, String operations, int entries, double limit) {
        costs.stream()
                .filter(cost -> cost.subject().equals(subject)
                        && cost.entries() == entries
                        && cost.operation().matches(operations))
                .forEach(cost -> bars.add(bar(
                        "%s, ns, at %d M %s".formatted(cost.operation(), entries / MILLION, subject),
                        limit,
                        cost.ns().median())));
    }

    private static void footprint(List<Bar> bars, List<Footprint> footprints, int entries, double limitMb) {
        footprints.stream()
                .filter(footprint ->
                        footprint.subject().equals(TablesSuite.TEMPLATES) && footprint.entries() == entries)
                .forEach(footprint -> bars.add(bar(
                        "MB of %d M templates".formatted(entries / MILLION), limitMb, footprint.residentBytes() / MB)));
    }

    /// The median over the rounds of the largest delay in each.
    private static double largest(List<Storm> storms, String kind) {
        return Summary.of(storms.stream()
                        .filter(storm -> storm.kind().equals(kind))
                        .map(storm -> (double) storm.largest())
                        .toList())
                .median();
    }

    private static boolean isOurs(String subject) {
        return !TablesSuite.PEERS.contains(subject);
    }

    private static Bar bar(String what, double limit, double measured) {
        return new Bar(what, limit, measured, measured <= limit);
    }
}
