package holdfast.vip.node;

import holdfast.vip.FailoverRecord;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The operators that wait for the end of a planned failover: one for the failover in progress, and one for a request
/// in the present step. Owned by the thread of the node.
///
/// One step may end both. A director that was paused gives up the failover in progress, and then refuses the new one.
/// So a record goes to the operator who asked when that failover began; no two begin at one instant.
final class FailoverAnswers {
    private @Nullable Waiting underWay;
    private @Nullable Waiting asking;

    private record Waiting(long since, CompletableFuture<FailoverRecord> answer) {}

    /// Call it before the step of an operator's request.
    void ask(CompletableFuture<FailoverRecord> answer, long now) {
        asking = new Waiting(now, answer);
    }

    /// Call it after that step. An operator without an answer continues to wait.
    void asked() {
        if (asking != null) {
            underWay = asking;
            asking = null;
        }
    }

    void finished(FailoverRecord record) {
        if (asking != null && record.startedAt() == asking.since()) {
            asking.answer().complete(record);
            asking = null;
        } else if (underWay != null) {
            underWay.answer().complete(record);
            underWay = null;
        }
    }

    void abandon(Throwable why) {
        if (underWay != null) {
            underWay.answer().completeExceptionally(why);
        }
    }
}
