package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.TablesReport.Bar;
import holdfast.bench.TablesReport.Cost;
import holdfast.bench.TablesReport.Footprint;
import holdfast.bench.TablesReport.Storm;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablesBarsTest {
    private static final List<Storm> STORMS = List.of(storm("idle", 40_000), storm("storm", 150_000));

    @Test
    void barIsMetUpToItsLimit() {
        assertThat(bar(cost("templates", "singleHit", 250), "singleHit").met()).isTrue();
        assertThat(bar(cost("templates", "singleHit", 250.1), "singleHit").met())
                .isFalse();
    }

    @Test
    void peersAllocateAndHaveNoBars() {
        var bars = TablesBars.of(
                List.of(cost("templates", "amortisedMiss", 1), cost("Agrona", "amortisedMiss", 999)),
                List.of(new Footprint("Agrona", 8_000_000, 1_000_000_000, 0)),
                STORMS);

        assertThat(bars).as("a miss, what it allocates, the storm").hasSize(3);
        assertThat(bars.subList(0, 2)).allMatch(Bar::met);
    }

    @Test
    void stormIsJudgedByWhatItAddsToTheIdleRounds() {
        var delay = TablesBars.of(List.of(), List.of(), STORMS).getLast();

        assertThat(delay.measured()).isEqualTo(110);
        assertThat(delay.met()).isFalse();
    }

    private static Bar bar(Cost cost, String name) {
        return TablesBars.of(List.of(cost), List.of(), STORMS).stream()
                .filter(bar -> bar.what().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private static Cost cost(String subject, String operation, double ns) {
        return new Cost(subject, 1_000_000, operation, Summary.of(List.of(ns)), subject.equals("templates") ? 0 : 24);
    }

    private static Storm storm(String kind, long largest) {
        return new Storm(kind, 1, 1, 1, 1, 1, largest, 0, 1, 1);
    }
}
