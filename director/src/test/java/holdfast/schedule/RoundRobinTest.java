package holdfast.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.SchedulerName;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "3 2 1, C B A A B A",
        "1 2 3, C B A C C B",
        "4 3 2, C B A A B A C B A",
        "5 1 1, C B A A A A A",
        "2 4 6, C B A C C B",
        "10 5 0, B A A",
        "100 1 1, C B A A A A A A",
        "7 7, B A",
        "0 3, B B"
    })
    void aServiceFromAFileBeginsAsIfItsServersHadBeenAddedOneByOne(String weights, String picks) { // 5.3
        var numbers =
                Stream.of(weights.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        var oneByOne = new Balanced(SchedulerName.WRR);
        for (int count = 1; count <= numbers.length; count++) {
            oneByOne.configure(Arrays.copyOf(numbers, count));
        }
        int picked = picks.split(" ", -1).length;

        assertThat(new Balanced(SchedulerName.WRR, numbers).picks(picked)).isEqualTo(picks);
        assertThat(oneByOne.picks(picked)).isEqualTo(picks);
    }

    @Test
    void severalThatAreAddedToAServiceAtOnceMoveTheLevelOneByOne() { // 5.3
        var balanced = wrr(6, 4);
        assertThat(balanced.picks(2)).isEqualTo("A B"); // at level 3 of 5, 3, 1
        balanced.configure(6, 4, 6, 3);
        var oneByOne = wrr(6, 4);
        assertThat(oneByOne.picks(2)).isEqualTo("A B");
        oneByOne.configure(6, 4, 6);
        oneByOne.configure(6, 4, 6, 3);

        assertThat(balanced.picks(19)).isEqualTo(oneByOne.picks(19));
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

    /// A service that gets the scheduler when its servers are there, so that it begins at the highest level.
    private static Balanced wrr(int... weights) {
        var balanced = rr(weights);
        balanced.configure(SchedulerName.WRR, Set.of(), weights);
        return balanced;
    }
}
