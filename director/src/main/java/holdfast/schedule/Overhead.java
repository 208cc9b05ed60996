package holdfast.schedule;

import holdfast.service.RealServers;

/// The load of a real server, and its comparison between real servers of different weight (IPVS-REF 5.1).
final class Overhead {
    /// An active connection weighs as much as this number of inactive ones.
    static final long ACTIVE = 256;

    private Overhead() {}

    static long of(RealServers reals, int position) {
        return reals.active(position) * ACTIVE + reals.inactive(position);
    }

    /// Whether load / weight of one server is smaller than that of the other, without a division. A load takes 40
    /// bits at most and a weight with its agent's percent 38, so the products need more than 64.
    static boolean isLess(long load, long weight, long otherLoad, long otherWeight) {
        long high = Math.multiplyHigh(otherLoad, weight);
        long otherHigh = Math.multiplyHigh(load, otherWeight);
        return high == otherHigh ? Long.compareUnsigned(otherLoad * weight, load * otherWeight) > 0 : high > otherHigh;
    }

    /// The eligible server with the least overhead for its weight, of equals the first; [Scheduler#NONE] without
    /// one.
    static int leastForWeight(RealServers reals) {
        int best = Scheduler.NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i) && (best == Scheduler.NONE || isLessForWeight(reals, i, best))) {
                best = i;
            }
        }
        return best;
    }

    static boolean isLessForWeight(RealServers reals, int position, int other) {
        return isLess(of(reals, position), reals.weight(position), of(reals, other), reals.weight(other));
    }
}
