package holdfast.vip;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The other directors, as their sealed words show them; immutable.
record Peers(Map<String, Peer> byName) {
    static final Peers NONE = new Peers(Map.of());

    /// A word older than this vouches for nothing.
    static final long WORD_MAX = 1_000_000_000;

    /// A director that has spoken within this time may live: a thread of ours without a processor may delay its
    /// words.
    static final long LIVING_MAX = 5_000_000_000L;

    /// @param heardAt   when its word arrived
    /// @param answered  its latest question that we have answered
    /// @param dead      whether its process has ended since
    record Peer(PeerWord word, long heardAt, long answered, boolean dead) {
        boolean spokeSince(long since) {
            return !dead && heardAt - since >= 0;
        }
    }

    Peers {
        byName = Map.copyOf(byName);
    }

    Peers heard(PeerWord word, long now) {
        var before = byName.get(word.name());
        return with(word.name(), new Peer(word, now, before == null ? 0 : before.answered(), false));
    }

    Peers answered(PeerWord word) {
        return changed(word.name(), peer -> new Peer(peer.word(), peer.heardAt(), word.asks(), peer.dead()));
    }

    /// The process with this address has ended.
    Peers died(int address) {
        var changed = new HashMap<>(byName);
        changed.replaceAll((_, peer) ->
                peer.word().address() == address ? new Peer(peer.word(), peer.heardAt(), peer.answered(), true) : peer);
        return new Peers(changed);
    }

    Optional<Peer> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// The director that now vouches for adverts from this address.
    Optional<Peer> vouching(int address, long now) {
        return all().stream()
                .filter(peer -> peer.word().address() == address && peer.spokeSince(now - WORD_MAX))
                .findFirst();
    }

    /// Whether a director other than this one says that it is active.
    boolean isAnotherActive(String name, long now) {
        return all().stream()
                .filter(peer -> peer.spokeSince(now - WORD_MAX))
                .map(Peer::word)
                .anyMatch(word ->
                        word.standing() == Standing.ACTIVE && !word.name().equals(name));
    }

    /// A standby whose tables have a history.
    Optional<PeerWord> elder(long now) {
        return all().stream()
                .filter(peer -> peer.spokeSince(now - WORD_MAX))
                .map(Peer::word)
                .filter(word -> word.standing() == Standing.STANDBY && word.history() != 0)
                .findFirst();
    }

    /// The name of the director with this address.
    Optional<String> nameOf(int address) {
        return all().stream()
                .map(Peer::word)
                .filter(word -> word.address() == address)
                .map(PeerWord::name)
                .findFirst();
    }

    /// Names of the directors that have spoken since then and are not known to be dead.
    Set<String> livingSince(long since) {
        return all().stream()
                .filter(peer -> peer.spokeSince(since))
                .map(peer -> peer.word().name())
                .collect(Collectors.toSet());
    }

    Map<String, Long> answers() {
        return all().stream()
                .filter(peer -> peer.answered() != 0)
                .collect(Collectors.toMap(peer -> peer.word().name(), Peer::answered));
    }

    private Collection<Peer> all() {
        return byName.values();
    }

    private Peers changed(String name, UnaryOperator<Peer> change) {
        return named(name).map(peer -> with(name, change.apply(peer))).orElse(this);
    }

    private Peers with(String name, Peer peer) {
        var changed = new HashMap<>(byName);
        changed.put(name, peer);
        return new Peers(changed);
    }
}
