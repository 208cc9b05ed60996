package holdfast.service;

/// The real servers of one service in the order that schedulers walk them: the one added last comes first
/// (IPVS-REF 5.1). The order is fixed; weights, flags and counters are read from the table as they are now.
public final class RealServers {
    private final RealServerTable table;
    private final int[] ids;

    RealServers(RealServerTable table, int[] ids) {
        this.table = table;
        this.ids = ids;
    }

    public int count() {
        return ids.length;
    }

    /// The id in the [RealServerTable] of the one at a position, 0 to `count() - 1`.
    public int id(int position) {
        return ids[position];
    }

    /// The position of an id, or -1.
    public int positionOf(int id) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }

    public int weight(int position) {
        return table.weight(ids[position]);
    }

    public boolean isOverloaded(int position) {
        return table.isOverloaded(ids[position]);
    }

    /// Whether a scheduler may pick it: not quiesced and not overloaded.
    public boolean isEligible(int position) {
        return weight(position) > 0 && !isOverloaded(position);
    }

    public int active(int position) {
        return table.active(ids[position]);
    }

    public int inactive(int position) {
        return table.inactive(ids[position]);
    }
}
