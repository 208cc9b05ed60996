package holdfast.vip.node;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.FailoverRecord;
import holdfast.vrrp.Vrrp;
import org.junit.jupiter.api.Test;

class VipRehearsalTest {
    private final VipRehearsal rehearsal = new VipRehearsal();

    @Test
    void aRoundHasEveryWayInWhichADirectorBecomesActive() {
        rehearsal.round();
        assertThat(rehearsal.promotions())
                .contains(
                        Vrrp.Cause.NOBODY_SPOKE,
                        Vrrp.Cause.PEER_SILENT,
                        Vrrp.Cause.PEER_RESIGNED,
                        Vrrp.Cause.PEER_PROCESS_DIED,
                        Vrrp.Cause.NOBODY_TOOK_OVER,
                        Vrrp.Cause.HANDOVER);
    }

    @Test
    void aRoundHasEveryWayInWhichADirectorStopsBeingActiveWithoutARival() {
        rehearsal.round();
        assertThat(rehearsal.releases())
                .contains(Vrrp.Reason.PAUSED, Vrrp.Reason.LINK_DOWN, Vrrp.Reason.SHUTDOWN, Vrrp.Reason.HANDED_OVER);
    }

    @Test
    void plannedFailoversAreDoneRefusedAndAborted() {
        rehearsal.round();
        assertThat(rehearsal.outcomes())
                .containsExactlyInAnyOrder(
                        FailoverRecord.Outcome.DONE, FailoverRecord.Outcome.REFUSED, FailoverRecord.Outcome.ABORTED);
    }

    @Test
    void aRoundEndsWhereItBeganSoThatTheNextOneIsAlike() {
        rehearsal.round();
        rehearsal.promotions().clear();
        rehearsal.round();
        assertThat(rehearsal.promotions()).hasSize(6);
    }
}
