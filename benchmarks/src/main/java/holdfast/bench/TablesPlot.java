package holdfast.bench;

import holdfast.bench.TablesReport.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The cost of a lookup by the number of entries, as an SVG picture: one panel for amortised lookups and one for single
/// ones, both axes logarithmic, hits as solid lines and misses dashed.
final class TablesPlot {
    private static final int WIDTH = 1040;
    private static final int HEIGHT = 520;
    private static final int PANEL_WIDTH = 420;
    private static final int TOP = 90;
    private static final int BOTTOM = 450;
    private static final List<Integer> LEFTS = List.of(70, 590);

    private static final double LOWEST_NS = 5;
    private static final double HIGHEST_NS = 1000;
    private static final double FEWEST = 700;
    private static final double MOST = 22_000_000;
    private static final int[] NS_TICKS = {5, 10, 20, 50, 100, 200, 500, 1000};
    private static final int[] ENTRIES_TICKS = {1_000, 10_000, 100_000, 1_000_000, 8_000_000, 16_000_000};

    private static final Map<String, String> COLOURS =
            Map.of(TablesSuite.TEMPLATES, "#0a7d4f", "ConcurrentHashMap", "#c8442f", "Agrona", "#2b5fb3");

    private final List<Cost> costs;
    private final StringBuilder svg = new StringBuilder();

    private TablesPlot(List<Cost> costs) {
        this.costs = costs;
    }

    static String of(List<Cost> costs) {
        return new TablesPlot(costs).draw();
    }

    private String draw() {
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" \
                font-family="sans-serif" font-size="13" fill="#222">
                <rect width="100%%" height="100%%" fill="white"/>
                """.formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        text(WIDTH / 2.0, 24, "middle", 16, "One lookup of a client, by the number of entries");
        legend();
        panel(LEFTS.getFirst(), "amortised", "amortised: lookups that do not depend on each other");
        panel(LEFTS.getLast(), "single", "single: each waits for the one before");
        return svg.append("</svg>\n").toString();
    }

    private void legend() {
        double x = 110;
        for (var subject : subjects()) {
            line(x, 46, x + 30, 46, COLOURS.getOrDefault(subject, "#222"), 2.5, false);
            text(x + 36, 50, "start", 13, subject.equals(TablesSuite.TEMPLATES) ? "Holdfast's templates" : subject);
            x += 200;
        }
        line(x, 46, x + 30, 46, "#222", 1.5, false);
        text(x + 36, 50, "start", 13, "hit");
        line(x + 80, 46, x + 110, 46, "#222", 1.5, true);
        text(x + 116, 50, "start", 13, "miss");
    }

    private void panel(int left, String operation, String title) {
        text(left + PANEL_WIDTH / 2.0, TOP - 12, "middle", 13, title);
        for (int ns : NS_TICKS) {
            line(left, y(ns), left + PANEL_WIDTH, y(ns), "#ddd", 1, false);
            text(left - 8, y(ns) + 4, "end", 12, ns + (ns == NS_TICKS[NS_TICKS.length - 1] ? " ns" : ""));
        }
        for (int entries : ENTRIES_TICKS) {
            line(x(left, entries), TOP, x(left, entries), BOTTOM, "#eee", 1, false);
            text(x(left, entries), BOTTOM + 18, entries == 8_000_000 ? "end" : "middle", 12, label(entries));
        }
        text(left + PANEL_WIDTH / 2.0, BOTTOM + 42, "middle", 12, "entries");
        for (var subject : subjects()) {
            curve(left, subject, operation + "Hit", false);
            curve(left, subject, operation + "Miss", true);
        }
    }

    private void curve(int left, String subject, String operation, boolean dashed) {
        var points = costs.stream()
                .filter(cost ->
                        cost.subject().equals(subject) && cost.operation().equals(operation))
                .sorted(Comparator.comparingInt(Cost::entries))
                .toList();
        var path = new StringBuilder();
        for (var cost : points) {
            path.append(path.isEmpty() ? "M" : " L").append(at(left, cost));
        }
        var colour = COLOURS.getOrDefault(subject, "#222");
        svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"%s/>%n"
                .formatted(path, colour, dashed ? " stroke-dasharray=\"7 5\"" : ""));
        for (var cost : points) {
            var at = at(left, cost).split(" ", -1);
            svg.append("<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>%n"
                    .formatted(at[0], at[1], dashed ? "white" : colour));
            svg.append("<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"none\" stroke=\"%s\"/>%n"
                    .formatted(at[0], at[1], colour));
        }
    }

    private List<String> subjects() {
        var subjects = new ArrayList<>(List.of(TablesSuite.TEMPLATES));
        subjects.addAll(TablesSuite.PEERS);
        return subjects;
    }

    private static String at(int left, Cost cost) {
        return "%s %s"
                .formatted(number(x(left, cost.entries())), number(y(cost.ns().median())));
    }

    private static double x(int left, double entries) {
        return left + PANEL_WIDTH * Math.log(entries / FEWEST) / Math.log(MOST / FEWEST);
    }

    /// A value out of range is drawn at the edge.
    private static double y(double ns) {
        double within = Math.clamp(ns, LOWEST_NS, HIGHEST_NS);
        return BOTTOM - (BOTTOM - TOP) * Math.log(within / LOWEST_NS) / Math.log(HIGHEST_NS / LOWEST_NS);
    }

    private static String label(int entries) {
        return entries >= 1_000_000 ? entries / 1_000_000 + " M" : entries / 1000 + " k";
    }

    private void line(double x1, double y1, double x2, double y2, String colour, double width, boolean dashed) {
        svg.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\" stroke-width=\"%s\"%s/>%n"
                .formatted(
                        number(x1),
                        number(y1),
                        number(x2),
                        number(y2),
                        colour,
                        number(width),
                        dashed ? " stroke-dasharray=\"7 5\"" : ""));
    }

    private void text(double x, double y, String anchor, int size, String text) {
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-size=\"%d\">%s</text>%n"
                .formatted(number(x), number(y), anchor, size, text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
