package holdfast.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one telling of the story found, in the shape of the JSON file. A step that was not reached is null.
///
/// @param number    from 1
/// @param brokeOff  whether the rest of the story could not be told
/// @param failures  bars that were missed and that no number shows, as sentences
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

    /// How clients fared through one fault.
    ///
    /// @param blackoutMs                of the worse forwarding method
    /// @param packetsLost               probes of both forwarding methods without an answer
    /// @param requestsFailed            after the fault struck
    /// @param requestsFailedBeforehand  those that failed before it did
    /// @param requestsFailedInSync      of those after it: the connection was not among the youngest
    /// @param templatesPredictedLost    the most of the readout's last looks; null where one did not know
    /// @param connectionsPredictedLost  likewise
    /// @param heldMs                    how long the giver held packets; null where unknown or none were held
    /// @param longestCpuWaitMs          of a director's thread, while the fault lasted
    /// @param longestCpuWaitOf          that thread
    /// @param proberLateMs              by how much the prober was late meanwhile
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

    /// How the director that died came back.
    ///
    /// @param equal         whether its tables became equal
    /// @param seconds       from its start until then
    /// @param readySeconds  from its start until the active called a failover to it safe; null where it did not
    record Rejoin(boolean equal, double seconds, @Nullable Double readySeconds, boolean tookOverByItself) {}
}
