package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks by the destination's address alone, whatever the weights: the real server of its bucket out of
/// 256, or nobody when that one is not eligible (`ip_vs_dh`, IPVS-REF 5.7).
///
/// Buckets go round the list, so bucket i is the list's i modulo its length, and no table is needed.
final class DestinationHash implements Scheduler {
    private static final int BUCKET_BITS = 8;

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        if (reals.count() == 0) {
            return NONE;
        }
        int position = GoldenHash.of(flow.destinationFold(), BUCKET_BITS) % reals.count();
        return reals.isEligible(position) ? position : NONE;
    }

    @Override
    public Scheduler copy() {
        return this; // it keeps nothing
    }
}
