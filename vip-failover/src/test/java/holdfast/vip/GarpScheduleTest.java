package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.GarpSchedule.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GarpScheduleTest {
    private static final long MS = 1_000_000;
    private static final long S = 1_000 * MS;
    private final GarpSchedule garp = new GarpSchedule(List.of(200 * MS, 50 * MS, S), 30 * S);

    @Test
    void aClaimIsAnnouncedAtOnceAtEachDelayAndAtEachRefresh() {
        assertThat(announcements(garp.claimed(7), 65 * S))
                .containsExactly(7L, 7 + 50 * MS, 7 + 200 * MS, 7 + S, 7 + 30 * S, 7 + 60 * S);
    }

    @Test
    void aLateTurnAnnouncesOnceForAllThatWasDue() {
        var plan = garp.announced(garp.claimed(0), 500 * MS);
        assertThat(plan.dueAt()).containsExactly(S);
    }

    @Test
    void withoutRefreshItFallsSilent() {
        assertThat(announcements(new GarpSchedule(List.of(), 0).claimed(0), 100 * S))
                .containsExactly(0L);
    }

    @Test
    void nothingIsDueWithoutAClaim() {
        assertThat(Plan.NONE.isDue(Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void aRivalIsAnsweredByOneMoreBurstPerSecond() {
        var old = garp.announced(garp.claimed(0), 5 * S);
        assertThat(garp.reasserted(old, 5 * S)).isEqualTo(garp.claimed(5 * S));
        var busy = garp.reasserted(old, 5 * S);
        for (int i = 1; i <= 100; i++) {
            busy = garp.reasserted(busy, 5 * S + i * MS);
        }
        assertThat(announcements(busy, 10 * S)).containsExactly(5 * S, 5 * S + 50 * MS, 5 * S + 200 * MS, 6 * S);
    }

    private List<Long> announcements(Plan first, long until) {
        var at = new ArrayList<Long>();
        for (var plan = first; plan.nextAt() <= until; plan = garp.announced(plan, at.getLast())) {
            at.add(plan.nextAt());
        }
        return at;
    }
}
