package holdfast.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Who the other members are, and which run of each is believed. JGroups' view has no say in it.
///
/// - An incarnation is believed once its Hello echoes a stamp of ours that is not older than [#PROOF_INTERVAL]: so
///   that Hello cannot be a recording. From then on each counter is taken once.
/// - Another incarnation of a believed member's name is believed only once the first one is silent, has left, or its
///   process has died. Until then it is a twin: a second director that was given the same name.
/// - An incarnation that was replaced may come back by the same rule, with the counters that it had used.
final class Members {
    static final long PROOF_INTERVAL = TimeUnit.SECONDS.toNanos(2);

    private static final int CANDIDATES_MAX = 16;
    private static final long CANDIDATE_INTERVAL = TimeUnit.SECONDS.toNanos(5);
    private static final int RETIRED_MAX = 16;
    /// Two that started within it are told apart by their incarnations, since neither knows its start better.
    private static final long TOGETHER_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final MemberId self;
    private final long startedAt;
    private final Map<String, Peer> peers = new HashMap<>();
    private final LinkedHashMap<UUID, Candidate> candidates = new LinkedHashMap<>();
    private final LinkedHashMap<UUID, ReplayWindow> retired = new LinkedHashMap<>();

    /// An incarnation that has not shown yet that it hears us, or a twin.
    private record Candidate(long stamp, long heardAt) {}

    Members(MemberId self, long now) {
        this.self = self;
        startedAt = now;
    }

    Collection<Peer> all() {
        return peers.values();
    }

    @Nullable
    Peer named(String name) {
        return peers.get(name);
    }

    long uptime(long now) {
        return now - startedAt;
    }

    /// Whether this Hello shows that its sender hears us now.
    boolean proves(SyncMessage.Hello hello, long now) {
        Long echo = hello.heard().get(self.incarnation());
        return echo != null && now - echo >= 0 && now - echo <= PROOF_INTERVAL;
    }

    /// Lists an incarnation among those that we hear, so that it can prove itself; whether it is a new one.
    boolean isNewCandidate(MemberId from, SyncMessage.Hello hello, long now) {
        Candidate before = candidates.get(from.incarnation());
        long stamp = before != null && before.stamp() - hello.stamp() > 0 ? before.stamp() : hello.stamp();
        candidates.put(from.incarnation(), new Candidate(stamp, now));
        if (candidates.size() > CANDIDATES_MAX) {
            candidates.remove(candidates.firstEntry().getKey());
        }
        return before == null;
    }

    /// Believes an incarnation from now on, and the one of its name before it no more.
    Peer admit(MemberId id, SyncMessage.Hello hello, long now) {
        candidates.remove(id.incarnation());
        ReplayWindow window = retired.remove(id.incarnation());
        Peer old = peers.get(id.name());
        if (old != null) {
            retired.put(old.id.incarnation(), old.window);
            if (retired.size() > RETIRED_MAX) {
                retired.remove(retired.firstEntry().getKey());
            }
        }
        Long echo = hello.heard().get(self.incarnation());
        if (echo == null) {
            throw new IllegalArgumentException("only a Hello that hears us proves its sender");
        }
        Peer peer = new Peer(id, window == null ? new ReplayWindow() : window, hello, echo, now);
        peers.put(id.name(), peer);
        return peer;
    }

    /// Whether a proved twin of ours is certainly the older one. Where neither side is certain, both wait for a Hello
    /// that tells more.
    ///
    /// The twin sent its Hello after our stamp that it echoes and before now: that bounds how much
    /// longer it has run.
    boolean isElder(MemberId twin, SyncMessage.Hello hello, long now) {
        long echo = hello.heard().getOrDefault(self.incarnation(), startedAt);
        long longerAtLeast = hello.uptimeNanos() - uptime(now);
        long longerAtMost = hello.uptimeNanos() - uptime(echo);
        boolean startedTogether = longerAtLeast > -TOGETHER_INTERVAL && longerAtMost < TOGETHER_INTERVAL;
        return longerAtLeast >= TOGETHER_INTERVAL
                || (startedTogether && twin.incarnation().compareTo(self.incarnation()) < 0);
    }

    /// The latest stamp of every incarnation that we hear, believed or not.
    Map<UUID, Long> heard(long now) {
        candidates.values().removeIf(candidate -> now - candidate.heardAt() > CANDIDATE_INTERVAL);
        var heard = new HashMap<UUID, Long>();
        candidates.forEach((incarnation, candidate) -> heard.put(incarnation, candidate.stamp()));
        for (Peer peer : peers.values()) {
            if (!peer.gone) {
                heard.put(peer.id.incarnation(), peer.hello.stamp());
            }
        }
        return heard;
    }

    /// Whether a member says now that it is active in our term or above, or that it follows a stream above ours: who
    /// writes that one may be somebody whom we do not hear.
    boolean isContested(int term, long now) {
        return rival(term, now) != null || peers.values().stream().anyMatch(peer -> peer.following(now) > term);
    }

    /// Another member that says now that it is active, in `term` or above.
    @Nullable
    Peer rival(int term, long now) {
        for (Peer peer : peers.values()) {
            if (peer.writing(now) > 0 && peer.writing(now) >= term) {
                return peer;
            }
        }
        return null;
    }
}
