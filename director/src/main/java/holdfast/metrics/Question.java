package holdfast.metrics;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A question to a part of the director that may be slow, stuck or broken. A thread of its own asks it. Until that
/// thread has its answer nobody asks again, so that a stuck part costs one thread. One caller at a time.
final class Question<T> {
    private static final Logger log = LoggerFactory.getLogger(Question.class);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final Supplier<T> source;
    private @Nullable CompletableFuture<T> underWay;
    private boolean isFailing;

    Question(String name, Supplier<T> source) {
        this.name = name;
        this.source = source;
    }

    /// The answer; empty if it fails or takes longer than two seconds. An answer that came too late is thrown away.
    Optional<T> ask() throws InterruptedException {
        var before = underWay;
        if (before != null && !before.isDone()) {
            return Optional.empty();
        }
        var answer = new CompletableFuture<T>();
        underWay = answer;
        Thread.ofVirtual().name("metrics-" + name).start(() -> run(answer));
        try {
            var known = Optional.of(answer.get(PATIENCE, TimeUnit.NANOSECONDS));
            isFailing = false;
            return known;
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (!isFailing) {
                log.warn("metrics incomplete part={} cause=\"{}\"", name, String.valueOf(e.getCause()));
            }
            isFailing = true;
            return Optional.empty();
        }
    }

    private void run(CompletableFuture<T> answer) {
        try {
            answer.complete(source.get());
        } catch (RuntimeException | Error e) { // also a failed check: whoever waits must hear of it
            answer.completeExceptionally(e);
        }
    }
}
