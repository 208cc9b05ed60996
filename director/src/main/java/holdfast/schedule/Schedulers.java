package holdfast.schedule;

import holdfast.conf.SchedulerName;
import holdfast.conn.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.Arrays;

/// The scheduler of each service. A scheduler outlives a change of configuration that does not rename it, with where it
/// stood. Owned by the datapath thread.
public final class Schedulers {
    private Services services;
    private Scheduler[] schedulers = {};

    public Schedulers(Services services) {
        this.services = services;
        follow(services, services);
    }

    /// The id of the real server picked for a service of the current snapshot, or [RealServerTable#NONE].
    public int pick(int service, Flow flow, long now) {
        var reals = services.reals(service);
        int position = schedulers[service].pick(reals, flow, now);
        return position == Scheduler.NONE ? RealServerTable.NONE : reals.id(position);
    }

    /// One that stands where the scheduler of a service does, to ask without picking; for the control path.
    public Scheduler copyOf(int service) {
        return schedulers[service].copy();
    }

    /// Goes over to a new snapshot and tells the schedulers of the services that changed.
    public void update(Services next) {
        var before = services;
        services = next;
        follow(before, next);
    }

    private void follow(Services before, Services after) {
        int known = schedulers.length;
        schedulers = Arrays.copyOf(schedulers, after.size());
        for (int id = 0; id < after.size(); id++) {
            boolean isSame = id < known && before.scheduler(id) == after.scheduler(id);
            if (!isSame) {
                schedulers[id] = named(after.scheduler(id));
                schedulers[id].changed(after.reals(id), after.reals(id));
            } else if (!before.reals(id).equals(after.reals(id))) {
                schedulers[id].changed(before.reals(id), after.reals(id));
            }
        }
    }

    private static Scheduler named(SchedulerName name) {
        return switch (name) {
            case RR -> new RoundRobin();
            case WRR -> new WeightedRoundRobin();
            case WLC -> new WeightedLeastConnection();
            default -> throw new IllegalArgumentException("no scheduler " + name);
        };
    }
}
