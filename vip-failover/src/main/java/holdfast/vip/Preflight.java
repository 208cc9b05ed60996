package holdfast.vip;

import java.util.ArrayList;
import java.util.List;

/// What the giver knows about the peer before a planned failover.
///
/// @param peer               name of the member that is to take over
/// @param peerAddress        its VRRP address, so that its adverts can be told from others
/// @param term               our own
/// @param version            our latest
/// @param lag                of the peer in ns; negative for unknown
/// @param sameConfiguration  whether the hashes of both configurations agree
public record Preflight(
        String peer,
        int peerAddress,
        int term,
        long version,
        boolean connected,
        boolean equal,
        boolean sameConfiguration,
        long lag) {
    /// A peer further behind than this would make the datapath hold packets for longer than clients overlook.
    static final long LAG_MAX = 100_000_000;

    /// Whether the peer is behind for the moment: the one objection that goes away by itself.
    public boolean isLagging() {
        return lag > LAG_MAX;
    }

    /// Each reason not to hand over now; empty when there is none.
    public List<String> objections() {
        var objections = new ArrayList<String>();
        if (!connected) {
            objections.add("peer " + peer + " is not connected");
        } else if (!equal) {
            objections.add("peer " + peer + " is not proved equal");
        }
        if (!sameConfiguration) {
            objections.add("peer " + peer + " runs another configuration");
        }
        if (connected && lag < 0) {
            objections.add("the lag of peer " + peer + " is unknown");
        }
        if (isLagging()) {
            objections.add("peer " + peer + " is " + lag / 1_000_000 + " ms behind, more than " + LAG_MAX / 1_000_000);
        }
        return objections;
    }
}
