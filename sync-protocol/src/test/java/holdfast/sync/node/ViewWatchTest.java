package holdfast.sync.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ViewWatchTest {
    private static final long SECOND = 1_000_000_000;
    private final ViewWatch watch = new ViewWatch(SECOND / 2);

    @Test
    void aMemberThatStaysOutsideOfTheViewCostsOneRejoin() {
        assertThat(rejoins(0, 3.4, false)).isZero();
        assertThat(rejoins(3.5, 13.3, false)).isEqualTo(1);
        assertThat(rejoins(13.5, 20, false)).as("ten seconds later").isEqualTo(1);
    }

    @Test
    void aMergeInTimeCostsNone() {
        assertThat(rejoins(0, 3, false)).isZero();
        assertThat(rejoins(3, 3.1, true)).isZero();
        assertThat(rejoins(3.2, 6.6, false)).isZero();
    }

    private int rejoins(double from, double to, boolean isWhole) {
        int rejoins = 0;
        for (double at = from; at <= to; at += 0.1) {
            rejoins += watch.wantsRejoin(isWhole, (long) (at * SECOND)) ? 1 : 0;
        }
        return rejoins;
    }
}
