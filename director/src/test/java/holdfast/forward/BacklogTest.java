package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long MS = 1_000_000;

    private final Backlog backlog = new Backlog();

    @Test
    void aBurstDoesNotLast() {
        assertThat(backlog.lasts(false, 0)).isFalse();
        for (int ms = 5000; ms <= 5100; ms++) { // after a pause of five seconds
            assertThat(backlog.lasts(true, ms * MS)).isFalse();
        }
        assertThat(backlog.lasts(false, 5101 * MS)).isFalse();
        assertThat(backlog.lasts(true, 5200 * MS)).as("it begins anew").isFalse();
    }

    @Test
    void whatIsThereForMoreThanATenthOfASecondLastsUntilItIsGone() {
        assertThat(backlog.lasts(true, 0)).isFalse();
        assertThat(backlog.lasts(true, 101 * MS)).isTrue();
        assertThat(backlog.lasts(true, 300 * MS)).isTrue();
        assertThat(backlog.lasts(false, 301 * MS)).isFalse();
    }
}
