package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server with the least load; of equals, the newest. Weights count only as zero or not,
/// and an active connection weighs as much as 256 inactive ones (`ip_vs_lc`, IPVS-REF 5.4).
final class LeastConnection implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && (best == NONE || Overhead.of(reals, i) < Overhead.of(reals, best))) {
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
