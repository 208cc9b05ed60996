package holdfast.demo;

import holdfast.admin.FailoverResult;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Requests a planned failover until it is done, and judges it.
///
/// A failover that is refused before any packet was held has cost nothing, so the request may be repeated, within a
/// limit. An aborted failover has held packets and taken them back; it is a failure, whatever happens next.
final class HandOver {
    static final Duration ASKED_MAX = Duration.ofSeconds(5);
    private static final String HELD = "held";

    /// The clock, and the pause between two requests.
    interface Time {
        /// [System#nanoTime]
        long now();

        void pause();
    }

    /// The outcome.
    ///
    /// @param heldMs    how long packets were held; null if unknown or nothing was moved
    /// @param refused   requests that were refused
    /// @param aborted   failovers that were begun and taken back
    /// @param failures  failures as sentences
    record Result(boolean moved, @Nullable Double heldMs, int refused, int aborted, List<String> failures) {
        Result {
            failures = List.copyOf(failures);
        }
    }

    private final Supplier<FailoverResult> asking;
    private final BooleanSupplier moved;
    private final Consumer<String> progress;
    private final Time time;
    private final List<String> failures = new ArrayList<>();
    private int refused;
    private int aborted;

    /// @param asking    requests once; throws [UncheckedIOException] if no answer comes
    /// @param moved     whether the other director is active and this one is not
    /// @param progress  takes a line for each request in vain
    HandOver(Supplier<FailoverResult> asking, BooleanSupplier moved, Consumer<String> progress, Time time) {
        this.asking = asking;
        this.moved = moved;
        this.progress = progress;
        this.time = time;
    }

    /// Repeats the request until the VIPs have moved, for [#ASKED_MAX] at most.
    Result untilDone() {
        long beganAt = time.now();
        while (true) {
            var answer = ask();
            if (answer != null && answer.done()) {
                var held = answer.blackoutEstimateMicros();
                return result(true, held == null ? null : held / 1000.0);
            }
            if (moved.getAsBoolean()) {
                if (failures.isEmpty()) {
                    failures.add("the VIPs moved although the failover was refused.");
                }
                return result(true, null);
            }
            if (time.now() - beganAt >= ASKED_MAX.toNanos()) {
                failures.add(
                        "the failover was not done within " + ASKED_MAX.toSeconds() + " s" + because(answer) + ".");
                return result(false, null);
            }
            time.pause();
        }
    }

    private @Nullable FailoverResult ask() {
        try {
            var answer = asking.get();
            if (!answer.done()) {
                note(answer);
            }
            return answer;
        } catch (UncheckedIOException e) {
            progress.accept("  no answer: " + e.getMessage());
            failures.add("the failover had no answer: " + e.getMessage() + ".");
            return null;
        }
    }

    private void note(FailoverResult answer) {
        progress.accept("  " + answer.outcome() + because(answer));
        boolean heldPackets =
                answer.steps().stream().anyMatch(step -> step.name().equals(HELD));
        if (answer.outcome() == FailoverResult.Outcome.REFUSED && !heldPackets) {
            refused++;
        } else {
            aborted++;
            failures.add("the failover was aborted" + because(answer) + ".");
        }
    }

    private static String because(@Nullable FailoverResult answer) {
        return answer == null || answer.blocking().isEmpty() ? "" : ": " + String.join("; ", answer.blocking());
    }

    private Result result(boolean isMoved, @Nullable Double heldMs) {
        return new Result(isMoved, heldMs, refused, aborted, failures);
    }
}
