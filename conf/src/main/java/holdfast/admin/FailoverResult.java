package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a planned failover ended.
///
/// @param outcome                  whether the VIPs moved
/// @param blocking                 each reason why they did not move, as a sentence; empty if they did
/// @param configurationDiff        where that is among the reasons: what the standby's configuration lacks (`-`) and
///     has (`+`) against this director's
/// @param reason                   of the operator
/// @param from                     the director that was active before; null if the answer is of a standby that knows
///     of no active
/// @param to                       the director that took over, or should have; null without a candidate
/// @param steps                    in order, up to the one that failed
/// @param blackoutEstimateMicros   between the last packet of the old active and the first of the new; null if unknown
public record FailoverResult(
        boolean done,
        Outcome outcome,
        List<String> blocking,
        List<String> configurationDiff,
        @Nullable String reason,
        @Nullable String from,
        @Nullable String to,
        List<Step> steps,
        @Nullable Long blackoutEstimateMicros) {
    public FailoverResult {
        blocking = List.copyOf(blocking);
        configurationDiff = List.copyOf(configurationDiff);
        steps = List.copyOf(steps);
    }

    /// One step with the time that it took.
    public record Step(String name, long micros) {}

    /// The three outcomes of a planned failover.
    public enum Outcome {
        /// The standby is active now.
        MOVED,
        /// Nothing was begun; the answer has status 409.
        REFUSED,
        /// A step failed; the old active stays active.
        ABORTED
    }
}
