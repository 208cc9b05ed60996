package holdfast.boot;

import holdfast.vip.FailoverRecord;
import holdfast.vip.Preflight;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A planned failover as an operator asks for it: what stands against it only for the moment (a standby that is behind,
/// or
/// was paused an instant ago) is waited for before he is told no. Tried again is only what ended before any packet was
/// held.
///
/// @param preflight  what is known now of the director that would take over; empty where there is none
/// @param attempt    one handover
/// @param time       how to look at the clock and to wait
record PlannedFailover(Supplier<Optional<Preflight>> preflight, Attempt attempt, Time time) {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

    interface Attempt {
        FailoverRecord to(Preflight peer) throws ExecutionException, TimeoutException, InterruptedException;
    }

    interface Time {
        /// As [System#nanoTime].
        long now();

        void sleep(Duration time) throws InterruptedException;
    }

    /// What came of the last attempt; empty where there is no director to take over.
    Optional<FailoverRecord> run() throws ExecutionException, TimeoutException, InterruptedException {
        long giveUpAt = time.now() + PATIENCE.toNanos();
        while (true) {
            var peer = preflight.get();
            boolean isLast = time.now() - giveUpAt >= 0;
            if (isLast || peer.filter(Preflight::isLagging).isEmpty()) {
                var record = peer.isEmpty() ? Optional.<FailoverRecord>empty() : Optional.of(attempt.to(peer.get()));
                if (isLast || record.filter(FailoverRecord::endedInPreparation).isEmpty()) {
                    return record;
                }
            }
            time.sleep(LOOK_INTERVAL);
        }
    }
}
