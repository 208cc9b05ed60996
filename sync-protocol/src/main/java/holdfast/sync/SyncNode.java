package holdfast.sync;

import holdfast.conf.Ipv4;
import java.util.Map;

/// One director's end of the sync: the thread `sync` and the JGroups channel around the pure [SyncCore].
@SuppressWarnings("DoNotCallSuggester")
public final class SyncNode implements AutoCloseable {
    /// @param cluster           JGroups cluster name; directors of other clusters are not heard
    /// @param group             VIP group whose tables these are; messages of another group are refused
    /// @param member            our name, unique in the cluster
    /// @param bindAddress       ours on the interconnect
    /// @param multicastAddress  224.0.0.0/4
    /// @param configHash        of the running configuration
    /// @param macs              of our interfaces by name, 48 bits in the low end
    public record Options(
            String cluster,
            String group,
            String member,
            Ipv4 bindAddress,
            Ipv4 multicastAddress,
            int multicastPort,
            ClusterKey key,
            String configHash,
            Map<String, Long> macs) {
        public Options {
            macs = Map.copyOf(macs);
        }
    }

    /// Told on JGroups' threads and on the sync thread; each method only enqueues and returns.
    public interface Listener {
        /// The process of a member ended: its socket closed without a farewell. Never called for one that closed
        /// itself.
        void peerProcessDied(String member);

        /// An authentic member is active in `term`, which is higher than every term seen before, our own included.
        void peerTerm(int term);

        void handover(String from, HandoverMessage message);

        /// On the active: a standby's state changed. On a standby: our own did, and `member` is our own name.
        void standbyState(String member, SyncState state);
    }

    private SyncNode() {}

    /// Joins the cluster as a standby.
    public static SyncNode start(Options options, TableOwner tables, Listener listener) {
        throw new UnsupportedOperationException(options + " " + tables + " " + listener);
    }

    /// From here on we write the stream of `term`. Any thread.
    public void active(int term) {}

    /// From here on we follow the stream of whoever is active. Any thread.
    public void standby() {}

    /// Whether the sync thread sleeps and would not see new records in `out()` for up to a millisecond. Any thread.
    public boolean parked() {
        return false;
    }

    /// Ends that sleep. Any thread; costs a system call only when it sleeps.
    public void wakeUp() {}

    /// The latest readout, at most a few ms old. Any thread.
    public SyncStatus status() {
        throw new UnsupportedOperationException();
    }

    /// Sends a step of the handover to every other member. Any thread.
    public void send(HandoverMessage message) {}

    /// Leaves the cluster; the others do not take it for a death.
    @Override
    public void close() {}
}
