package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the eligible real server of the highest weight for every client; of equals, the newest (`ip_vs_fo`, IPVS-REF
/// 5.11).
final class WeightedFailover implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && (best == NONE || reals.weight(i) > reals.weight(best))) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
