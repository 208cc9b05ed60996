package holdfast.bench;

import holdfast.bench.Report.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A report as Markdown: one table of values and one of CPU use for each forwarding method.
final class Table {
    private Table() {}

    static String of(Report report) {
        var text = new StringBuilder();
        var machine = report.machine();
        text.append("""
                Suite %s, %s, %d rounds in %.0f s: `%s`

                %s, %d cores, %d MB; Linux %s; %s; %s; %s; commit %s

                """.formatted(
                        report.suite(),
                        report.startedAt(),
                        report.rounds(),
                        report.durationS(),
                        report.command(),
                        machine.cpu(),
                        machine.cores(),
                        machine.memoryMb(),
                        machine.kernel(),
                        machine.jdk(),
                        machine.iperf3(),
                        machine.nft(),
                        machine.commit()));
        for (var method : distinct(report.results(), Result::method)) {
            var results = report.results().stream()
                    .filter(result -> result.method().equals(method))
                    .toList();
            text.append("**")
                    .append(method)
                    .append("**: ")
                    .append(units(report))
                    .append("; median [min-max] (ratio to nft)\n\n");
            text.append(table(results, Table::value)).append('\n');
            text.append("CPUs busy on the machine, of these the director's process\n\n");
            var metric = results.getFirst().metric();
            text.append(table(
                            results.stream()
                                    .filter(result -> result.metric().equals(metric))
                                    .toList(),
                            Table::cores))
                    .append('\n');
        }
        return text.append(closing(report)).toString();
    }

    /// Such as `gbps 33.10`.
    static String values(Map<String, Double> values) {
        return values.entrySet().stream()
                .map(value -> "%s %s".formatted(value.getKey(), number(value.getValue())))
                .collect(Collectors.joining(", "));
    }

    private static String units(Report report) {
        return report.unit().entrySet().stream()
                .map(unit -> unit.getKey() + " in " + unit.getValue())
                .collect(Collectors.joining(", "));
    }

    private interface Entry {
        String of(Result result);
    }

    private static String table(List<Result> results, Entry entry) {
        boolean oneMetric = distinct(results, Result::metric).size() == 1;
        Function<Result, String> column = result -> oneMetric ? result.cell() : result.cell() + ", " + result.metric();
        var columns = distinct(results, column);
        var rows = new ArrayList<List<String>>();
        rows.add(row("", columns));
        for (var target : distinct(results, Result::target)) {
            rows.add(row(
                    target,
                    columns.stream()
                            .map(title -> results.stream()
                                    .filter(result -> result.target().equals(target)
                                            && column.apply(result).equals(title))
                                    .map(entry::of)
                                    .findFirst()
                                    .orElse("failed"))
                            .toList()));
        }
        return aligned(rows);
    }

    private static String value(Result result) {
        return (result.disturbedOnly() ? "~" : "")
                + result.value().text(digits(result.value().median()))
                + (result.ratio() == null
                        ? ""
                        : String.format(Locale.ROOT, " (%s%.2f)", result.ratioDisturbed() ? "~" : "", result.ratio()));
    }

    private static String cores(Result result) {
        var director = result.directorCores();
        return String.format(Locale.ROOT, "%.2f", result.machineCores().median())
                + (director == null ? "" : String.format(Locale.ROOT, ", %.2f", director.median()));
    }

    private static String closing(Report report) {
        var text = new StringBuilder();
        long failed = report.samples().stream()
                .filter(sample -> sample.failure() != null)
                .count();
        long disturbed =
                report.samples().stream().filter(sample -> sample.disturbed()).count();
        text.append(
                "%d samples, %d failed, %d disturbed by other work on the machine (left out where a cell has others; ~ where it has none).%n"
                        .formatted(report.samples().size(), failed, disturbed));
        report.starts().stream()
                .filter(start -> start.failure() != null)
                .forEach(start -> text.append(
                        "Round %d: %s did not run: %s%n".formatted(start.round(), start.target(), start.failure())));
        report.samples().stream()
                .filter(sample -> sample.failure() != null)
                .forEach(sample -> text.append("Round %d: %s %s %s failed: %s%n"
                        .formatted(sample.round(), sample.target(), sample.method(), sample.cell(), sample.failure())));
        return text.toString();
    }

    private static List<String> row(String title, List<String> rest) {
        var row = new ArrayList<String>();
        row.add(title);
        row.addAll(rest);
        return row;
    }

    static String aligned(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (var row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < widths.length; i++) {
                text.append("| ").append(padded(rows.get(r).get(i), widths[i])).append(' ');
            }
            text.append("|\n");
            if (r == 0) {
                for (int width : widths) {
                    text.append('|').append("-".repeat(width + 2));
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    private static int digits(double value) {
        return value >= 1000 ? 0 : value >= 1 ? 1 : 2;
    }

    private static String number(Double value) {
        return String.format(Locale.ROOT, "%." + digits(Objects.requireNonNull(value)) + "f", value);
    }

    private static List<String> distinct(List<Result> results, Function<Result, String> part) {
        return results.stream().map(part).distinct().toList();
    }
}
