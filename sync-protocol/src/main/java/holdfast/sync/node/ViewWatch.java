package holdfast.sync.node;

import java.util.concurrent.TimeUnit;

/// Decides when to join the channel anew: when a proved member that we hear stays outside of our view, which JGroups
/// should have repaired itself.
public final class ViewWatch {
    static final long MISSING_INTERVAL = TimeUnit.SECONDS.toNanos(3);
    static final long AGAIN_INTERVAL = TimeUnit.SECONDS.toNanos(10);

    private static final long NEVER = Long.MIN_VALUE;

    private final long patience;
    private long missingSince = NEVER;
    private long rejoinedAt = NEVER;

    /// @param extraInterval  on top of [#MISSING_INTERVAL]; differs between members, so that they do not leave
    ///     together
    ViewWatch(long extraInterval) {
        patience = MISSING_INTERVAL + extraInterval;
    }

    /// Whether to join anew now. Call it several times a second.
    ///
    /// @param isWhole  whether every member that we hear on the interconnect is in our view
    boolean wantsRejoin(boolean isWhole, long now) {
        if (isWhole) {
            missingSince = NEVER;
            return false;
        }
        if (missingSince == NEVER) {
            missingSince = now;
        }
        boolean isEarly = rejoinedAt != NEVER && now - rejoinedAt < AGAIN_INTERVAL;
        if (now - missingSince < patience || isEarly) {
            return false;
        }
        rejoinedAt = now;
        missingSince = NEVER;
        return true;
    }
}
