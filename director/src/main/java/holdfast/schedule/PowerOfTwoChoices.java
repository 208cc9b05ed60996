package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Draws two real servers at random, each with its weight's share, and picks the server with less load for its weight;
/// of equals, the server drawn first (`ip_vs_twos`, IPVS-REF 5.13).
///
/// As in IPVS, a draw is a number from 0 up to and including the sum of the weights, so the head of the list has one
/// chance more than its weight; and loads are compared in 32 bits, which overflow.
final class PowerOfTwoChoices implements Scheduler {
    private long random;

    /// @param seed  any number; different for each service, so that their draws are independent
    PowerOfTwoChoices(long seed) {
        random = seed;
    }

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        long total = 0;
        for (int i = 0; i < reals.count(); i++) {
            total += reals.isEligible(i) ? reals.weight(i) : 0;
        }
        if (total == 0) {
            return NONE;
        }
        int first = at(draw(total), reals);
        int second = at(draw(total), reals);
        return isLighter(reals, second, first) ? second : first;
    }

    /// Uniform in 0 to `max` inclusive, except for a bias of less than one in 2^64 / `max`.
    private long draw(long max) {
        random += Mix.GOLDEN;
        return Math.unsignedMultiplyHigh(Mix.of(random), max + 1);
    }

    /// The eligible server at which the running sum of weights reaches `drawn`.
    private static int at(long drawn, RealServers reals) {
        long left = drawn;
        int last = NONE;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i)) {
                last = i;
                left -= reals.weight(i);
                if (left <= 0) {
                    return i;
                }
            }
        }
        return last;
    }

    private static boolean isLighter(RealServers reals, int position, int other) {
        return reals.weight(position) * (int) Overhead.of(reals, other)
                > reals.weight(other) * (int) Overhead.of(reals, position);
    }

    @Override
    public Scheduler copy() {
        return new PowerOfTwoChoices(random);
    }
}
