package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpreadTest {
    @Test
    void middleOfAnOddCountIsOneOfThem() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).contains(new Spread(1, 4, 9));
    }

    @Test
    void middleOfAnEvenCountLiesBetweenTwo() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0, 2.0))).contains(new Spread(1, 3, 9));
    }

    @Test
    void nothingHasNoSpread() {
        assertThat(Spread.of(List.of())).isEmpty();
    }
}
