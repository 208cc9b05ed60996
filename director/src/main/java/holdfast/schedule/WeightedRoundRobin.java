package holdfast.schedule;

import holdfast.service.Flow;
import holdfast.service.RealServers;

/// Picks in rounds of falling level: in each, the next real server whose weight reaches the level; so a real
/// server gets its weight's share, and of equals the newest comes first (`ip_vs_wrr`, IPVS-REF 5.3).
///
/// Levels go down from the largest weight by the greatest common divisor of all. Overloaded real servers are
/// passed over but still count for both. IPVS gets real servers one by one, and each of them moves the level. So
/// several that are added at once, as by a file, move it as if each had come by itself.
final class WeightedRoundRobin implements Scheduler {
    private int position = NONE; // of the one picked last; NONE stands before the first
    private int level;
    private int levelMax;
    private int divisor = 1;

    @Override
    public int pick(RealServers reals, Flow flow, long now) {
        int heaviest = heaviestEligible(reals);
        if (levelMax == 0 || heaviest == 0) {
            return NONE;
        }
        while (true) { // ends, because the level comes round to one that the heaviest reaches
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

    /// How many at the head of the list are new.
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

    /// The next level down, at the bottom the highest one again. Levels that no eligible real server reaches are
    /// skipped at once: one overloaded real server of a great weight would cost as many rounds.
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
