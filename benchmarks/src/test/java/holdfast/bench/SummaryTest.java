package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Summary.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Summary(4, 1, 9, 3));
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Summary.of(List.of(8.0, 1.0, 4.0, 2.0))).isEqualTo(new Summary(3, 1, 8, 4));
    }

    @Test
    void oneSampleIsItsOwnSummary() {
        assertThat(Summary.of(List.of(2.5))).isEqualTo(new Summary(2.5, 2.5, 2.5, 1));
    }

    @Test
    void nothingMeasuredIsNotZero() {
        assertThatThrownBy(() -> Summary.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itIsWrittenWithItsSpread() {
        assertThat(new Summary(33.14, 31.28, 33.4, 4).text(1)).isEqualTo("33.1 [31.3-33.4]");
    }
}
