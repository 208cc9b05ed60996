package holdfast.demo;

import holdfast.demo.Round.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The limits that every round must keep, as a pure function of the findings.
///
/// A planned failover costs nothing. A crash or a freeze may fail a request whose connection was younger than the lag
/// of replication.
///
/// The blackout of a crash is judged only if no load runs beside the lab, and CPU waits are measured to exclude the
/// machine's part. A blackout over its limit is a failure, unless a director's thread waited for a CPU for at least the
/// excess; then the machine disturbed the round. If it disturbs more than one round in five, nothing can be judged.
final class Bars {
    static final double CRASH_BLACKOUT_MS_MAX = 150;
    static final double CRASH_BLACKOUT_MS_MEDIAN_MAX = 100;
    /// With fewer rounds a median adds nothing to the single values.
    static final int MEDIAN_ROUNDS_MIN = 3;
    /// One round in this many may be disturbed by the machine.
    static final int ROUNDS_PER_DISTURBED = 5;

    private final Mode mode;
    private final List<Round> rounds;
    private final List<String> failures = new ArrayList<>();
    private final List<String> disturbed = new ArrayList<>();
    private final List<String> tooBusy = new ArrayList<>();

    private Bars(Mode mode, List<Round> rounds) {
        this.mode = mode;
        this.rounds = rounds;
    }

    enum Verdict {
        PASS,
        FAIL,
        /// The machine had too little time for the lab to judge.
        TOO_BUSY_TO_JUDGE
    }

    /// @param failures   each missed limit, with its round
    /// @param disturbed  each round whose blackout the machine lengthened
    /// @param tooBusy    why nothing can be judged; empty if it can
    record Judgement(List<String> failures, List<String> disturbed, List<String> tooBusy) {
        Judgement {
            failures = List.copyOf(failures);
            disturbed = List.copyOf(disturbed);
            tooBusy = List.copyOf(tooBusy);
        }

        Verdict verdict() {
            if (!failures.isEmpty()) {
                return Verdict.FAIL;
            }
            return tooBusy.isEmpty() ? Verdict.PASS : Verdict.TOO_BUSY_TO_JUDGE;
        }

        Judgement and(Judgement other) {
            return new Judgement(
                    joined(failures, other.failures),
                    joined(disturbed, other.disturbed),
                    joined(tooBusy, other.tooBusy));
        }

        private static List<String> joined(List<String> some, List<String> others) {
            return Stream.concat(some.stream(), others.stream()).toList();
        }
    }

    static Judgement judge(Mode mode, List<Round> rounds) {
        var bars = new Bars(mode, rounds);
        rounds.forEach(bars::judge);
        if (mode.judgesTime()) {
            bars.judgeMedian();
            bars.judgeMachine();
        }
        return new Judgement(bars.failures, bars.disturbed, bars.tooBusy);
    }

    private void judge(Round round) {
        service(round, "crash", round.crash());
        rejoin(round);
        service(round, "planned", round.planned());
        planned(round);
        service(round, "freeze", round.freeze());
        if (round.crash() != null) {
            inSync(round, "crash", round.crash());
            blackout(round, round.crash());
        }
        if (round.freeze() != null) {
            inSync(round, "freeze", round.freeze());
        }
        round.failures().forEach(sentence -> miss(round, sentence));
    }

    private void miss(Round round, String sentence) {
        failures.add(in(round, sentence));
    }

    private String in(Round round, String sentence) {
        return rounds.size() == 1 ? sentence : "round " + round.number() + ": " + sentence;
    }

    private void service(Round round, String step, @Nullable Outcome outcome) {
        if (outcome == null) {
            miss(round, step + ": not done.");
            return;
        }
        if (outcome.cartsKept() < outcome.carts()) {
            miss(
                    round,
                    "%s: %d of %d clients lost their cart."
                            .formatted(step, outcome.carts() - outcome.cartsKept(), outcome.carts()));
        }
        if (!outcome.downloadsIntact()) {
            miss(round, step + ": a download broke.");
        }
        if (!outcome.echoIntact()) {
            miss(round, step + ": an echo session broke.");
        }
        if (outcome.requestsFailedBeforehand() > 0) {
            miss(
                    round,
                    "%s: %d requests failed before it, with nothing wrong."
                            .formatted(step, outcome.requestsFailedBeforehand()));
        }
    }

    private void rejoin(Round round) {
        var rejoin = round.rejoin();
        if (rejoin == null || !rejoin.equal()) {
            miss(round, "rejoin: the director that died did not become equal again.");
        } else if (rejoin.tookOverByItself()) {
            miss(round, "rejoin: the director that died took the VIPs back by itself.");
        } else if (rejoin.readySeconds() == null) {
            miss(round, "rejoin: the active did not call a failover to it safe.");
        }
    }

    private void planned(Round round) {
        var planned = round.planned();
        if (planned == null) {
            return;
        }
        if (planned.requestsFailed() > 0) {
            miss(round, "planned: " + planned.requestsFailed() + " requests failed.");
        }
        if (planned.packetsLost() > 0) {
            miss(
                    round,
                    "planned: %d probes lost; the blackout lasted %.1f ms."
                            .formatted(planned.packetsLost(), planned.blackoutMs()));
        }
    }

    /// The readout's prediction is of another moment; the age of the connection is of this one.
    private void inSync(Round round, String step, Outcome outcome) {
        if (outcome.requestsFailedInSync() > 0) {
            miss(
                    round,
                    "%s: %d requests failed whose connection was not among the youngest when it struck."
                            .formatted(step, outcome.requestsFailedInSync()));
        }
    }

    private void blackout(Round round, Outcome crash) {
        double excess = crash.blackoutMs() - CRASH_BLACKOUT_MS_MAX;
        if (!mode.judgesTime() || excess <= 0) {
            return;
        }
        if (crash.longestCpuWaitMs() < excess) {
            miss(
                    round,
                    "crash: the blackout lasted %.1f ms; at most %.0f ms are allowed."
                            .formatted(crash.blackoutMs(), CRASH_BLACKOUT_MS_MAX));
        } else {
            disturbed.add(in(
                    round,
                    "crash: the blackout lasted %.1f ms, disturbed by the machine (%s waited %.1f ms for a CPU)."
                            .formatted(crash.blackoutMs(), crash.longestCpuWaitOf(), crash.longestCpuWaitMs())));
        }
    }

    private void judgeMedian() {
        var crashes = rounds.stream().flatMap(r -> Stream.ofNullable(r.crash())).toList();
        if (crashes.size() < MEDIAN_ROUNDS_MIN) {
            return;
        }
        double median = median(crashes.stream().map(Outcome::blackoutMs).toList());
        if (median <= CRASH_BLACKOUT_MS_MEDIAN_MAX) {
            return;
        }
        double undisturbed = median(crashes.stream()
                .map(crash -> crash.blackoutMs() - crash.longestCpuWaitMs())
                .toList());
        if (undisturbed > CRASH_BLACKOUT_MS_MEDIAN_MAX) {
            failures.add("crash: the median of the blackouts is %.1f ms; at most %.0f ms are allowed."
                    .formatted(median, CRASH_BLACKOUT_MS_MEDIAN_MAX));
        } else {
            tooBusy.add(("The median of the blackouts after a crash is %.1f ms (at most %.0f ms are allowed),"
                            + " but without the longest wait for a CPU in each it is %.1f ms.")
                    .formatted(median, CRASH_BLACKOUT_MS_MEDIAN_MAX, undisturbed));
        }
    }

    private static double median(List<Double> numbers) {
        return Spread.of(numbers).orElseThrow().median();
    }

    private void judgeMachine() {
        if (disturbed.size() * ROUNDS_PER_DISTURBED > rounds.size()) {
            tooBusy.add("%d of %d rounds were disturbed by the machine; at most one in %d may be."
                    .formatted(disturbed.size(), rounds.size(), ROUNDS_PER_DISTURBED));
        }
    }
}
