package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks the next eligible real server after the last pick; a fresh service starts with the newest. Weights count only
/// as zero or not (`ip_vs_rr`, IPVS-REF 5.2).
final class RoundRobin implements Scheduler {
    private int last = NONE; // an id, because positions shift when a real server is added

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int start = reals.positionOf(last);
        for (int step = 1; step <= reals.count(); step++) {
            int position = (start + step) % reals.count();
            if (reals.isEligible(position)) {
                last = reals.id(position);
                return position;
            }
        }
        return NONE;
    }

    /// If the last pick was removed, the server after it is next.
    @Override
    public void changed(RealServers before, RealServers after) {
        for (int i = before.positionOf(last); i >= 0; i--) {
            last = before.id(i);
            if (after.positionOf(last) >= 0) {
                return;
            }
        }
        last = NONE;
    }

    @Override
    public Scheduler copy() {
        var copy = new RoundRobin();
        copy.last = last;
        return copy;
    }
}
