package holdfast.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of planned failovers in a row, in the form of the JSON file.
///
/// @param wanted             failovers to be made
/// @param moved              failovers that succeeded
/// @param refused            requests that were refused before anything was begun, and repeated
/// @param aborted            failovers that were begun and taken back
/// @param requestsPerSecond  the achieved rate
/// @param requestsFailed     from the first failover on
/// @param requestsFailedBeforehand  while the first taker started
/// @param probesLost         from the first failover on
/// @param probesLostBeforehand  while the first taker started
/// @param firstReadySeconds  from the start of the first taker until a failover to it was safe; null if it never was
/// @param heldMs             how long packets were held, for each in order; null if unknown
/// @param longestCpuWaitMs   of a director's thread, over the whole row
/// @param longestCpuWaitOf   that thread
/// @param failures           failures that no number shows, as sentences
record FailoverRow(
        int wanted,
        int moved,
        int refused,
        int aborted,
        int requestsWantedPerSecond,
        double requestsPerSecond,
        int requests,
        int requestsFailed,
        int requestsFailedBeforehand,
        int probes,
        int probesLost,
        int probesLostBeforehand,
        int carts,
        int cartsKept,
        @Nullable Double firstReadySeconds,
        List<@Nullable Double> heldMs,
        double longestCpuWaitMs,
        String longestCpuWaitOf,
        List<String> failures) {
    /// A lower share of the wanted load proves too little.
    private static final double RATE_MIN = 0.95;

    Bars.Judgement judge(Mode mode) {
        var missed = new ArrayList<>(failures);
        if (moved < wanted) {
            missed.add("%d of %d planned failovers were done.".formatted(moved, wanted));
        }
        if (requestsFailed > 0) {
            missed.add("%d of %d requests failed.".formatted(requestsFailed, requests));
        }
        if (probesLost > 0) {
            missed.add("%d of %d probes lost.".formatted(probesLost, probes));
        }
        if (requestsFailedBeforehand > 0 || probesLostBeforehand > 0) {
            missed.add("%d requests failed and %d probes were lost before the first of them, while its taker started."
                    .formatted(requestsFailedBeforehand, probesLostBeforehand));
        }
        if (cartsKept < carts) {
            missed.add("%d of %d clients lost their cart.".formatted(carts - cartsKept, carts));
        }
        return new Bars.Judgement(
                missed.stream().map(sentence -> "failovers: " + sentence).toList(), List.of(), tooBusy(mode));
    }

    private List<String> tooBusy(Mode mode) {
        boolean tooFew = requestsPerSecond < requestsWantedPerSecond * RATE_MIN;
        return mode.judgesTime() && tooFew
                ? List.of("failovers: only %.0f of %d requests/s could be made."
                        .formatted(requestsPerSecond, requestsWantedPerSecond))
                : List.of();
    }
}
