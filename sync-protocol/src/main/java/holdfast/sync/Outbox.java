package holdfast.sync;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Handover steps without a receipt. Each is sent again until its receipt arrives or the step is obsolete. Their order
/// is not guaranteed.
final class Outbox {
    static final long FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(10);
    /// After this time a step is obsolete; the side that waits for an answer asks anew.
    static final long KEEP_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final int WAITING_MAX = 64;

    private final List<SyncEffect> effects;
    private final List<Step> waiting = new ArrayList<>();
    private long lastNumber;

    private static final class Step {
        final MemberId to;
        final SyncMessage.HandoverStep message;
        final long since;
        long againAt;
        long interval = FIRST_INTERVAL;

        Step(MemberId to, SyncMessage.HandoverStep message, long now) {
            this.to = to;
            this.message = message;
            since = now;
            againAt = now + interval;
        }
    }

    Outbox(List<SyncEffect> effects) {
        this.effects = effects;
    }

    void send(MemberId to, int term, ByteBuffer bytes, long now) {
        var step = new Step(to, new SyncMessage.HandoverStep(++lastNumber, term, bytes), now);
        effects.add(new SyncEffect.Unicast(to, step.message));
        waiting.add(step);
        if (waiting.size() > WAITING_MAX) {
            waiting.removeFirst();
        }
    }

    void receipt(MemberId from, long number) {
        waiting.removeIf(step -> step.message.number() == number && step.to.equals(from));
    }

    /// Sends the steps that are due again.
    void turn(long now) {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.removeIf(step -> now - step.since > KEEP_INTERVAL);
        for (Step step : waiting) {
            if (now - step.againAt >= 0) {
                step.interval *= 2;
                step.againAt = now + step.interval;
                effects.add(new SyncEffect.Unicast(step.to, step.message));
            }
        }
    }

    /// ns until [#turn] is due.
    long idleFor(long now) {
        long least = Long.MAX_VALUE;
        for (Step step : waiting) {
            least = Math.min(least, step.againAt - now);
        }
        return least;
    }
}
