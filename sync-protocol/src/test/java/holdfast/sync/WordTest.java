package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordTest {
    @Test
    void whatIsTooLongIsCutAndObstaclesSayHowManyWereLeftOut() {
        var word = new Word(
                Standing.STANDBY,
                0,
                Map.of(),
                IntStream.range(0, 20).mapToObj(i -> "obstacle " + i).toList(),
                IntStream.range(0, 1100).boxed().toList(),
                List.of("x".repeat(100)),
                IntStream.range(0, 100).mapToObj(i -> "y".repeat(100)).toList(),
                0,
                Optional.empty());
        assertThat(word.obstacles()).hasSize(Word.OBSTACLES_MAX).endsWith("and 5 more");
        assertThat(word.unreachable()).hasSize(Word.UNREACHABLE_MAX);
        assertThat(word.routes()).containsExactly("x".repeat(Word.ROUTE_CHARS_MAX));
        assertThat(word.elsewhere()).hasSize(Word.ROUTES_MAX).containsOnly("y".repeat(Word.ROUTE_CHARS_MAX));
    }
}
