package holdfast.control;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A question to a thread that may be stuck. It is asked once, waited for with a time limit, and not asked again before
/// it is answered. So a stuck thread collects no questions, and later callers do not wait again.
///
/// @param <T>  the answer
public final class PatientQuestion<T> {
    private final Supplier<CompletableFuture<T>> question;
    private final long patience;
    private final LongSupplier clock;
    private @Nullable CompletableFuture<T> asked;
    private long askedAt;

    /// @param value    empty if no answer came in time
    /// @param trouble  why there is no value, as the end of a sentence
    record Answer<T>(Optional<T> value, Optional<String> trouble) {
        static <T> Answer<T> none(String trouble) {
            return new Answer<>(Optional.empty(), Optional.of(trouble));
        }
    }

    /// @param patience  in ns
    /// @param clock     as [System#nanoTime]
    PatientQuestion(Supplier<CompletableFuture<T>> question, long patience, LongSupplier clock) {
        this.question = question;
        this.patience = patience;
        this.clock = clock;
    }

    synchronized Answer<T> ask() {
        var waitsFor = asked;
        if (waitsFor == null || waitsFor.isDone()) {
            waitsFor = question.get();
            asked = waitsFor;
            askedAt = clock.getAsLong();
        }
        try {
            long left = Math.max(0, patience - (clock.getAsLong() - askedAt));
            return new Answer<>(Optional.of(waitsFor.get(left, TimeUnit.NANOSECONDS)), Optional.empty());
        } catch (TimeoutException _) {
            return Answer.none(
                    "it has not answered for " + TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - askedAt) + " s");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Answer.none("this director is being stopped");
        } catch (ExecutionException e) {
            return Answer.none("it failed: " + e.getCause());
        }
    }
}
