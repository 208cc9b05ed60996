package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a planned failover ended.
///
/// @param outcome                  whether the VIPs moved
/// @param blocking                 each reason why they did not, as a sentence of its own; empty where they did
/// @param reason                   what the operator gave
/// @param from                     the director that was active before; null where a standby was asked that
///     knows of none
/// @param to                       the one that is, or was to be; null where there was no candidate
/// @param steps                    in order, up to the one that failed
/// @param blackoutEstimateMicros   between the last packet of the old active and the first of the new; null
///     where unknown
public record FailoverResult(
        boolean done,
        Outcome outcome,
        List<String> blocking,
        @Nullable String reason,
        @Nullable String from,
        @Nullable String to,
        List<Step> steps,
        @Nullable Long blackoutEstimateMicros) {
    public FailoverResult {
        blocking = List.copyOf(blocking);
        steps = List.copyOf(steps);
    }

    /// One step with the time that it took.
    public record Step(String name, long micros) {}

    /// The three ends of a planned failover.
    public enum Outcome {
        /// The standby is active now.
        MOVED,
        /// Nothing was begun; answered with status 409.
        REFUSED,
        /// A step failed; the old active stays active.
        ABORTED
    }
}
