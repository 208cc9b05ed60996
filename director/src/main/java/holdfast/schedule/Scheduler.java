package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server of a new connection, or of a new client if the service is persistent. One object serves one
/// service and belongs to the datapath thread. It allocates nothing per pick.
public interface Scheduler {
    /// No real server can be picked.
    int NONE = -1;

    /// The position in `reals` of the picked real server, or [#NONE] if none is eligible, or if the one that the
    /// hash selects is not.
    ///
    /// @param flow  the input of a hashing scheduler; others ignore it
    /// @param now   monotonic ns, for schedulers that forget
    int pick(RealServers reals, Flow flow, long now);

    /// Like [#pick]; but if only unreachable servers are left, picks one of them, so that its client gets "host
    /// unreachable".
    default int pickReachableFirst(RealServers reals, Flow flow, long now) {
        int position = pick(reals, flow, now);
        return position == NONE && reals.hasUnreachable() ? pick(reals.asIfReachable(), flow, now) : position;
    }

    /// Real servers were added, dropped or edited. For a fresh scheduler of a new service `before` is empty; for a
    /// scheduler that replaces another one, `before` has all real servers too.
    default void changed(RealServers before, RealServers after) {}

    /// Entries that it forgot early for lack of room.
    default long evictions() {
        return 0;
    }

    /// A copy with the same state that then changes independently: shows a pick without picking. For the control
    /// path; it may allocate.
    Scheduler copy();
}
