package holdfast.worker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides which [LinkState] to report: a link or a fault at once, changed reach at most once a second. Pure; times are
/// monotonic ns.
public final class LinkReport {
    static final long REACH_INTERVAL_NS = 1_000_000_000;

    private @Nullable LinkState told;
    private long reachToldAt;
    private boolean isReachOwed;

    /// The state to report, if a change may be reported now.
    Optional<LinkState> news(LinkState now, long at) {
        var before = told;
        if (before == null) {
            return tell(now, at);
        }
        boolean isSameReach = now.reachesWhat(before);
        boolean mayTellReach = at - reachToldAt >= REACH_INTERVAL_NS;
        isReachOwed = !isSameReach && !mayTellReach;
        var candidate = isReachOwed ? now.withReachOf(before) : now;
        if (candidate.equals(before)) {
            return Optional.empty();
        }
        return tell(candidate, isSameReach || isReachOwed ? reachToldAt : at);
    }

    private Optional<LinkState> tell(LinkState state, long reachAt) {
        told = state;
        reachToldAt = reachAt;
        return Optional.of(state);
    }

    /// Nanoseconds until a change that is held back may be reported; [Long#MAX_VALUE] without one.
    long waits(long at) {
        return isReachOwed ? Math.max(0, reachToldAt + REACH_INTERVAL_NS - at) : Long.MAX_VALUE;
    }
}
