package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.service.RealServerTable;
import holdfast.service.RealServers;
import holdfast.service.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The real servers of a service as another configuration would list them, in the order of [Services#rebuild]: an
/// overlay that reads counters from the table and never writes to it. A real server that is not in the table has an id
/// beyond the table's.
final class HypotheticalReals implements RealServers {
    private record Entry(int id, Configuration.RealServer real, boolean isOverloaded) {}

    private final RealServerTable table;
    private final List<Entry> entries;
    private final boolean isEdited;
    private final boolean areReachable;

    private HypotheticalReals(RealServerTable table, List<Entry> entries, boolean isEdited, boolean areReachable) {
        this.table = table;
        this.entries = entries;
        this.isEdited = isEdited;
        this.areReachable = areReachable;
    }

    /// @param present  the configuration from which `services` was built
    static HypotheticalReals of(
            Services services, int service, Configuration.Service present, Configuration.Service wanted) {
        var table = services.table();
        var before = services.reals(service);
        var kept = new TreeMap<Integer, Entry>();
        var more = new ArrayList<Entry>();
        boolean isEdited = before.count() != wanted.realServers().size();
        for (var real : wanted.realServers()) {
            int known = id(table, wanted, real);
            int id = known == RealServerTable.NONE ? table.max() + more.size() : known;
            int position = before.positionOf(id);
            if (position >= 0) {
                kept.put(position, new Entry(id, real, table.isOverloaded(id) && !isRaised(present, real)));
                isEdited |= table.weight(id) != real.weight() || table.method(id) != real.method();
            } else {
                more.addFirst(new Entry(id, real, false));
                isEdited = true;
            }
        }
        more.addAll(kept.values());
        return new HypotheticalReals(table, more, isEdited, false);
    }

    private static int id(RealServerTable table, Configuration.Service service, Configuration.RealServer real) {
        var key = service.key();
        return table.find(
                key.protocol().number(),
                key.address().bits(),
                key.port(),
                real.address().bits(),
                real.port());
    }

    /// Whether the edited threshold ends an overload (IPVS-REF 4.8).
    private static boolean isRaised(Configuration.Service present, Configuration.RealServer wanted) {
        return present.realServers().stream()
                .filter(real -> Hypothesis.Real.of(real).equals(Hypothesis.Real.of(wanted)))
                .anyMatch(real -> real.upperThreshold() != wanted.upperThreshold()
                        && (wanted.upperThreshold() == 0 || wanted.upperThreshold() > real.upperThreshold()));
    }

    /// Whether the change would edit the service, which its scheduler would notice.
    boolean isEdited() {
        return isEdited;
    }

    Configuration.RealServer real(int position) {
        return entries.get(position).real;
    }

    @Override
    public int count() {
        return entries.size();
    }

    @Override
    public int id(int position) {
        return entries.get(position).id;
    }

    @Override
    public int weight(int position) {
        return real(position).weight();
    }

    @Override
    public int lastWeight(int position) {
        int weight = weight(position);
        return weight != 0 || !isKnown(position) ? weight : table.lastWeight(id(position));
    }

    @Override
    public int agentPercent(int position) {
        return isKnown(position) ? table.agentPercent(id(position)) : 100;
    }

    @Override
    public boolean isOverloaded(int position) {
        return entries.get(position).isOverloaded;
    }

    @Override
    public boolean isUnreachable(int position) {
        return !areReachable && isKnown(position) && table.isUnreachable(id(position));
    }

    @Override
    public RealServers asIfReachable() {
        return new HypotheticalReals(table, entries, isEdited, true);
    }

    @Override
    public int active(int position) {
        return isKnown(position) ? table.active(id(position)) : 0;
    }

    @Override
    public int inactive(int position) {
        return isKnown(position) ? table.inactive(id(position)) : 0;
    }

    @Override
    public int address(int position) {
        return real(position).address().bits();
    }

    @Override
    public int port(int position) {
        return real(position).port();
    }

    private boolean isKnown(int position) {
        return id(position) < table.max();
    }
}
