package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutageTest {
    private static final long PERIOD = 1_000_000;
    private static final int PROBES = 1000;

    private final long[] sentAt = new long[PROBES];
    private final long[] answeredAt = new long[PROBES];

    OutageTest() {
        for (int i = 0; i < PROBES; i++) {
            sentAt[i] = 5_000_000_000L + i * PERIOD;
            answeredAt[i] = sentAt[i] + 200_000;
        }
    }

    @Test
    void allAnsweredIsNoBlackout() {
        assertThat(outage()).isEqualTo(new Outage(0, 0, 0, PROBES));
    }

    @Test
    void blackoutIsAsLongAsTheProbesThatItTook() {
        lose(100, 250);
        assertThat(outage()).isEqualTo(new Outage(150 * PERIOD, 100 * PERIOD, 150, PROBES));
    }

    @Test
    void longestOfSeveralCounts() {
        lose(100, 110);
        lose(200, 230);
        lose(400, 401);
        assertThat(outage()).isEqualTo(new Outage(30 * PERIOD, 200 * PERIOD, 41, PROBES));
    }

    @Test
    void proberThatWasHeldUpSawNoBlackout() {
        for (int i = 500; i < 540; i++) {
            sentAt[i] = sentAt[540]; // forty overdue probes at once, after 40 ms of silence
        }
        assertThat(outage().blackout()).isZero();
    }

    @Test
    void onlyLostProbesAreEvidenceWhereTheProberWasHeldUp() {
        lose(500, 503);
        holdUp(500); // in front of the gap
        holdUp(503); // behind it
        assertThat(outage()).isEqualTo(new Outage(3 * PERIOD, 540 * PERIOD, 3, PROBES));
        holdUp(502); // inside: dark before and after, so it counts
        assertThat(outage().blackout()).isEqualTo(43 * PERIOD);
    }

    @Test
    void serviceThatNeverComesBackIsDarkUntilTheEnd() {
        lose(900, PROBES);
        assertThat(outage().blackout()).isEqualTo(100 * PERIOD);
    }

    @Test
    void serviceThatIsLateIsDarkFromTheFirstProbe() {
        lose(0, 70);
        assertThat(outage()).isEqualTo(new Outage(70 * PERIOD, 0, 70, PROBES));
    }

    @Test
    void twoMethodsAreAsBadAsTheWorse() {
        assertThat(new Outage(7, 1, 2, 10).and(new Outage(5, 3, 4, 10))).isEqualTo(new Outage(7, 1, 6, 20));
    }

    private void lose(int from, int to) {
        for (int i = from; i < to; i++) {
            answeredAt[i] = Outage.UNANSWERED;
        }
    }

    /// From this probe on all go out 40 ms later.
    private void holdUp(int probe) {
        for (int i = probe; i < PROBES; i++) {
            sentAt[i] += 40 * PERIOD;
        }
    }

    private Outage outage() {
        return Outage.of(sentAt, answeredAt, PROBES, PERIOD);
    }
}
