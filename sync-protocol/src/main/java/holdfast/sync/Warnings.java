package holdfast.sync;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Log lines that repeat as long as their cause lasts: at most one a minute for each topic.
final class Warnings {
    /// Age from which a trouble is worth a warning. After a split it takes a moment until one of two actives stands by
    /// and the other has begun a higher term.
    static final long TROUBLE_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final Map<String, Long> warnedAt = new HashMap<>();
    private final List<SyncEffect> effects;
    private long troubleSince = NEVER;

    Warnings(List<SyncEffect> effects) {
        this.effects = effects;
    }

    void warn(String topic, String text, long now) {
        Long before = warnedAt.get(topic);
        if (before == null || now - before >= Strangers.WARN_INTERVAL) {
            warnedAt.put(topic, now);
            effects.add(new SyncEffect.Warn(text));
        }
    }

    /// @param trouble  the present trouble; empty for none
    void trouble(Optional<String> trouble, long now) {
        if (trouble.isEmpty()) {
            troubleSince = NEVER;
        } else if (troubleSince == NEVER) {
            troubleSince = now;
        } else if (now - troubleSince >= TROUBLE_INTERVAL) {
            warn("trouble", "sync trouble; " + trouble.get(), now);
        }
    }
}
