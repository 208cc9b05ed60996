package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// How a core carries the steps of a handover.
class HandoverStepTest extends CoreUnderTest {
    @Test
    void aHandoverStepGoesToOneMemberUntilItsReceiptComes() {
        hear(PEER, hello());
        hear(THIRD, hello());
        take();
        effects.clear();
        core.handover("b", 1, STEP, now);
        later(10);
        later(10);
        later(10);
        assertThat(unicasts())
                .containsOnly(new SyncEffect.Unicast(PEER, new SyncMessage.HandoverStep(1, 1, STEP)))
                .hasSize(3);
        hear(PEER, new SyncMessage.HandoverReceipt(1));
        effects.clear();
        later(900);
        assertThat(unicasts()).isEmpty();
    }

    @Test
    void aStepThatNobodyReceivesIsGivenUpAfterASecond() {
        hear(PEER, hello());
        core.handover("b", 1, STEP, now);
        for (int i = 0; i < 1200; i++) {
            later(1);
        }
        assertThat(unicasts()).hasSizeBetween(6, 8);
        effects.clear();
        later(500);
        assertThat(unicasts()).isEmpty();
    }

    @Test
    void aRepeatedStepIsReceiptedAgainAndToldOnce() {
        hear(PEER, hello());
        hear(PEER, new SyncMessage.HandoverStep(5, 1, STEP));
        hear(PEER, new SyncMessage.HandoverStep(5, 1, STEP));
        assertThat(arrived()).containsExactly(STEP);
        assertThat(sent(SyncMessage.HandoverReceipt.class))
                .containsExactly(new SyncMessage.HandoverReceipt(5), new SyncMessage.HandoverReceipt(5));
    }

    @Test
    void onlyAGiverOfAnOlderTermIsRefused() {
        core.active(7, now);
        hear(PEER, hello());
        hear(PEER, new SyncMessage.HandoverStep(1, 6, STEP));
        assertThat(arrived()).isEmpty();
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(1);
        hear(PEER, new SyncMessage.HandoverStep(2, 0, STEP));
        hear(PEER, new SyncMessage.HandoverStep(3, 7, STEP));
        assertThat(arrived()).hasSize(2);
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(1);
    }
}
