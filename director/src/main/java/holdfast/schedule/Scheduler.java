package holdfast.schedule;

import holdfast.service.RealServers;

/// Picks the real server of a new connection, or of a new client where the service is persistent.
/// One object serves one service and belongs to the datapath thread. It allocates nothing.
public interface Scheduler {
    /// Nobody can be picked.
    int NONE = -1;

    /// The position in `reals` of the one picked, or [#NONE] when none is eligible.
    ///
    /// @param flowHash  of what a hashing scheduler goes by; others ignore it
    int pick(RealServers reals, int flowHash);

    /// A real server was added, dropped or edited; for a fresh scheduler both lists are the first one.
    default void changed(RealServers before, RealServers after) {}
}
