package holdfast.sync;

import java.util.List;

/// Which key each director seals with now.
///
/// @param keys   ours
/// @param peers  every other member that was believed since the start, by name
public record KeyUse(ClusterKeys keys, List<Peer> peers) {
    public KeyUse {
        peers = List.copyOf(peers);
    }

    /// @param fingerprint  of the key of its last message
    /// @param ageMs        since its last message
    public record Peer(String name, String fingerprint, long ageMs) {}
}
