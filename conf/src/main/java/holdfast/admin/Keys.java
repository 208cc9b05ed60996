package holdfast.admin;

import java.util.List;

/// The keys of the cluster that a director uses now, by their fingerprints.
///
/// @param seals  the key with which it seals
/// @param opens  all keys that it accepts, the first included
/// @param peers  every other director from which it has heard a message under one of these keys
public record Keys(String seals, List<String> opens, List<Peer> peers) {
    public Keys {
        opens = List.copyOf(opens);
        peers = List.copyOf(peers);
    }

    /// @param seals  the key of its last message
    /// @param ageMs  since its last message
    public record Peer(String name, String seals, long ageMs) {}
}
