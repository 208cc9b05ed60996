package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Which term a core writes in, follows and asks for.
class KnownTermsTest extends CoreUnderTest {
    @Test
    void anActiveIsAskedForAHigherTermByWhateverAStandbyKnows() {
        core.active(4, now);
        hear(PEER, hello().follows(4).knows(6));
        turn();
        assertThat(higherTerms()).containsExactly(6);
        later(499);
        assertThat(higherTerms()).hasSize(1);
        later(1);
        assertThat(higherTerms()).as("asked again until it is done").containsExactly(6, 6);
        core.active(7, now);
        later(2000);
        assertThat(higherTerms()).hasSize(2);
        assertThat(lastHello().highestTerm()).isEqualTo(7);
    }

    @Test
    void nothingIsAskedForWhileTheOtherOneIsActiveToo() {
        core.active(4, now);
        for (int i = 0; i < 20; i++) {
            hear(PEER, hello().active(6));
            later(100);
        }
        assertThat(higherTerms()).isEmpty();
        assertThat(core.status(0, now).trouble().orElse("")).contains("b says so too, in term 6");
        assertThat(warnings()).hasSize(1);
        hear(PEER, hello().knows(6));
        turn();
        assertThat(higherTerms()).as("it stands by").containsExactly(6);
    }

    @Test
    void nothingIsAskedForWhileAStandbyFollowsAHigherStreamOfSomebodyWhomWeDoNotHear() {
        core.active(4, now);
        for (int i = 0; i < 20; i++) {
            hear(PEER, hello().follows(6).knows(6));
            later(100);
        }
        assertThat(higherTerms()).isEmpty();
        hear(PEER, hello().knows(6));
        turn();
        assertThat(higherTerms()).as("that stream does not go on").containsExactly(6);
    }

    @Test
    void aStandbyNamesTheTermOfAStreamThatGoesOnAndNoOther() {
        hear(PEER, hello().active(6));
        later(100);
        assertThat(lastHello().term()).isEqualTo(6);
        later(500);
        assertThat(lastHello().term()).as("silent since").isZero();
        assertThat(lastHello().highestTerm()).isEqualTo(6);
    }

    @Test
    void aRenewedTermCountsOnlyWhileWeAreActive() {
        core.active(4, now);
        core.renew(6, now);
        assertThat(core.status(0, now).term()).hasValue(6);
        core.renew(5, now);
        assertThat(core.status(0, now).term()).as("told late").hasValue(6);
        core.standby();
        core.renew(7, now);
        assertThat(core.status(0, now).role()).isEqualTo(StreamRole.STANDBY);
    }

    @Test
    void aBatchAloneShowsThatTheOtherOneIsActive() {
        core.active(4, now);
        hear(PEER, hello());
        hear(PEER, new Batch(6, 0, 1, 0, 0, new long[Delta.WORDS]));
        later(100);
        assertThat(higherTerms()).isEmpty();
        later(400);
        assertThat(higherTerms()).as("silent since").containsExactly(6);
    }

    @Test
    void twoActivesOfOneTermGoAboveItOnceOneStandsBy() {
        core.active(4, now);
        hear(PEER, hello().active(4));
        later(100);
        assertThat(higherTerms()).isEmpty();
        assertThat(lastHello().highestTerm()).isEqualTo(5);
        assertThat(refused(Refused.RIVAL)).isEqualTo(1);
        hear(PEER, hello().knows(5));
        turn();
        assertThat(higherTerms()).containsExactly(5);
    }

    @Test
    void whoWroteInATermFollowsNobodyInIt() {
        core.active(4, now);
        core.standby();
        hear(PEER, hello().active(4));
        turn();
        assertThat(core.status(0, now).active()).isEmpty();
        assertThat(core.status(0, now).trouble().orElse("")).contains("b is active in term 4, which is over here");
        assertThat(lastHello().highestTerm()).isEqualTo(5);
        hear(PEER, hello().active(6));
        assertThat(core.status(0, now).active()).hasValue("b");
        assertThat(core.status(0, now).trouble()).isEmpty();
    }

    @Test
    void aStandbyThatRefusesTheOnlyStreamWarnsOnceAMinute() {
        hear(THIRD, hello().active(6));
        now += 1000 * MS;
        for (int i = 0; i < 650; i++) {
            hear(PEER, hello().active(4));
            later(100);
        }
        assertThat(refused(Refused.OLD_TERM)).isEqualTo(650);
        assertThat(warnings()).hasSize(2).first().asString().contains("b is active in term 4");
        assertThat(higherTerms()).as("told once").containsExactly(6);
    }

    @Test
    void aStandbyGoesOnFollowingAStreamBelowATermOfWhichItOnlyHeard() {
        hear(PEER, hello().active(4));
        hear(THIRD, hello().knows(9));
        hear(PEER, hello().active(4));
        assertThat(core.status(0, now).active()).hasValue("b");
        assertThat(refused(Refused.OLD_TERM)).isZero();
    }

    @Test
    void aNewStreamOfTheSameActiveFirstSendsWhatWasWrittenUnderTheOldTerm() {
        tables.promote(4, now);
        core.active(4, now);
        tables.change(new ModelTables.Key(true, 1, 0), 5, false);
        tables.promote(6, now);
        tables.change(new ModelTables.Key(true, 2, 0), 5, false);
        core.active(6, now);
        turn();
        assertThat(effects)
                .filteredOn(effect ->
                        effect instanceof SyncEffect.Multicast(SyncMessage message) && message instanceof Batch)
                .extracting(effect -> ((SyncEffect.Multicast) effect).message().term())
                .containsExactly(4, 6);
    }

    @Test
    void aStandbyOfTheTermBeforeContinuesWithTheSameActivesNewStream() {
        hear(PEER, hello().active(4));
        hear(PEER, new Batch(4, 0, 1, 0, 0, new long[Delta.WORDS]));
        turn();
        tables.apply(10, now);
        turn();
        effects.clear();
        hear(PEER, hello().active(6));
        turn();
        assertThat(core.status(0, now).term()).hasValue(6);
        assertThat(core.status(0, now).position().batch())
                .as("from the first batch on")
                .hasValue(0);
        assertThat(sent(SyncMessage.CopyRequest.class))
                .as("its table may well be equal")
                .isEmpty();
    }
}
