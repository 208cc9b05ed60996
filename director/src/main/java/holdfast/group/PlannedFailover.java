package holdfast.group;

import holdfast.vip.FailoverRecord;
import holdfast.vip.Preflight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A planned failover for an operator. It waits for temporary objections (a standby that is behind, or was paused an
/// instant ago) before it refuses. It repeats an attempt only if it ended before any packet was held.
///
/// @param candidate  the present knowledge of the director that would take over
/// @param attempt    one handover
/// @param time       reads the clock and waits
public record PlannedFailover(Supplier<Candidate> candidate, Attempt attempt, Time time) {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

    /// @param peer        empty if there is none
    /// @param objections  each reason not to begin, as `status` shows it
    /// @param mayPass     whether all of them may disappear within seconds
    public record Candidate(Optional<Preflight> peer, List<String> objections, boolean mayPass) {
        public Candidate {
            objections = peer.isEmpty() && objections.isEmpty()
                    ? List.of("the standby has left a moment ago")
                    : List.copyOf(objections);
        }
    }

    public interface Attempt {
        FailoverRecord to(Preflight peer) throws ExecutionException, TimeoutException, InterruptedException;
    }

    public interface Time {
        /// As [System#nanoTime].
        long now();

        void sleep(Duration time) throws InterruptedException;
    }

    public sealed interface Outcome {}

    /// Nothing was begun.
    public record Refused(List<String> reasons) implements Outcome {}

    /// The result of the last attempt.
    public record Ended(FailoverRecord record) implements Outcome {}

    /// Runs it to its end, with the last attempt after [#PATIENCE] at most. Blocks the caller.
    public Outcome run() throws ExecutionException, TimeoutException, InterruptedException {
        long giveUpAt = time.now() + PATIENCE.toNanos();
        while (true) {
            var found = candidate.get();
            boolean isLast = time.now() - giveUpAt >= 0;
            if (found.objections().isEmpty()) {
                var record = attempt.to(found.peer().orElseThrow());
                if (isLast || !record.endedInPreparation()) {
                    return new Ended(record);
                }
            } else if (isLast || !found.mayPass()) {
                return new Refused(found.objections());
            }
            time.sleep(LOOK_INTERVAL);
        }
    }
}
