package holdfast.service;

/// The real servers of one service in the order in which schedulers walk them: the latest addition first (IPVS-REF
/// 5.1). The order is fixed; weights, flags and counters are the present ones.
public interface RealServers {
    int count();

    /// The id in the [RealServerTable] of the server at a position, 0 to `count() - 1`.
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

    /// The last weight that was not 0; 0 if it never had one (IPVS-REF 2.4).
    int lastWeight(int position);

    /// The part of its weight that its agent reports it can take, in percent; 100 without a report.
    int agentPercent(int position);

    boolean isOverloaded(int position);

    /// Whether its host cannot be reached, so that schedulers skip it while others are there.
    boolean isUnreachable(int position);

    /// The same servers, all as reachable.
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

    /// Its address; for IPv6 the four words XORed, since only hashing schedulers use it.
    int address(int position);

    /// As configured; 0 uses the packet's port.
    int port(int position);
}
