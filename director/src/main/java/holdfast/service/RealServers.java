package holdfast.service;

/// The real servers of one service in the order that schedulers walk them: the one added last comes first
/// (IPVS-REF 5.1). The order is fixed; weights, flags and counters are as they are now.
public interface RealServers {
    int count();

    /// The id in the [RealServerTable] of the one at a position, 0 to `count() - 1`.
    int id(int position);

    /// The position of an id, or -1.
    default int positionOf(int id) {
        for (int i = 0; i < count(); i++) {
            if (id(i) == id) {
                return i;
            }
        }
        return -1;
    }

    int weight(int position);

    /// The last weight that was not 0; 0 when it never had one (IPVS-REF 2.4).
    int lastWeight(int position);

    /// What its agent says it can take, in percent of its weight; 100 where no agent has spoken.
    int agentPercent(int position);

    boolean isOverloaded(int position);

    /// Whether nothing gets to its host, so that it is passed over while others are there.
    boolean isUnreachable(int position);

    /// The same ones, but none of them as unreachable.
    RealServers asIfReachable();

    /// Whether a scheduler may pick it: not quiesced, not overloaded and not unreachable.
    default boolean isEligible(int position) {
        return weight(position) > 0 && !isOverloaded(position) && !isUnreachable(position);
    }

    default boolean hasUnreachable() {
        for (int i = 0; i < count(); i++) {
            if (isUnreachable(i)) {
                return true;
            }
        }
        return false;
    }

    int active(int position);

    int inactive(int position);

    /// Its address; for IPv6 the four words XORed, since only hashing schedulers ask.
    int address(int position);

    /// As configured; 0 keeps the packet's port.
    int port(int position);
}
