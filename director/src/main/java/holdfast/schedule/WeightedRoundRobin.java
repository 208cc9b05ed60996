package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks in rounds of falling level: in each round, the next real server whose weight reaches the level. So a real
/// server gets its weight's share, and of equals the newest comes first (`ip_vs_wrr`, IPVS-REF 5.3).
///
/// Levels fall from the largest weight by the greatest common divisor of all weights. Overloaded real servers are
/// skipped but still count for both. IPVS adds real servers one by one, and each changes the level. So servers that are
/// added at once, such as by a file, change the level as if they had been added one by one.
final class WeightedRoundRobin implements Scheduler {
    private int position = NONE; // of the last pick; NONE is the position before the first
    private int level;
    private int levelMax;
    private int divisor = 1;

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int heaviest = heaviestEligible(reals);
        if (levelMax == 0 || heaviest == 0) {
            return NONE;
        }
        while (true) { // ends, because the level returns to one that the heaviest reaches
            for (int i = position + 1; i < reals.count(); i++) {
                if (reals.isEligible(i) && reals.weight(i) >= level) {
                    position = i;
                    return i;
                }
            }
            position = NONE;
            level = nextLevel(heaviest);
        }
    }

    @Override
    public void changed(RealServers before, RealServers after) {
        position = NONE;
        int added = added(before, after);
        if (added == after.count()) {
            settle(0, 0);
        }
        int largest = 0;
        int common = 0;
        for (int i = after.count() - 1; i >= 0; i--) {
            largest = Math.max(largest, after.weight(i));
            common = Weights.greatestCommonDivisor(common, after.weight(i));
            if (i <= added) {
                settle(largest, common);
            }
        }
    }

    /// Number of new servers at the head of the list.
    private static int added(RealServers before, RealServers after) {
        int added = 0;
        while (added < after.count() && before.positionOf(after.id(added)) < 0) {
            added++;
        }
        return added;
    }

    /// @param largest  weight of all
    /// @param common   greatest common divisor of all weights
    private void settle(int largest, int common) {
        divisor = Math.max(1, common);
        levelMax = largest == 0 ? 0 : largest - (divisor - 1);
        if (level > levelMax || level == 0) {
            level = levelMax;
        } else if (divisor > 1) {
            level = level / divisor * divisor + 1;
        }
    }

    /// The next lower level, or the highest one again after the lowest. It skips levels that no eligible real
    /// server reaches: one overloaded real server of a great weight would cost as many rounds.
    private int nextLevel(int heaviest) {
        int next = level - divisor;
        if (next <= 0) {
            next = levelMax;
        }
        int tooHigh = Math.max(0, next - heaviest);
        return next - (tooHigh + divisor - 1) / divisor * divisor;
    }

    private static int heaviestEligible(RealServers reals) {
        int heaviest = 0;
        for (int i = 0; i < reals.count(); i++) {
            if (reals.isEligible(i)) {
                heaviest = Math.max(heaviest, reals.weight(i));
            }
        }
        return heaviest;
    }

    @Override
    public Scheduler copy() {
        var copy = new WeightedRoundRobin();
        copy.position = position;
        copy.level = level;
        copy.levelMax = levelMax;
        copy.divisor = divisor;
        return copy;
    }
}
