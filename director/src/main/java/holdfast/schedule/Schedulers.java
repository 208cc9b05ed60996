package holdfast.schedule;

import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/// The scheduler of each service. A scheduler and its state survive a change of configuration that keeps its name and
/// its flags, but not its service's removal. Owned by the datapath thread.
public final class Schedulers {
    private final SplittableRandom seeds;
    private Services services;
    private Ipvs ipvs;
    private Scheduler[] schedulers = {};
    private long evictionsOfReplaced;

    public Schedulers(Services services, Ipvs ipvs) {
        this(services, ipvs, new SplittableRandom());
    }

    /// @param seeds  makes the random schedulers repeatable
    Schedulers(Services services, Ipvs ipvs, SplittableRandom seeds) {
        this.services = services;
        this.ipvs = ipvs;
        this.seeds = seeds;
        follow(services, services);
    }

    /// The id of the real server picked for a service of the present snapshot, or [RealServerTable#NONE].
    public int pick(int service, Flow flow, long now) {
        var reals = services.reals(service);
        int position = schedulers[service].pickReachableFirst(reals, flow, now);
        return position == Scheduler.NONE ? RealServerTable.NONE : reals.id(position);
    }

    /// Adopts a new snapshot and notifies the schedulers of the services that changed.
    public void update(Services next, Ipvs ipvs) {
        var before = services;
        services = next;
        this.ipvs = ipvs;
        follow(before, next);
    }

    /// A copy of the service's scheduler with its state, to ask for a pick. It allocates, for `lblcr` more than a
    /// megabyte.
    public Scheduler copyOf(int service) {
        return schedulers[service].copy();
    }

    /// Entries that all schedulers forgot early for lack of room, replaced schedulers included.
    public long evictions() {
        long evictions = evictionsOfReplaced;
        for (var scheduler : schedulers) {
            evictions += scheduler.evictions();
        }
        return evictions;
    }

    /// A real server of a service was quiesced or restored at run time.
    public void edited(int service) {
        schedulers[service].changed(services.reals(service), services.reals(service));
    }

    private void follow(Services before, Services after) {
        int known = schedulers.length;
        schedulers = Arrays.copyOf(schedulers, after.size());
        for (int id = 0; id < after.size(); id++) {
            boolean isNew = id >= known || (!before.isConfigured(id) && after.isConfigured(id));
            boolean isSame = !isNew
                    && before.configured(id).scheduler() == after.configured(id).scheduler()
                    && before.configured(id).flags().equals(after.configured(id).flags());
            if (!isSame) {
                evictionsOfReplaced += id < known ? schedulers[id].evictions() : 0;
                schedulers[id] = named(
                        after.configured(id).scheduler(), after.configured(id).flags());
                schedulers[id].changed(isNew ? after.nobody() : after.reals(id), after.reals(id));
            } else if (!before.reals(id).equals(after.reals(id))) {
                schedulers[id].changed(before.reals(id), after.reals(id));
            }
        }
    }

    private Scheduler named(SchedulerName name, Set<SchedulerFlag> flags) {
        return switch (name) {
            case RR -> new RoundRobin();
            case WRR -> new WeightedRoundRobin();
            case LC -> new LeastConnection();
            case WLC -> new WeightedLeastConnection();
            case LBLC -> new LocalityLeastConnection(() -> ipvs.lblcExpirationS());
            case LBLCR -> new ReplicatedLocality(() -> ipvs.lblcrExpirationS());
            case DH -> new DestinationHash();
            case SH -> new SourceHash(flags);
            case SED -> new ShortestExpectedDelay();
            case NQ -> new NeverQueue();
            case FO -> new WeightedFailover();
            case OVF -> new Overflow();
            case MH -> new Maglev(flags);
            case TWOS -> new PowerOfTwoChoices(seeds.nextLong());
            case LEAST_LOAD -> new LeastLoad();
            case RENDEZVOUS -> new Rendezvous();
        };
    }
}
