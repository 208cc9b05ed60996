package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server that would have the fewest active connections for its weight with the new connection added; of
/// equals, the newest (`ip_vs_sed`, IPVS-REF 5.6).
final class ShortestExpectedDelay implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        return shortest(reals);
    }

    static int shortest(RealServers reals) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && (best == NONE || isShorter(reals, i, best))) {
                best = i;
            }
        }
        return best;
    }

    private static boolean isShorter(RealServers reals, int position, int best) {
        return Overhead.isLess(
                reals.active(position) + 1L, reals.weight(position), reals.active(best) + 1L, reals.weight(best));
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
