package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server of a new connection, or of a new client where the service is persistent.
/// One object serves one service and belongs to the datapath thread. It allocates nothing per pick.
public interface Scheduler {
    /// Nobody can be picked.
    int NONE = -1;

    /// The position in `reals` of the one picked, or [#NONE] when none is eligible; also when those are
    /// not that a hashing scheduler would have to pick.
    ///
    /// @param flow  what a hashing scheduler goes by; others ignore it
    /// @param now   monotonic ns, for those that forget
    int pick(RealServers reals, Flow flow, long now);

    /// Likewise; but where only unreachable ones are left, one of them, so that its client hears of it.
    default int pickReachableFirst(RealServers reals, Flow flow, long now) {
        int position = pick(reals, flow, now);
        return position == NONE && reals.hasUnreachable() ? pick(reals.asIfReachable(), flow, now) : position;
    }

    /// Real servers were added, dropped or edited. A fresh scheduler of a new service finds nobody in `before`, and one
    /// that a service gets instead of another finds all in both.
    default void changed(RealServers before, RealServers after) {}

    /// What it forgot before its time, for want of room.
    default long evictions() {
        return 0;
    }

    /// One that stands where this one does and then goes its own way: to ask what would be picked, without
    /// picking. For the control path; it may allocate.
    Scheduler copy();
}
