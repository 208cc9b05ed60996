package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server with the smallest (256 * (active + 1) + inactive) / (weight * agent percent), of equals the
/// newest, among the eligible servers whose agent reports more than 0 percent.
///
/// It is `wlc` with two differences. The new connection counts, so that of idle real servers the strongest comes first.
/// And the agent's report scales the weight, so that the operator's weights stay unchanged.
final class LeastLoad implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            boolean canTake = reals.isEligible(i) && reals.agentPercent(i) > 0;
            if (canTake && (best == NONE || isLighter(reals, i, best))) {
                best = i;
            }
        }
        return best;
    }

    private static boolean isLighter(RealServers reals, int position, int best) {
        return Overhead.isLess(
                Overhead.of(reals, position) + Overhead.ACTIVE,
                strength(reals, position),
                Overhead.of(reals, best) + Overhead.ACTIVE,
                strength(reals, best));
    }

    private static long strength(RealServers reals, int position) {
        return (long) reals.weight(position) * reals.agentPercent(position);
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
