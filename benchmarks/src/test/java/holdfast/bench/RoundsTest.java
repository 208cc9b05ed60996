package holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void everySecondRoundGoesBackwards() {
        var targets = List.of("plain", "nft", "holdfast");
        assertThat(Rounds.order(targets, 0)).containsExactly("plain", "nft", "holdfast");
        assertThat(Rounds.order(targets, 1)).containsExactly("holdfast", "nft", "plain");
        assertThat(Rounds.order(targets, 2)).containsExactly("plain", "nft", "holdfast");
    }
}
