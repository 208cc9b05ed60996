package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the real server with the least load for its weight; of equals, the first one listed, which is the
/// newest. An active connection weighs as much as 256 inactive ones (`ip_vs_wlc`, IPVS-REF 5.5).
final class WeightedLeastConnection implements Scheduler {
    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        return Overhead.leastForWeight(reals);
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
