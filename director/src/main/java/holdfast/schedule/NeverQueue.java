package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the newest real server without an active connection; if all have one, picks as [ShortestExpectedDelay] does
/// (`ip_vs_nq`, IPVS-REF 5.6).
final class NeverQueue implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && reals.active(i) == 0) {
                return i;
            }
        }
        return ShortestExpectedDelay.shortest(reals);
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
