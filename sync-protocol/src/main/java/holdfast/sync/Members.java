package holdfast.sync;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The other members, and which run of each is believed. JGroups' view has no influence on it.
///
/// - An incarnation is believed once its hello echoes a stamp of ours that is not older than [#PROOF_INTERVAL], so that
///   the hello cannot be a recording. From then on each counter is accepted once.
/// - Another incarnation of a believed member's name is believed only once the first is silent, has left, or its
///   process has died. Until then it is a twin: a second director that was given the same name.
/// - An incarnation that was replaced may return by the same rule, with the counters that it had used.
final class Members {
    /// How long the younger twin stays, so that all members hear where it runs, and it hears where its elder runs.
    private static final long STAY_INTERVAL = TimeUnit.SECONDS.toNanos(2);

    static final long PROOF_INTERVAL = TimeUnit.SECONDS.toNanos(2);

    private static final int CANDIDATES_MAX = 16;
    private static final long CANDIDATE_INTERVAL = TimeUnit.SECONDS.toNanos(5);
    private static final int RETIRED_MAX = 16;
    /// Of two directors that started within it neither knows which was first, so their incarnations decide.
    private static final long TOGETHER_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final MemberId self;
    private final RefusedMessages refusals;
    private final HelloTimer hellos;
    private final List<SyncEffect> effects;
    private final long startedAt;
    private final Map<String, Peer> peers = new HashMap<>();
    private final LinkedHashMap<UUID, Candidate> candidates = new LinkedHashMap<>();
    private final LinkedHashMap<UUID, ReplayWindow> retired = new LinkedHashMap<>();
    private boolean twinTold;
    private long twinAt; // when an elder of our name was first heard; 0 for never

    /// An incarnation that has not yet proved that it hears us, or a twin.
    private record Candidate(long stamp, long heardAt) {}

    /// @param refusals  counts messages that prove nothing
    /// @param hellos    hurries the next hello, because a new member must hear us soon
    /// @param effects   receives [SyncEffect.Twin]
    Members(MemberId self, RefusedMessages refusals, HelloTimer hellos, List<SyncEffect> effects, long now) {
        this.self = self;
        this.refusals = refusals;
        this.hellos = hellos;
        this.effects = effects;
        startedAt = now;
    }

    Collection<Peer> all() {
        return peers.values();
    }

    @Nullable
    Peer named(String name) {
        return peers.get(name);
    }

    /// This run of a member if it is the one that we believe, else null.
    @Nullable
    Peer run(MemberId id) {
        Peer peer = peers.get(id.name());
        return peer == null || !peer.id.equals(id) ? null : peer;
    }

    long uptime(long now) {
        return now - startedAt;
    }

    /// A message of our own name: one of ours that came back, or of a second director with that name.
    void ofOurName(MemberId from, SyncMessage message, Origin via, long now) {
        if (from.incarnation().equals(self.incarnation()) || !(message instanceof SyncMessage.Hello hello)) {
            return;
        }
        if (!proves(from, hello, now)) {
            refusals.count(Refused.UNPROVEN);
            return;
        }
        refusals.count(Refused.TWIN, 1, via.address(), self.name(), now);
        if (!twinTold && !hello.leaving() && isElder(from, hello, now) && hasStayed(now)) {
            twinTold = true;
            effects.add(new SyncEffect.Twin(via.address()));
        }
    }

    private boolean hasStayed(long now) {
        if (twinAt == 0) {
            twinAt = now;
        }
        return now - twinAt >= STAY_INTERVAL;
    }

    /// Judges a message of an incarnation that we do not believe yet.
    ///
    /// @return the peer that it becomes, in place of the previous incarnation of its name; null if it proves none
    @Nullable
    Peer admit(MemberId from, SyncMessage message, Origin via, long now) {
        if (!(message instanceof SyncMessage.Hello hello) || !proves(from, hello, now)) {
            refusals.count(Refused.UNPROVEN);
            return null;
        }
        Peer old = peers.get(from.name());
        if (old != null && !old.isSilent(now)) {
            refusals.count(Refused.TWIN, 1, via.address(), from.name(), now);
            return null;
        }
        hellos.soon();
        return believe(from, hello, old, now);
    }

    /// Whether a member that was gone is back: only if it has heard us since, because older messages may arrive late.
    boolean isBack(Peer peer, SyncMessage message) {
        if (!(message instanceof SyncMessage.Hello hello) || hello.leaving()) {
            return false;
        }
        Long echo = hello.heard().get(self.incarnation());
        if (echo == null || echo - peer.goneAt <= 0) {
            return false;
        }
        peer.gone = false;
        return true;
    }

    /// Whether this hello proves that its sender hears us now. Adds the incarnation to those that we hear, so that it
    /// can prove itself.
    private boolean proves(MemberId from, SyncMessage.Hello hello, long now) {
        Candidate before = candidates.get(from.incarnation());
        long stamp = before != null && before.stamp() - hello.stamp() > 0 ? before.stamp() : hello.stamp();
        candidates.put(from.incarnation(), new Candidate(stamp, now));
        if (candidates.size() > CANDIDATES_MAX) {
            candidates.remove(candidates.firstEntry().getKey());
        }
        if (before == null) {
            hellos.soon();
        }
        Long echo = hello.heard().get(self.incarnation());
        return echo != null && now - echo >= 0 && now - echo <= PROOF_INTERVAL;
    }

    private Peer believe(MemberId id, SyncMessage.Hello hello, @Nullable Peer old, long now) {
        candidates.remove(id.incarnation());
        ReplayWindow window = retired.remove(id.incarnation());
        if (old != null) {
            retired.put(old.id.incarnation(), old.window);
            if (retired.size() > RETIRED_MAX) {
                retired.remove(retired.firstEntry().getKey());
            }
        }
        long echo = Objects.requireNonNull(hello.heard().get(self.incarnation()), "only who hears us is proved");
        Peer peer = new Peer(id, window == null ? new ReplayWindow() : window, hello, echo, now);
        peers.put(id.name(), peer);
        return peer;
    }

    /// Whether a proved twin of ours is certainly the older director. While neither side is certain, both wait for
    /// a hello that decides.
    ///
    /// The twin sent its hello after our stamp that it echoes and before now. This bounds how much longer it has
    /// run.
    private boolean isElder(MemberId twin, SyncMessage.Hello hello, long now) {
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

    /// Whether a member reports now that it is active in our term or above, or that it follows a stream above ours,
    /// whose writer we may not hear.
    boolean isContested(int term, long now) {
        return rival(term, now) != null || peers.values().stream().anyMatch(peer -> peer.following(now) > term);
    }

    /// Another member that reports now that it is active, in `term` or above.
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
