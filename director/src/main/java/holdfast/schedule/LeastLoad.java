package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server with the smallest (256 * (active + 1) + inactive) / (weight * agent percent), of
/// equals the newest, among those that are eligible and whose agent says more than 0 percent.
///
/// It is `wlc` with two differences: the new connection counts, so that of idle real servers the strongest
/// one comes first; and the agent's word scales the weight, so that an operator's weights stay what they
/// are.
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
        return this; // it keeps nothing
    }
}
