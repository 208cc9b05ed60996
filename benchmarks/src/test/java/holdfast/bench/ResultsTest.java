package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.bench.Report.Sample;
import holdfast.conf.ForwardingMethod;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private static final Cell UP = new Cell(ForwardingMethod.NAT, "up 1", 1, false);

    @Test
    void theRatioIsThatOfTheMediansAndItsSpreadThatOfTheRounds() {
        var results = Results.of(List.of(
                sample(1, "nft", 40, null, false),
                sample(1, "holdfast", 30, 0.9, false),
                sample(2, "holdfast", 36, 0.7, false),
                sample(2, "nft", 60, null, false)));
        assertThat(results).hasSize(2);
        var holdfast = results.getLast();
        assertThat(holdfast.value()).isEqualTo(new Summary(33, 30, 36, 2));
        assertThat(holdfast.ratio()).isEqualTo(33.0 / 50);
        assertThat(holdfast.ratioByRound()).isEqualTo(new Summary((0.75 + 0.6) / 2, 0.6, 0.75, 2));
        assertThat(holdfast.directorCores()).isEqualTo(new Summary(0.8, 0.7, 0.9, 2));
        assertThat(results.getFirst().directorCores()).isNull();
    }

    @Test
    void disturbedSamplesCountOnlyWhereThereIsNoOther() {
        var results = Results.of(List.of(
                sample(1, "nft", 40, null, true),
                sample(2, "nft", 50, null, false),
                sample(1, "holdfast", 20, 1.0, true)));
        assertThat(results.getFirst().value()).isEqualTo(new Summary(50, 50, 50, 1));
        assertThat(results.getFirst().disturbedOnly()).isFalse();
        assertThat(results.getLast().value()).isEqualTo(new Summary(20, 20, 20, 1));
        assertThat(results.getLast().disturbedOnly()).isTrue();
    }

    @Test
    void failedSamplesAreNotNumbers() {
        var results =
                Results.of(List.of(sample(1, "nft", 40, null, false), Sample.failed(1, "holdfast", UP, "no answer")));
        assertThat(results).extracting(Report.Result::target).containsExactly("nft");
    }

    @Test
    void withoutNftThereIsNoRatio() {
        assertThat(Results.of(List.of(sample(1, "plain", 40, null, false)))
                        .getFirst()
                        .ratio())
                .isNull();
    }

    private static Sample sample(
            int round, String target, double value, @Nullable Double directorCores, boolean disturbed) {
        return new Sample(
                round,
                target,
                "NAT",
                "up 1",
                Map.of("Gbit/s", value),
                0.0,
                1.5,
                directorCores,
                0.0,
                0.0,
                disturbed,
                null);
    }
}
