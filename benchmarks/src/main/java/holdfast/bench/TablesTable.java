package holdfast.bench;

import holdfast.bench.TablesReport.Cost;
import holdfast.bench.TablesReport.Storm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A report of the suite `tables` as Markdown.
final class TablesTable {
    private TablesTable() {}

    static String of(TablesReport report) {
        var machine = report.machine();
        var text = new StringBuilder("""
                Suite tables, %s, in %.0f s: `%s`

                %s, %d cores, %d MB; Linux %s; %s; commit %s

                Nanoseconds for each operation; median [min-max] of the iterations

                """.formatted(
                        report.startedAt(),
                        report.durationS(),
                        report.command(),
                        machine.cpu(),
                        machine.cores(),
                        machine.memoryMb(),
                        machine.kernel(),
                        machine.jdk(),
                        machine.commit()));
        text.append(costs(report.costs()));
        text.append("\nMemory\n\n").append(footprints(report));
        text.append("\nDelay of a packet in µs while a million templates expire (storm) or none do (idle)\n\n");
        text.append(storms(report.storms()));
        text.append("\nBars\n\n").append(bars(report));
        return text.toString();
    }

    private static String costs(List<Cost> costs) {
        var operations = costs.stream().map(Cost::operation).distinct().sorted().toList();
        var rows = new ArrayList<List<String>>();
        rows.add(row(List.of("", "entries"), operations));
        costs.stream()
                .map(cost -> List.of(cost.subject(), "" + cost.entries()))
                .distinct()
                .forEach(line -> {
                    var values = operations.stream()
                            .map(operation -> costs.stream()
                                    .filter(cost -> cost.operation().equals(operation)
                                            && cost.subject().equals(line.getFirst())
                                            && line.getLast().equals("" + cost.entries()))
                                    .map(cost -> cost.ns().text(0))
                                    .findFirst()
                                    .orElse(""))
                            .toList();
                    rows.add(row(line, values));
                });
        return Table.aligned(rows);
    }

    private static String footprints(TablesReport report) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "entries", "resident MB", "heap MB", "bytes per entry"));
        report.footprints()
                .forEach(footprint -> rows.add(List.of(
                        footprint.subject(),
                        "" + footprint.entries(),
                        number(footprint.residentBytes() / 1e6, 0),
                        number(footprint.heapBytes() / 1e6, 0),
                        number(footprint.bytesPerEntry(), 1))));
        return Table.aligned(rows);
    }

    private static String storms(List<Storm> storms) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "packets", "p50", "p99", "p99.9", "p99.99", "largest", "over 100", "longest timers"));
        storms.forEach(storm -> rows.add(List.of(
                storm.kind(),
                "" + storm.packets(),
                micros(storm.p50()),
                micros(storm.p99()),
                micros(storm.p999()),
                micros(storm.p9999()),
                micros(storm.largest()),
                "" + storm.late(),
                micros(storm.longestTimers()))));
        return Table.aligned(rows);
    }

    private static String bars(TablesReport report) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "at most", "measured", ""));
        report.bars()
                .forEach(bar -> rows.add(List.of(
                        bar.what(), number(bar.limit(), 1), number(bar.measured(), 1), bar.met() ? "met" : "missed")));
        return Table.aligned(rows);
    }

    private static List<String> row(List<String> title, List<String> values) {
        var row = new ArrayList<>(title);
        row.addAll(values);
        return row;
    }

    private static String micros(long nanos) {
        return number(nanos / 1000.0, 1);
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
