package holdfast.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import org.junit.jupiter.api.Test;

/// The picks of IPVS-REF 5.2 and 5.3.
class RoundRobinTest {
    @Test
    void roundRobinStartsWithTheNewest() { // 5.2
        assertThat(rr(1, 1, 1).picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void roundRobinSkipsQuiescedAndOverloaded() { // 5.2
        var balanced = rr(5, 0, 1);
        assertThat(balanced.picks(4)).isEqualTo("C A C A");
        balanced.overloaded(2, true);
        assertThat(balanced.picks(2)).isEqualTo("A A");
        balanced.overloaded(0, true);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    @Test
    void roundRobinGoesOnWhereItStoodWhenOneIsAddedOrDropped() { // 5.2
        var balanced = rr(1, 1, 1);
        assertThat(balanced.picks(2)).isEqualTo("C B");
        balanced.configure(1, 1, 1, 1); // D comes first in the list
        assertThat(balanced.picks(2)).isEqualTo("A D");
        balanced.configure(1, 1, 1); // the pointer was on D, the head
        assertThat(balanced.picks(2)).isEqualTo("C B");
        balanced.configure(1, -1, 1); // it was on B, so it moves back to C
        assertThat(balanced.picks(2)).isEqualTo("A C");
    }

    @Test
    void weightedRoundRobin() { // 5.3
        assertThat(wrr(4, 3, 2).picks(18)).isEqualTo("A B A C B A C B A A B A C B A C B A");
    }

    @Test
    void weightedRoundRobinOfEqualWeights() { // 5.3
        assertThat(wrr(1, 1, 1).picks(6)).isEqualTo("C B A C B A");
        assertThat(wrr(10, 10, 10).picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void weightedRoundRobinOfOneHeavy() { // 5.3
        assertThat(wrr(5, 1, 1).picks(14)).isEqualTo("A A A A C B A A A A A C B A");
    }

    @Test
    void weightedRoundRobinUsesTheCommonDivisor() { // 5.3
        assertThat(wrr(400, 300, 200).picks(9)).isEqualTo("A B A C B A C B A");
    }

    @Test
    void weightedRoundRobinPassesOverTheOverloadedWithoutWalkingItsLevels() { // 5.3
        var balanced = wrr(65535, 1, 1);
        balanced.overloaded(0, true);
        assertThat(balanced.picks(4)).isEqualTo("C B C B");
        balanced.overloaded(1, true);
        balanced.overloaded(2, true);
        assertThat(balanced.pick()).isEqualTo("-");
    }

    @Test
    void weightedRoundRobinWithAllQuiesced() { // 5.3
        var balanced = wrr(0, 0, 0);
        assertThat(balanced.picks(2)).isEqualTo("- -");
    }

    @Test
    void weightedRoundRobinKeepsItsLevelAfterAnEdit() { // 5.3
        var balanced = wrr(4, 3, 2);
        assertThat(balanced.picks(2)).isEqualTo("A B"); // now at level 3
        balanced.configure(4, 3, 3);
        assertThat(balanced.picks(3)).isEqualTo("C B A");
    }

    @Test
    void weightedRoundRobinKeepsItsLevelAfterAnEditWithACommonDivisor() { // 5.3
        var balanced = wrr(40, 30, 20);
        assertThat(balanced.picks(2)).isEqualTo("A B"); // now at level 21 of 31, 21, 11, 1
        balanced.configure(40, 30, 40);
        assertThat(balanced.picks(6)).isEqualTo("C B A C B A");
    }

    @Test
    void weightedRoundRobinFallsToTheHighestLevelThereIsAfterAnEdit() { // 5.3
        var balanced = wrr(4, 3, 2);
        assertThat(balanced.picks(1)).isEqualTo("A"); // at level 4
        balanced.configure(1, 2, 1);
        assertThat(balanced.picks(4)).isEqualTo("B C B A");
    }

    private static Balanced rr(int... weights) {
        return new Balanced(SchedulerName.RR, weights);
    }

    private static Balanced wrr(int... weights) {
        return new Balanced(SchedulerName.WRR, weights);
    }
}
