package holdfast.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The picks of IPVS-REF 5.4 to 5.6, 5.11 and 5.13, and those of our `least-load`.
class LeastConnectionTest {
    @Test
    void leastConnection() { // 5.4
        assertThat(new Balanced(SchedulerName.LC, 1, 1, 1).picks(6)).isEqualTo("C B A C B A");
        assertThat(new Balanced(SchedulerName.LC, 1, 200, 3).picks(6))
                .as("weights do not count")
                .isEqualTo("C B A C B A");
        assertThat(new Balanced(SchedulerName.LC, 1, 0, 3).picks(4)).isEqualTo("C A C A");
    }

    @Test
    void weightedLeastConnection() { // 5.5
        assertThat(new Balanced(SchedulerName.WLC, 1, 2, 3).picks(12)).isEqualTo("C B A C B C C B A C B C");
    }

    @Test
    void weightedLeastConnectionGivesTheFirstToTheNewestWhateverItsWeight() { // 5.5
        assertThat(new Balanced(SchedulerName.WLC, 100, 100, 1).pick()).isEqualTo("C");
    }

    @Test
    void activeConnectionWeighsAsMuchAs256InactiveOnes() { // 5.1
        for (var name : List.of(SchedulerName.LC, SchedulerName.WLC, SchedulerName.LBLC, SchedulerName.LBLCR)) {
            var balanced = new Balanced(name, 2, 2);
            balanced.active(0, 1);
            balanced.inactive(1, 256);
            assertThat(balanced.pickTo(1)).as("equal load: the newest").isEqualTo("B");
            balanced.inactive(1, 257);
            assertThat(balanced.pickTo(2)).isEqualTo("A");
        }
    }

    @Test
    void loadsAreComparedIn64Bits() { // 5.1
        var balanced = new Balanced(SchedulerName.WLC, 1024, 1024);
        balanced.active(1, 8192); // 256 * 8192 * 1024 = 2^31
        assertThat(balanced.pick()).isEqualTo("A");
    }

    @Test
    void theLargestWeightsAndLoadsOverflowNothing() { // 9.2
        long load = 256L * 64_000_000;
        long weight = 100L * Integer.MAX_VALUE; // with its agent's percent
        assertThat(Overhead.isLess(load, weight, load + 1, weight)).isTrue();
        assertThat(Overhead.isLess(load + 1, weight, load, weight)).isFalse();
        assertThat(Overhead.isLess(load, weight, load, weight - 1)).isTrue();
        assertThat(Overhead.isLess(load, weight, load, weight)).isFalse();
        assertThat(Overhead.isLess(0, 1, 0, weight)).isFalse();
    }

    @Test
    void twosDrawsAmongTheLargestWeights() { // 9.2
        int most = Integer.MAX_VALUE;
        assertThat(shares(new Balanced(SchedulerName.TWOS, most, most, most)).get("A"))
                .isBetween(0.1, 0.4);
    }

    @Test
    void weightedLeastConnectionSkipsQuiescedAndOverloaded() { // 5.14
        var balanced = new Balanced(SchedulerName.WLC, 1, 1, 0);
        balanced.overloaded(1, true);
        assertThat(balanced.picks(2)).isEqualTo("A A");
        balanced.configure(0, 0, 0);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    @Test
    void shortestExpectedDelay() { // 5.6
        assertThat(new Balanced(SchedulerName.SED, 1, 2, 3).picks(12)).isEqualTo("C B C C B A C B C C B A");
    }

    @Test
    void neverQueue() { // 5.6
        assertThat(new Balanced(SchedulerName.NQ, 1, 2, 3).picks(12)).isEqualTo("C B A C C B C B C C B A");
    }

    @Test
    void inactiveConnectionsDoNotCountForSedAndNq() { // 5.6
        for (var name : List.of(SchedulerName.SED, SchedulerName.NQ)) {
            var balanced = new Balanced(name, 1, 1, 1);
            balanced.inactive(2, 1000);
            assertThat(balanced.picks(4)).isEqualTo("C B A C");
        }
    }

    @Test
    void weightedFailoverGivesAllToTheHighestWeight() { // 5.11
        var balanced = new Balanced(SchedulerName.FO, 5, 5, 1);
        assertThat(balanced.picks(3)).as("of equals the newest").isEqualTo("B B B");
        balanced.overloaded(1, true);
        assertThat(balanced.picks(2)).isEqualTo("A A");
        balanced.configure(0, 5, 1);
        balanced.overloaded(1, true);
        assertThat(balanced.picks(1)).isEqualTo("C");
    }

    @Test
    void overflowGivesOneMoreThanTheWeightBeforeTheNextOne() { // 5.11
        var balanced = new Balanced(SchedulerName.OVF, 2, 3, 1);
        assertThat(balanced.picks(9)).isEqualTo("B B B B A A A C C");
        assertThat(balanced.pick()).as("none has room").isEqualTo("-");
        balanced.active(1, 3);
        assertThat(balanced.pick()).isEqualTo("B");
        balanced.overloaded(1, true);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    @Test
    void twosDrawsTheHeadOneChanceMoreThanItsWeight() { // 5.13: 0 and 1 are C, 2 is B, 3 is A
        var shares = shares(new Balanced(SchedulerName.TWOS, 1, 1, 1));
        assertThat(shares.get("C")).isBetween(0.49, 0.51);
        assertThat(shares.get("B")).isBetween(0.24, 0.26);
        assertThat(shares.get("A")).isBetween(0.24, 0.26);
    }

    @Test
    void twosDrawsByWeight() { // 5.13: with nothing to choose between, the first draw wins
        var shares = shares(new Balanced(SchedulerName.TWOS, 30, 60, 10));
        assertThat(shares.get("A")).isBetween(0.29, 0.31);
        assertThat(shares.get("B")).isBetween(0.58, 0.61);
        assertThat(shares.get("C")).isBetween(0.10, 0.12);
    }

    @Test
    void twosTakesTheLessLoadedOfTheTwo() { // 5.13: C only where both draws are C, which is 1/2 * 1/2
        var balanced = new Balanced(SchedulerName.TWOS, 1, 1, 1);
        balanced.active(2, 1);
        assertThat(shares(balanced).get("C")).isBetween(0.24, 0.26);
        balanced.inactive(0, 1);
        assertThat(shares(balanced).get("A")).as("A, or A and C").isBetween(0.3025, 0.3225); // 1/16 + 2 * 1/8
    }

    @Test
    void twosComparesIn32Bits() { // 5.13: 256 * 8192 * 1024 is -2^31 there, less than nothing
        var balanced = new Balanced(SchedulerName.TWOS, 1024, 1024);
        balanced.active(0, 8192);
        assertThat(shares(balanced).get("A")).as("A unless both draws are B").isBetween(0.74, 0.76);
    }

    @Test
    void twosPassesOverQuiescedAndOverloaded() { // 5.14
        var balanced = new Balanced(SchedulerName.TWOS, 0, 5, 5);
        balanced.overloaded(2, true);
        assertThat(shares(balanced)).isEqualTo(Map.of("B", 1.0));
    }

    @Test
    void leastLoadCountsTheNewConnection() {
        assertThat(new Balanced(SchedulerName.LEAST_LOAD, 1, 2, 3).picks(12)).isEqualTo("C B C C B A C B C C B A");
        assertThat(new Balanced(SchedulerName.LEAST_LOAD, 3, 2, 1).picks(1))
                .as("of idle ones the strongest")
                .isEqualTo("A");
    }

    @Test
    void leastLoadScalesTheWeightByWhatTheAgentSays() {
        var balanced = new Balanced(SchedulerName.LEAST_LOAD, 2, 2);
        balanced.table.agentPercent(balanced.id(1), 50);
        assertThat(balanced.picks(6)).isEqualTo("A B A A B A");
    }

    @Test
    void leastLoadCountsInactiveConnections() {
        var balanced = new Balanced(SchedulerName.LEAST_LOAD, 1, 1);
        balanced.inactive(1, 1);
        assertThat(balanced.pick()).isEqualTo("A");
        balanced.inactive(0, 1);
        assertThat(balanced.pick()).as("equals: the newest").isEqualTo("B");
    }

    @Test
    void leastLoadPassesOverAnAgentAtZeroPercent() {
        var balanced = new Balanced(SchedulerName.LEAST_LOAD, 1, 100, 1);
        balanced.table.agentPercent(balanced.id(1), 0);
        balanced.overloaded(2, true);
        assertThat(balanced.pick()).isEqualTo("A");
        balanced.table.agentPercent(balanced.id(0), 0);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    private static Map<String, Double> shares(Balanced balanced) {
        int draws = 100_000;
        var counts = new HashMap<String, Integer>();
        for (int i = 0; i < draws; i++) {
            counts.merge(balanced.pick(), 1, Integer::sum);
        }
        var shares = new HashMap<String, Double>();
        counts.forEach((name, count) -> shares.put(name, (double) count / draws));
        return shares;
    }
}
