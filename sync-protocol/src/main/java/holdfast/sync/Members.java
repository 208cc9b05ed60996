package holdfast.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who the other members are, and which run of each is believed.
///
/// An incarnation is believed once its Hello lists ours among those that it hears: ours is random and new, so
/// that Hello cannot be a recording. From then on each counter is taken once. A believed incarnation replaces
/// the one of the same name before it for good.
final class Members {
    private static final int CANDIDATES_MAX = 16;

    private final MemberId self;
    private final Map<String, Peer> peers = new HashMap<>();
    private final LinkedHashMap<UUID, String> candidates = new LinkedHashMap<>();
    private final Set<UUID> retired = new HashSet<>();

    Members(MemberId self) {
        this.self = self;
    }

    Collection<Peer> all() {
        return peers.values();
    }

    @Nullable
    Peer named(String name) {
        return peers.get(name);
    }

    /// Whether this Hello shows that its sender hears us now.
    boolean proves(MemberId from, SyncMessage.Hello hello) {
        return !retired.contains(from.incarnation()) && hello.heard().contains(self.incarnation());
    }

    /// Remembers an incarnation that has yet to show that it hears us; whether it is a new one.
    boolean isNewCandidate(MemberId from) {
        if (retired.contains(from.incarnation()) || candidates.put(from.incarnation(), from.name()) != null) {
            return false;
        }
        if (candidates.size() > CANDIDATES_MAX) {
            candidates.remove(candidates.firstEntry().getKey());
        }
        return true;
    }

    /// Believes an incarnation from now on, and the one of its name before it no more.
    Peer admit(MemberId id, SyncMessage.Hello hello, long now) {
        candidates.remove(id.incarnation());
        Peer old = peers.get(id.name());
        if (old != null) {
            retired.add(old.id.incarnation());
        }
        Peer peer = new Peer(id, hello, now);
        peers.put(id.name(), peer);
        return peer;
    }

    /// Every incarnation that we hear, believed or not.
    Set<UUID> heard() {
        var heard = new HashSet<>(candidates.keySet());
        for (Peer peer : peers.values()) {
            if (!peer.gone) {
                heard.add(peer.id.incarnation());
            }
        }
        return heard;
    }
}
