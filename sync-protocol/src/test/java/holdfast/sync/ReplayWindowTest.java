package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    @Test
    void takesEachCounterOnceWhateverTheOrder() {
        for (long seed = 1; seed <= 50; seed++) {
            var random = new Random(seed);
            var window = new ReplayWindow();
            var taken = new HashSet<Long>();
            long newest = 0;
            for (int i = 0; i < 5000; i++) {
                long counter = Math.max(1, newest - random.nextInt(200) + random.nextInt(random.nextInt(400) + 1));
                boolean first = taken.add(counter);
                assertThat(window.isFirst(counter))
                        .as("seed %d counter %d", seed, counter)
                        .isEqualTo(first);
                newest = Math.max(newest, counter);
            }
        }
    }

    @Test
    void refusesWhatIsTooOldToTell() {
        var window = new ReplayWindow();
        assertThat(window.isFirst(1_000_000)).isTrue();
        assertThat(window.isFirst(1_000_000 - ReplayWindow.SIZE)).isFalse();
        assertThat(window.isFirst(1_000_000 - ReplayWindow.SIZE + 1)).isTrue();
        assertThat(window.isFirst(0)).isFalse();
        assertThat(window.isFirst(-5)).isFalse();
    }
}
