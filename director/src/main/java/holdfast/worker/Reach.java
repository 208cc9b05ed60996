package holdfast.worker;

import holdfast.linux.Echoes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides when to send an ICMP echo to which address, and which addresses are silent. Pure; times are monotonic ns.
///
/// Every address has its turn once a second, evenly spread over the second. Turns missed in a pause are not repeated.
/// At its turn an address is silent if its last [#UNANSWERED_MAX] requests are unanswered: three seconds after its last
/// answer. It counts requests and not seconds, so that after a pause no address is silent that was not asked. One
/// answer ends the silence. A new address is unknown, and not silent, until its third turn.
public final class Reach {
    static final int TARGETS_MAX = 1024;
    private static final int UNANSWERED_MAX = 2;
    private static final long ROUND_NS = 1_000_000_000;
    /// With more than 200 addresses a round takes longer than a second.
    private static final long GAP_NS_MIN = 5_000_000;
    /// The answer to an older request does not count.
    private static final int SEQUENCES_VALID = 3;

    record Question(int address, int identifier, int sequence) {}

    private static final class Target {
        final int address;
        int sequence; // of its last request
        int unanswered; // stays at the bound at which it is silent

        Target(int address, int sequence) {
            this.address = address;
            this.sequence = sequence;
        }

        boolean isSilent() {
            return unanswered > UNANSWERED_MAX;
        }
    }

    private final int identifier;
    private final int firstSequence;
    private List<Target> targets = List.of();
    private Map<Integer, Target> byAddress = Map.of();
    private Set<Integer> silent = Set.of();
    private int next;
    private long askAt;

    /// @param identifier     16 bits of every request, random for each process, to ignore answers to other programs
    /// @param firstSequence  16 random bits
    /// @param now            the first turn of the first address
    Reach(int identifier, int firstSequence, long now) {
        this.identifier = identifier;
        this.firstSequence = firstSequence;
        askAt = now;
    }

    /// Sets the addresses; the state of addresses that stay is kept.
    ///
    /// @param addresses  each once; if there are too many, the first ones are asked
    /// @return number of addresses beyond [#TARGETS_MAX], which are not asked
    int follow(Collection<Integer> addresses) {
        var before = byAddress;
        targets = addresses.stream()
                .limit(TARGETS_MAX)
                .map(address -> before.getOrDefault(address, new Target(address, firstSequence)))
                .toList();
        byAddress = targets.stream().collect(Collectors.toMap(target -> target.address, target -> target));
        next = Math.min(next, Math.max(0, targets.size() - 1));
        findSilent();
        return addresses.size() - targets.size();
    }

    /// Forgets all silence, as if all addresses were new.
    void forget() {
        targets.forEach(target -> target.unanswered = 0);
        findSilent();
    }

    /// Nanoseconds until the next turn; [Long#MAX_VALUE] without addresses.
    long waits(long now) {
        return targets.isEmpty() ? Long.MAX_VALUE : Math.max(0, askAt - now);
    }

    /// The request that is due, if any.
    Optional<Question> ask(long now) {
        if (waits(now) > 0) {
            return Optional.empty();
        }
        askAt = now + Math.max(ROUND_NS / targets.size(), GAP_NS_MIN);
        var target = targets.get(next);
        next = (next + 1) % targets.size();
        count(target, Math.min(target.unanswered, UNANSWERED_MAX) + 1);
        target.sequence = target.sequence + 1 & 0xffff;
        return Optional.of(new Question(target.address, identifier, target.sequence));
    }

    void answer(Echoes.Reply reply) {
        var target = byAddress.get(reply.from());
        if (target != null
                && reply.identifier() == identifier
                && (target.sequence - reply.sequence() & 0xffff) < SEQUENCES_VALID) {
            count(target, 0);
        }
    }

    private void count(Target target, int unanswered) {
        boolean wasSilent = target.isSilent();
        target.unanswered = unanswered;
        if (target.isSilent() != wasSilent) {
            findSilent();
        }
    }

    private void findSilent() {
        silent = targets.stream()
                .filter(Target::isSilent)
                .map(target -> target.address)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The addresses that do not answer.
    Set<Integer> silent() {
        return silent;
    }
}
