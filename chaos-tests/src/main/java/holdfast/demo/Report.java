package holdfast.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the demo found, in the shape of its JSON file. A step that was not reached is null.
record Report(
        @Nullable Outcome crash,
        @Nullable Rejoin rejoin,
        @Nullable Outcome planned,
        @Nullable Outcome freeze,
        Verdict verdict) {
    private static final double CRASH_BLACKOUT_MS_MAX = 250;
    private static final double PLANNED_BLACKOUT_MS_MAX = 20;

    /// How clients fared through one fault.
    ///
    /// @param blackoutMs               of the worse forwarding method
    /// @param packetsLost              probes of both forwarding methods without an answer
    /// @param templatesPredictedLost   what the readout said just before; null where it said that it did not know
    record Outcome(
            int carts,
            int cartsKept,
            boolean downloadsIntact,
            boolean echoIntact,
            double blackoutMs,
            int packetsLost,
            int requestsFailed,
            int templatesLost,
            @Nullable Long templatesPredictedLost,
            int connectionsLost,
            @Nullable Long connectionsPredictedLost) {}

    /// How the director that died came back.
    ///
    /// @param equal    whether its tables became equal
    /// @param seconds  from its start until then
    record Rejoin(boolean equal, double seconds, boolean tookOverByItself) {}

    enum Verdict {
        PASS,
        FAIL
    }

    /// The report on these steps, judged.
    ///
    /// @param moreFailures  bars that were missed and that no number shows
    static Report of(
            @Nullable Outcome crash,
            @Nullable Rejoin rejoin,
            @Nullable Outcome planned,
            @Nullable Outcome freeze,
            List<String> moreFailures) {
        var all = new Report(crash, rejoin, planned, freeze, Verdict.PASS);
        boolean passed = moreFailures.isEmpty() && all.failures().isEmpty();
        return passed ? all : new Report(crash, rejoin, planned, freeze, Verdict.FAIL);
    }

    /// Each bar that was missed, as a sentence.
    List<String> failures() {
        var missed = new ArrayList<String>();
        service("crash", crash, CRASH_BLACKOUT_MS_MAX, missed);
        if (rejoin == null || !rejoin.equal) {
            missed.add("rejoin: the director that died did not become equal again.");
        } else if (rejoin.tookOverByItself) {
            missed.add("rejoin: the director that died took the VIPs back by itself.");
        }
        service("planned", planned, PLANNED_BLACKOUT_MS_MAX, missed);
        if (planned != null && planned.requestsFailed > 0) {
            missed.add("planned: " + planned.requestsFailed + " requests failed.");
        }
        if (freeze == null) {
            missed.add("freeze: not done.");
        }
        return missed;
    }

    private static void service(String step, @Nullable Outcome outcome, double blackoutMsMax, List<String> missed) {
        if (outcome == null) {
            missed.add(step + ": not done.");
            return;
        }
        if (outcome.cartsKept < outcome.carts) {
            missed.add("%s: %d of %d clients lost their cart."
                    .formatted(step, outcome.carts - outcome.cartsKept, outcome.carts));
        }
        if (!outcome.downloadsIntact) {
            missed.add(step + ": a download broke.");
        }
        if (!outcome.echoIntact) {
            missed.add(step + ": an echo session broke.");
        }
        if (outcome.blackoutMs > blackoutMsMax) {
            missed.add("%s: the blackout lasted %.1f ms; at most %.0f ms are allowed."
                    .formatted(step, outcome.blackoutMs, blackoutMsMax));
        }
    }

    /// The three faults side by side, for a person to read.
    String table() {
        var text = new StringBuilder("%-32s %12s %12s %12s%n".formatted("", "crash", "planned", "freeze"));
        // @formatter:off
        row(text, "carts kept",                    o -> o.cartsKept + " of " + o.carts);
        row(text, "downloads",                     o -> o.downloadsIntact ? "intact" : "BROKEN");
        row(text, "echo sessions",                 o -> o.echoIntact ? "intact" : "BROKEN");
        row(text, "blackout, ms",                  o -> "%.1f".formatted(o.blackoutMs));
        row(text, "probes lost",                   o -> "" + o.packetsLost);
        row(text, "requests failed",               o -> "" + o.requestsFailed);
        row(text, "templates lost (predicted)",    o -> o.templatesLost + " (" + said(o.templatesPredictedLost) + ")");
        row(text, "connections lost (predicted)",  o -> o.connectionsLost + " (" + said(o.connectionsPredictedLost) + ")");
        // @formatter:on
        if (rejoin != null) {
            text.append("the dead director came back: %s after %.1f s, %s%n"
                    .formatted(
                            rejoin.equal ? "equal" : "NOT EQUAL",
                            rejoin.seconds,
                            rejoin.tookOverByItself ? "and TOOK THE VIPS by itself" : "and stayed the standby"));
        }
        return text.toString();
    }

    private static String said(@Nullable Long predicted) {
        return predicted == null ? "unknown" : predicted.toString();
    }

    private interface Cell {
        String of(Outcome outcome);
    }

    private void row(StringBuilder text, String name, Cell cell) {
        text.append(
                "%-32s %12s %12s %12s%n".formatted(name, cell(crash, cell), cell(planned, cell), cell(freeze, cell)));
    }

    private static String cell(@Nullable Outcome outcome, Cell cell) {
        return outcome == null ? "-" : cell.of(outcome);
    }
}
