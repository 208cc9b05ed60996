package holdfast.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The results of one round, in the form of the JSON file. A step that was not reached is null.
///
/// @param number    from 1
/// @param brokeOff  whether the round ended early
/// @param failures  missed limits that no number shows, as sentences
record Round(
        int number,
        @Nullable Outcome crash,
        @Nullable Rejoin rejoin,
        @Nullable Outcome planned,
        @Nullable Outcome freeze,
        boolean brokeOff,
        List<String> failures) {
    Round {
        failures = List.copyOf(failures);
    }

    /// The effect of one fault on clients.
    ///
    /// @param blackoutMs                of the worse forwarding method
    /// @param packetsLost               probes of both forwarding methods without an answer
    /// @param requestsFailed            after the fault
    /// @param requestsFailedBeforehand  before the fault
    /// @param requestsFailedInSync      of those after it: the connection was not among the youngest
    /// @param templatesPredictedLost    the highest of the readout's last values; null if one was unknown
    /// @param connectionsPredictedLost  likewise
    /// @param heldMs                    how long the giver held packets; null where unknown or none were held
    /// @param longestCpuWaitMs          of a director's thread, while the fault lasted
    /// @param longestCpuWaitOf          that thread
    /// @param proberLateMs              delay of the prober meanwhile
    record Outcome(
            int carts,
            int cartsKept,
            boolean downloadsIntact,
            boolean echoIntact,
            double blackoutMs,
            int packetsLost,
            int requests,
            int requestsFailed,
            int requestsFailedBeforehand,
            int requestsFailedInSync,
            int templatesLost,
            @Nullable Long templatesPredictedLost,
            int connectionsLost,
            @Nullable Long connectionsPredictedLost,
            @Nullable Double heldMs,
            double longestCpuWaitMs,
            String longestCpuWaitOf,
            double proberLateMs) {}

    /// The return of the director that died.
    ///
    /// @param equal         whether its tables became equal
    /// @param seconds       from its start until then
    /// @param readySeconds  from its start until the active called a failover to it safe; null where it did not
    record Rejoin(boolean equal, double seconds, @Nullable Double readySeconds, boolean tookOverByItself) {}
}
