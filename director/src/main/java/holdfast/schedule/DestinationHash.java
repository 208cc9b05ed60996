package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks by the destination's address alone, whatever the weights: the real server of its bucket out of 256, or none if
/// that server is not eligible (`ip_vs_dh`, IPVS-REF 5.7). An unreachable server leaves its destinations to the next
/// eligible server of the list.
///
/// Buckets repeat the list: bucket i is the list's i modulo its length, so no table is needed.
final class DestinationHash implements Scheduler {
    private static final int BUCKET_BITS = 8;

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        if (reals.count() == 0) {
            return NONE;
        }
        int first = GoldenHash.of(flow.destinationFold(), BUCKET_BITS) % reals.count();
        int steps = reals.isUnreachable(first) ? reals.count() : 1;
        for (int step = 0; step < steps; step++) {
            int position = (first + step) % reals.count();
            if (reals.isEligible(position)) {
                return position;
            }
        }
        return NONE;
    }

    @Override
    public Scheduler copy() {
        return this; // it has no state
    }
}
