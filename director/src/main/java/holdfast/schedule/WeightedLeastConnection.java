package holdfast.schedule;

import holdfast.conn.Flow;
import holdfast.service.RealServers;

/// Picks the real server with the least load for its weight; of equals, the first one listed, which is the newest.
/// An active connection weighs as much as 256 inactive ones (`ip_vs_wlc`, IPVS-REF 5.5).
final class WeightedLeastConnection implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && (best == NONE || isLighter(reals, i, best))) {
                best = i;
            }
        }
        return best;
    }

    /// Compares load / weight without dividing.
    private static boolean isLighter(RealServers reals, int candidate, int best) {
        return load(reals, best) * reals.weight(candidate) > load(reals, candidate) * reals.weight(best);
    }

    private static long load(RealServers reals, int position) {
        return reals.active(position) * 256L + reals.inactive(position);
    }

    @Override
    public Scheduler copy() {
        return this; // it keeps nothing
    }
}
