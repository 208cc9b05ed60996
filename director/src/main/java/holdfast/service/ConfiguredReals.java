package holdfast.service;

/// The real servers of a service in the present configuration, read from the table.
final class ConfiguredReals implements RealServers {
    private final RealServerTable table;
    private final int[] ids;
    private final boolean areReachable;
    private final RealServers asIfReachable;

    ConfiguredReals(RealServerTable table, int[] ids) {
        this.table = table;
        this.ids = ids;
        areReachable = false;
        asIfReachable = new ConfiguredReals(this);
    }

    /// The same servers, all as reachable.
    private ConfiguredReals(ConfiguredReals other) {
        table = other.table;
        ids = other.ids;
        areReachable = true;
        asIfReachable = this;
    }

    @Override
    public int count() {
        return ids.length;
    }

    @Override
    public int id(int position) {
        return ids[position];
    }

    @Override
    public int weight(int position) {
        return table.weight(ids[position]);
    }

    @Override
    public int lastWeight(int position) {
        return table.lastWeight(ids[position]);
    }

    @Override
    public int agentPercent(int position) {
        return table.agentPercent(ids[position]);
    }

    @Override
    public boolean isOverloaded(int position) {
        return table.isOverloaded(ids[position]);
    }

    @Override
    public boolean isUnreachable(int position) {
        return !areReachable && table.isUnreachable(ids[position]);
    }

    @Override
    public RealServers asIfReachable() {
        return asIfReachable;
    }

    @Override
    public int active(int position) {
        return table.active(ids[position]);
    }

    @Override
    public int inactive(int position) {
        return table.inactive(ids[position]);
    }

    @Override
    public int address(int position) {
        return table.address(ids[position]);
    }

    @Override
    public int port(int position) {
        return table.port(ids[position]);
    }
}
