package holdfast.explain;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.persist.ServiceTerms;
import holdfast.schedule.Scheduler;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import java.util.Optional;
import java.util.Set;

/// A service as another configuration would define it. A real server that this configuration lacks is as in the table.
final class HypotheticalTerms implements ServiceTerms {
    /// The schedulers that use the destination address.
    private static final Set<SchedulerName> BY_DESTINATION =
            Set.of(SchedulerName.DH, SchedulerName.LBLC, SchedulerName.LBLCR);

    private final int service;
    private final Configuration.Service wanted;
    private final HypotheticalReals reals;
    private final Scheduler scheduler;
    private final RealServerTable table;
    private final Ipvs ipvs;

    /// @param service    its id
    /// @param wanted     the other configuration
    /// @param reals      the real servers of that configuration
    /// @param scheduler  a copy of the service's scheduler, which may be used without effect
    HypotheticalTerms(
            int service,
            Configuration.Service wanted,
            HypotheticalReals reals,
            Scheduler scheduler,
            RealServerTable table,
            Ipvs ipvs) {
        this.service = service;
        this.wanted = wanted;
        this.reals = reals;
        this.scheduler = scheduler;
        this.table = table;
        this.ipvs = ipvs;
    }

    @Override
    public ServiceKey key() {
        return wanted.key();
    }

    @Override
    public boolean isPersistent() {
        return wanted.persistence().isPresent();
    }

    @Override
    public boolean hasEngine() {
        return wanted.persistence().flatMap(Configuration.Persistence::engine).isPresent();
    }

    @Override
    public int netmask() {
        return wanted.persistence().map(Configuration.Persistence::netmask).orElse(-1);
    }

    @Override
    public int prefixLength() {
        return wanted.persistence().map(Configuration.Persistence::prefixLength).orElse(128);
    }

    /// Picks none if the scheduler would need an unknown destination.
    @Override
    public int pick(Flow flow, long now) {
        int position = isUndecided(flow) ? Scheduler.NONE : scheduler.pickReachableFirst(reals, flow, now);
        return position == Scheduler.NONE ? RealServerTable.NONE : reals.id(position);
    }

    boolean isUndecided(Flow flow) {
        return wanted.key().isMark() && flow.virtualAddress() == 0 && BY_DESTINATION.contains(wanted.scheduler());
    }

    @Override
    public int port(int real) {
        int position = reals.positionOf(real);
        return position >= 0 ? reals.port(position) : table.port(real);
    }

    @Override
    public boolean isAvailable(int real) {
        return reals.positionOf(real) >= 0 || (table.service(real) != service && table.isAvailable(real));
    }

    @Override
    public boolean keepsClients(int real) {
        return isAvailable(real) && (weight(real) != 0 || drain(real) == DrainMode.KEEP_ALL);
    }

    int weight(int real) {
        int position = reals.positionOf(real);
        return position >= 0 ? reals.weight(position) : table.weight(real);
    }

    /// The drain mode for the clients of a real server whose weight is 0.
    DrainMode drain(int real) {
        int position = reals.positionOf(real);
        return position >= 0
                ? Draining.mode(reals.real(position), ipvs)
                : Optional.ofNullable(table.drain(real)).orElse(Draining.byDefault(ipvs));
    }
}
