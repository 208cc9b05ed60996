package holdfast.fleet;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.D2;
import static holdfast.fleet.Samples.D3;
import static holdfast.fleet.Samples.s;
import static holdfast.fleet.Samples.summary;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FleetView;
import holdfast.admin.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final long NOW = s(100_000);
    private static final long WALL = 1_000_000;

    private final Roster roster = new Roster();

    @Test
    void aLaterSummaryTakesThePlaceOfAnEarlierOne() {
        assertThat(roster.hear(summary(D1, 5, 2, Role.ACTIVE), NOW, WALL)).isTrue();
        assertThat(roster.hear(summary(D1, 5, 1, Role.STANDBY), NOW, WALL)).isFalse();
        assertThat(roster.hear(summary(D1, 5, 2, Role.STANDBY), NOW, WALL)).isFalse();
        assertThat(roster.hear(summary(D1, 6, 1, Role.STANDBY), NOW, WALL)).isTrue();
        assertThat(roster.hear(summary(D1, 5, 9, Role.ACTIVE), NOW, WALL)).isFalse();
        assertThat(Roster.members(roster.snapshot(), NOW))
                .singleElement()
                .extracting(FleetView.Member::role)
                .isEqualTo(Role.STANDBY);
    }

    @Test
    void aRunWhoseClockWasSetBackCountsOnceTheEarlierRunIsSilent() {
        roster.hear(summary(D1, 5000, 2, Role.ACTIVE), NOW, WALL);
        assertThat(roster.hear(summary(D1, 10, 1, Role.STANDBY), NOW + s(9), WALL))
                .isFalse();
        assertThat(roster.hear(summary(D1, 10, 4, Role.STANDBY), NOW + s(11), WALL))
                .isTrue();
        assertThat(roster.hear(summary(D1, 10, 5, Role.STANDBY), NOW + s(12), WALL))
                .isTrue();
    }

    @Test
    void theAgeOfASilentDirectorGrowsUntilItIsForgotten() {
        roster.hear(summary(D1, 5, 1, Role.ACTIVE), NOW, WALL);
        roster.hear(summary(D3, 5, 1, Role.ACTIVE), NOW + s(9), WALL);
        var now = Roster.members(roster.snapshot(), NOW + s(11));
        assertThat(now).extracting(FleetView.Member::director).containsExactly("d3", "d1");
        assertThat(now).extracting(FleetView.Member::silent).containsExactly(false, true);
        assertThat(now).extracting(FleetView.Member::heardAgeMs).containsExactly(2000L, 11_000L);
        assertThat(roster.forget(NOW + s(3599))).isEmpty();
        assertThat(roster.forget(NOW + s(3600))).containsExactly(D1);
        assertThat(Roster.members(roster.snapshot(), NOW)).hasSize(1);
    }

    @Test
    void wordsThatWereKeptElsewhereAreAsOldAsTheirClockSays() {
        roster.hear(summary(D1, 5, 1, Role.ACTIVE), NOW, WALL + 61_000);
        assertThat(Roster.members(roster.snapshot(), NOW)).singleElement().satisfies(member -> {
            assertThat(member.silent()).isTrue();
            assertThat(member.heardAgeMs()).isBetween(60_900L, 61_000L);
        });
    }

    @Test
    void twoThatClaimToBeActiveAreTroubleOnlyIfTheClaimLasts() {
        roster.hear(summary(D1, 5, 1, Role.ACTIVE), NOW, WALL);
        roster.hear(summary(D2, 5, 1, Role.ACTIVE), NOW + s(1), WALL);
        assertThat(troubles(NOW + s(1))).isEmpty();
        roster.hear(summary(D1, 5, 2, Role.ACTIVE), NOW + s(4), WALL);
        assertThat(troubles(NOW + s(4))).isEmpty();
        roster.hear(summary(D2, 5, 2, Role.ACTIVE), NOW + s(5), WALL);
        assertThat(troubles(NOW + s(5)))
                .containsExactly("d1 of front and d2 of front both say that they are active for the group shop");
        roster.hear(summary(D1, 5, 3, Role.STANDBY), NOW + s(6), WALL);
        assertThat(troubles(NOW + s(6))).isEmpty();
    }

    @Test
    void theActivesOfTwoClustersDoNotContradictEachOther() {
        for (int i = 0; i < 8; i++) {
            roster.hear(summary(D1, 5, i + 1, Role.ACTIVE), NOW + s(i), WALL);
            roster.hear(summary(D3, 5, i + 1, Role.ACTIVE), NOW + s(i), WALL);
        }
        assertThat(troubles(NOW + s(8))).isEmpty();
    }

    @Test
    void aClockThatIsOffIsTroubleAndALateMessageIsNot() {
        roster.hear(summary(D2, 5, 1, Role.STANDBY), NOW, WALL);
        roster.hear(summary(D2, 5, 2, Role.STANDBY), NOW + s(1), WALL + 30_000);
        assertThat(troubles(NOW + s(1))).isEmpty();
        roster.hear(summary(D3, 5, 1, Role.STANDBY), NOW, WALL - 12_000);
        assertThat(troubles(NOW + s(1)))
                .containsExactly("the clock of d3 of back is 12 s ahead of ours; see to NTP on both");
    }

    @Test
    void aDirectorBeyondTheBoundIsCounted() {
        for (int i = 0; i < Roster.DIRECTORS_MAX + 3; i++) {
            roster.hear(summary(new DirectorId("c" + i, "d"), 1, 1, Role.STANDBY), NOW, WALL);
        }
        assertThat(roster.snapshot()).hasSize(Roster.DIRECTORS_MAX);
        assertThat(roster.refused()).isEqualTo(3);
    }

    private List<String> troubles(long now) {
        return Roster.troubles(roster.snapshot(), D1, now);
    }
}
