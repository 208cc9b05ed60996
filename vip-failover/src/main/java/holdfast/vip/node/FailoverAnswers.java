package holdfast.vip.node;

import holdfast.vip.FailoverRecord;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Who waits for the end of a planned failover: whoever asked for the one that is under way, and whoever asks in the
/// step that is being taken. Owned by the thread of the node.
///
/// One step may end both. A director that was paused gives up the failover that was under way, and then refuses the new
/// one. So a record goes to whoever asked when that failover began; no two begin at one instant.
final class FailoverAnswers {
    private @Nullable Waiting underWay;
    private @Nullable Waiting asking;

    private record Waiting(long since, CompletableFuture<FailoverRecord> answer) {}

    /// Before a step with an operator's question is taken.
    void ask(CompletableFuture<FailoverRecord> answer, long now) {
        asking = new Waiting(now, answer);
    }

    /// After that step: whoever has no answer yet waits on.
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
