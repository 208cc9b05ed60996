package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private final TokenBucket bucket = new TokenBucket(100, 5);

    private int taken(long now) {
        int taken = 0;
        while (bucket.take(now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void theBurstIsThereAtOnceAndThenTheRateRules() {
        assertThat(taken(SECOND)).isEqualTo(5);
        assertThat(taken(SECOND + 9_999_999)).isZero();
        assertThat(taken(SECOND + 10_000_000)).isEqualTo(1);
        assertThat(taken(SECOND + 40_000_000)).isEqualTo(3);
    }

    @Test
    void aLongRestSavesUpNoMoreThanTheBurst() {
        assertThat(taken(SECOND)).isEqualTo(5);
        assertThat(taken(3600 * SECOND)).isEqualTo(5);
    }

    @Test
    void overAnyLongTimeItGivesTheRateAndTheBurst() {
        int taken = 0;
        for (long now = SECOND; now < 11 * SECOND; now += 1_000_000) {
            taken += taken(now);
        }
        assertThat(taken).isBetween(1000, 1005);
    }
}
