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
        var step = step(HandoverMessage.Kind.PREPARE, 1);
        core.handover("b", step, now);
        later(10);
        later(10);
        later(10);
        assertThat(unicasts())
                .containsOnly(new SyncEffect.Unicast(PEER, new SyncMessage.HandoverStep(1, step)))
                .hasSize(3);
        hear(PEER, new SyncMessage.HandoverReceipt(1));
        effects.clear();
        later(900);
        assertThat(unicasts()).isEmpty();
    }

    @Test
    void aStepThatNobodyReceivesIsGivenUpAfterASecond() {
        hear(PEER, hello());
        core.handover("b", step(HandoverMessage.Kind.PREPARE, 1), now);
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
        var step = step(HandoverMessage.Kind.PREPARE, 1);
        hear(PEER, new SyncMessage.HandoverStep(5, step));
        hear(PEER, new SyncMessage.HandoverStep(5, step));
        assertThat(arrived()).containsExactly(step);
        assertThat(sent(SyncMessage.HandoverReceipt.class))
                .containsExactly(new SyncMessage.HandoverReceipt(5), new SyncMessage.HandoverReceipt(5));
    }

    @Test
    void onlyAGiverOfAnOlderTermIsRefused() {
        core.active(7, now);
        hear(PEER, hello());
        long number = 0;
        for (var kind : HandoverMessage.Kind.values()) {
            hear(PEER, new SyncMessage.HandoverStep(++number, step(kind, 6)));
        }
        assertThat(arrived())
                .extracting(HandoverMessage::kind)
                .doesNotContain(HandoverMessage.Kind.PREPARE, HandoverMessage.Kind.TRANSFER)
                .hasSize(HandoverMessage.Kind.values().length - 2);
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(2);
        hear(PEER, new SyncMessage.HandoverStep(++number, step(HandoverMessage.Kind.TRANSFER, 7)));
        assertThat(arrived()).last().extracting(HandoverMessage::term).isEqualTo(7);
    }
}
