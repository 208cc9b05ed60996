package holdfast.control;

import holdfast.table.Tables;
import holdfast.worker.GroupDatapath;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks a worker about its tables and waits for the answer, which the worker gives between its packets.
final class Ask {
    private static final long TIMEOUT_S = 5;

    private final GroupDatapath datapath;

    Ask(GroupDatapath datapath) {
        this.datapath = datapath;
    }

    /// The worker's answer to a question; rethrows an exception of the question.
    ///
    /// @throws IllegalStateException if the worker does not answer within 5 s
    <T> T tables(Function<Tables, T> question) {
        return within(
                TIMEOUT_S, datapath.query(question), () -> new IllegalStateException("the datapath did not answer"));
    }

    /// Waits for an answer.
    ///
    /// @param onSilence  thrown if there is no answer in time
    static <T> T within(long timeoutS, CompletableFuture<T> answer, Supplier<RuntimeException> onSilence) {
        try {
            return answer.get(timeoutS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (TimeoutException _) {
            throw onSilence.get();
        }
    }
}
