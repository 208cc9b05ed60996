package holdfast.demo;

import holdfast.demo.Round.Outcome;
import holdfast.demo.Round.Rejoin;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The numbers of a report side by side, for a reader.
final class Tables {
    private final Report report;
    private final StringBuilder text = new StringBuilder();

    private Tables(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        return new Tables(report).text();
    }

    private String text() {
        line("%s; %s".formatted(report.machine(), report.mode()));
        if (report.rounds().size() == 1) {
            one(report.rounds().getFirst());
        } else if (!report.rounds().isEmpty()) {
            several(report.rounds());
        }
        if (report.failovers() != null) {
            row(report.failovers());
        }
        return text.toString();
    }

    private void one(Round round) {
        three("", "crash", "planned", "freeze");
        // @formatter:off
        step(round, "carts kept",                    o -> o.cartsKept() + " of " + o.carts());
        step(round, "downloads",                     o -> o.downloadsIntact() ? "intact" : "BROKEN");
        step(round, "echo sessions",                 o -> o.echoIntact() ? "intact" : "BROKEN");
        step(round, "blackout, ms",                  o -> ms(o.blackoutMs()));
        step(round, "packets held, ms",              o -> o.heldMs() == null ? "-" : ms(o.heldMs()));
        step(round, "probes lost",                   o -> "" + o.packetsLost());
        step(round, "requests failed",               o -> "" + o.requestsFailed());
        step(round, "templates lost (predicted)",    o -> o.templatesLost() + " (" + said(o.templatesPredictedLost()) + ")");
        step(round, "connections lost (predicted)",  o -> o.connectionsLost() + " (" + said(o.connectionsPredictedLost()) + ")");
        step(round, "longest wait for a CPU, ms",    o -> ms(o.longestCpuWaitMs()));
        step(round, "prober late, ms",               o -> ms(o.proberLateMs()));
        // @formatter:on
        var rejoin = round.rejoin();
        if (rejoin != null) {
            line("the dead director came back: %s after %.1f s, %s"
                    .formatted(
                            rejoin.equal() ? "equal" : "NOT EQUAL",
                            rejoin.seconds(),
                            rejoin.tookOverByItself() ? "and TOOK THE VIPS by itself" : "and stayed the standby"));
        }
    }

    private static String said(@Nullable Long predicted) {
        return predicted == null ? "unknown" : predicted.toString();
    }

    private void step(Round round, String name, Function<Outcome, String> cell) {
        three(name, cell(round.crash(), cell), cell(round.planned(), cell), cell(round.freeze(), cell));
    }

    private static String cell(@Nullable Outcome outcome, Function<Outcome, String> cell) {
        return outcome == null ? "-" : cell.apply(outcome);
    }

    private void several(List<Round> rounds) {
        three(rounds.size() + " rounds", "min", "median", "max");
        step("crash", Round::crash);
        step("planned", Round::planned);
        spread("planned: packets held, ms", outcomes(Round::planned).flatMap(o -> Stream.ofNullable(o.heldMs())));
        step("freeze", Round::freeze);
        spread("came back: ready after, s", rejoins().flatMap(r -> Stream.ofNullable(r.readySeconds())));
        spread("came back: equal after, s", rejoins().filter(Rejoin::equal).map(Rejoin::seconds));
        three("in all rounds", "crash", "planned", "freeze");
        // @formatter:off
        sum("carts kept",       o -> o.cartsKept(), o -> o.carts());
        sum("downloads intact", o -> o.downloadsIntact() ? 1 : 0, o -> 1);
        sum("echoes intact",    o -> o.echoIntact() ? 1 : 0, o -> 1);
        sum("requests failed",  o -> o.requestsFailed(), o -> o.requests());
        sum("probes lost",      o -> o.packetsLost(), null);
        // @formatter:on
    }

    private Stream<Outcome> outcomes(Function<Round, @Nullable Outcome> step) {
        return report.rounds().stream().map(step).filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    private Stream<Rejoin> rejoins() {
        return report.rounds().stream().flatMap(round -> Stream.ofNullable(round.rejoin()));
    }

    private void step(String name, Function<Round, @Nullable Outcome> step) {
        spread(name + ": blackout, ms", outcomes(step).map(Outcome::blackoutMs));
        spread(name + ": longest wait for a CPU, ms", outcomes(step).map(Outcome::longestCpuWaitMs));
        spread(name + ": prober late, ms", outcomes(step).map(Outcome::proberLateMs));
    }

    private void spread(String name, Stream<Double> numbers) {
        var spread = Spread.of(numbers.toList());
        three(
                name,
                spread.map(s -> ms(s.min())).orElse("-"),
                spread.map(s -> ms(s.median())).orElse("-"),
                spread.map(s -> ms(s.max())).orElse("-"));
    }

    private interface Count {
        int in(Outcome outcome);
    }

    private void sum(String name, Count count, @Nullable Count of) {
        three(name, sum(Round::crash, count, of), sum(Round::planned, count, of), sum(Round::freeze, count, of));
    }

    private String sum(Function<Round, @Nullable Outcome> step, Count count, @Nullable Count of) {
        int sum = outcomes(step).mapToInt(count::in).sum();
        return of == null
                ? "" + sum
                : sum + " of " + outcomes(step).mapToInt(of::in).sum();
    }

    private void row(FailoverRow row) {
        var known = row.heldMs().stream().filter(Objects::nonNull).toList();
        var spread = Spread.of(known);
        line("%d of %d planned failovers in a row under %.0f requests/s: %d aborted, %d refused and asked again"
                .formatted(row.moved(), row.wanted(), row.requestsPerSecond(), row.aborted(), row.refused()));
        line("  requests failed %d of %d, probes lost %d of %d, carts kept %d of %d"
                .formatted(
                        row.requestsFailed(),
                        row.requests(),
                        row.probesLost(),
                        row.probes(),
                        row.cartsKept(),
                        row.carts()));
        line("  longest wait for a CPU %s ms (%s)".formatted(ms(row.longestCpuWaitMs()), row.longestCpuWaitOf()));
        line("  packets held, ms: first %s, median %s, max %s; the first taker was ready %s s after its start"
                .formatted(
                        row.heldMs().isEmpty() ? "-" : orDash(row.heldMs().getFirst()),
                        spread.map(s -> ms(s.median())).orElse("-"),
                        spread.map(s -> ms(s.max())).orElse("-"),
                        orDash(row.firstReadySeconds())));
    }

    private static String orDash(@Nullable Double number) {
        return Optional.ofNullable(number).map(Tables::ms).orElse("-");
    }

    private static String ms(double number) {
        return "%.1f".formatted(number);
    }

    private void three(String name, String first, String second, String third) {
        line("%-34s %12s %12s %12s".formatted(name, first, second, third));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
