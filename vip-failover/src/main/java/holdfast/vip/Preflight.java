package holdfast.vip;

import java.util.List;

/// What the giver knows about the peer before a planned failover.
///
/// @param peer         name of the member that is to take over
/// @param peerAddress  its VRRP address, so that its adverts can be told from others
/// @param term         our own
/// @param objections   each reason not to hand over now, as a sentence; empty when there is none
/// @param lagging      whether the peer is behind for the moment, an objection that goes away by itself
public record Preflight(String peer, int peerAddress, int term, List<String> objections, boolean lagging) {
    public Preflight {
        objections = List.copyOf(objections);
    }
}
