package holdfast.sync;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The refused messages since the start: counted by reason, and listed by source if an operator can act on it.
public final class RefusedMessages {
    private final EnumMap<Refused, Long> counts = new EnumMap<>(Refused.class);
    private final Strangers strangers = new Strangers();
    private final List<SyncEffect> effects;

    /// @param effects  receives warnings
    RefusedMessages(List<SyncEffect> effects) {
        this.effects = effects;
        for (Refused reason : Refused.values()) {
            counts.put(reason, 0L);
        }
    }

    public void count(Refused reason) {
        counts.merge(reason, 1L, Long::sum);
    }

    /// @param packets  of this source, for this reason
    /// @param name     of the member that it claims to be; empty if unknown
    public void count(Refused reason, long packets, String address, String name, long now) {
        counts.merge(reason, packets, Long::sum);
        if (Strangers.isNamed(reason)) {
            strangers
                    .refused(reason, packets, address, name, now)
                    .ifPresent(text -> effects.add(new SyncEffect.Warn(text)));
        }
    }

    /// Every reason is present.
    public Map<Refused, Long> counts() {
        return counts;
    }

    public List<SyncStatus.Stranger> strangers(long now) {
        return strangers.list(now);
    }
}
