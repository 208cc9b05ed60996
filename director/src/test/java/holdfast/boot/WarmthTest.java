package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WarmthTest {
    private static Warmth after(long... laps) {
        var warmth = Warmth.COLD;
        for (long lap : laps) {
            warmth = warmth.after(lap);
        }
        return warmth;
    }

    @Test
    void codeThatStillGetsFasterIsNotWarm() {
        assertThat(after(800, 500, 300, 200).isReached()).isFalse();
    }

    @Test
    void oneLapThatIsHardlyFasterMayBeChance() {
        assertThat(after(800, 100, 90).isReached()).isFalse();
        assertThat(after(800, 100, 90, 50).isReached()).isFalse();
    }

    @Test
    void twoLapsThatAreHardlyFasterAreTheEnd() {
        assertThat(after(800, 100, 90, 85).isReached()).isTrue();
        assertThat(after(800, 100, 300, 300).isReached()).isTrue();
    }

    @Test
    void codeThatGetsFasterForEverIsWarmAtLast() {
        long[] halves = LongStream.iterate(1L << 40, lap -> lap / 2)
                .limit(Warmth.LAPS_MAX)
                .toArray();
        var warmth = Warmth.COLD;
        for (long lap : halves) {
            assertThat(warmth.isReached()).isFalse();
            warmth = warmth.after(lap);
        }
        assertThat(warmth.isReached()).isTrue();
    }
}
