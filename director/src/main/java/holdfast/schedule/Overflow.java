package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server of the highest weight that has no more active connections than its weight; of equals, the
/// newest. So a server gets one connection more than its weight before the next server gets any (`ip_vs_ovf`, IPVS-REF
/// 5.11).
final class Overflow implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int best = NONE;
        for (int i = 0; i < reals.count(); i++) {
            boolean hasRoom = reals.isEligible(i) && reals.active(i) <= reals.weight(i);
            if (hasRoom && (best == NONE || reals.weight(i) > reals.weight(best))) {
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
