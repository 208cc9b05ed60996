package holdfast.vip;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration.Trust;
import holdfast.vip.HandoverMessage.Kind;
import holdfast.vip.VirtualRouter.*;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VirtualRouterTest {
    private static final long EPOCH = 1_000_000;
    /// Of a director that is active by [#active].
    private static final long HISTORY = EPOCH - 500;
    private static final int VIP = 0xc000020a;
    private static final long STRANGERS_MAC = 0x02_00_00_00_01_66L;
    private static final long MS = 1_000_000;
    private static final long S = 1000 * MS;
    private static final long INTERVAL = 100 * MS;
    private static final int OURS = 0x0a000001;
    private static final int PEER = 0x0a000002;
    private static final int STRANGER = 0x0a000066;

    private VirtualRouter router = router(Trust.SEALED);
    private VirtualRouter.State state = VirtualRouter.State.INITIAL;

    @Test
    void theAdvertPrecedesTheClaimAndTheClaimTheAnnouncement() {
        take(0, up());
        var effects = take(INTERVAL * 5, new Tick());
        assertThat(effects).hasExactlyElementsOfTypes(SendAdvert.class, BecomeActive.class, Announce.class);
    }

    @Test
    void unequalTablesLeaveALowerActiveAloneUntilItIsSilent() {
        take(0, up());
        for (long at = 0; at < 2000 * MS; at += INTERVAL) {
            assertThat(lowerAdvert(at)).isEmpty();
            assertThat(take(at, new Tick())).isEmpty();
        }
        assertThat(take(2400 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void equalTablesPreemptALowerActive() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        assertThat(lowerAdvert(300 * MS)).isEmpty();
        assertThat(take(322 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    /// It would lack what the giver holds back until the tables are the same.
    @Test
    void whoIsGivenTheGroupDoesNotTakeItBefore() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(300 * MS);
        take(310 * MS, new Message("b", new HandoverMessage(Kind.PREPARE, 5, 1, 0, 0, "")));
        assertThat(take(322 * MS, new Tick())).doesNotHaveAnyElementsOfTypes(BecomeActive.class);
        for (long at = 400 * MS; at < S; at += INTERVAL) {
            lowerAdvert(at);
            assertThat(take(at, new Tick())).doesNotHaveAnyElementsOfTypes(BecomeActive.class);
        }
        take(S, new Tick());
        assertThat(take(2 * S, new Tick())).as("the giver is silent").hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void whoHasAReasonAgainstItLeavesALowerActiveAloneUntilItIsSilent() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, new Unfit(List.of("it is in maintenance")));
        take(0, up());
        for (long at = 0; at < 2000 * MS; at += INTERVAL) {
            assertThat(lowerAdvert(at)).isEmpty();
            assertThat(take(at, new Tick())).isEmpty();
        }
        assertThat(take(2400 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void whoOnlyWarmsUpLosesNoTimeWhenTheActiveDies() {
        assertThat(takeoverAfterADeath(List.of("warming"))).isEqualTo(takeoverAfterADeath(List.of()));
    }

    private long takeoverAfterADeath(List<String> unfit) {
        state = VirtualRouter.State.INITIAL;
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, new Unfit(unfit));
        take(0, up());
        speaks(300 * MS, Standing.ACTIVE);
        take(300 * MS, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        take(310 * MS, new PeerProcessDied(PEER));
        long at = 310 * MS;
        while (!state.isActive() && at < 5 * S) {
            at += MS;
            take(at, new Tick());
        }
        assertThat(state.isActive()).isTrue();
        return at;
    }

    @Test
    void whoHasAReasonAgainstItMeanwhileDoesNotPreempt() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(300 * MS);
        take(310 * MS, new Unfit(List.of("it is in maintenance")));
        assertThat(take(322 * MS, new Tick())).isEmpty();
        take(330 * MS, new Unfit(List.of()));
        assertThat(lowerAdvert(400 * MS)).isEmpty();
        assertThat(take(S, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void whoIsNotEqualAnyMoreDoesNotPreempt() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(300 * MS);
        take(310 * MS, new Tables(TableState.UNKNOWN));
        assertThat(take(322 * MS, new Tick())).isEmpty();
    }

    @Test
    void aFencedDirectorDoesNotResumeWhatItHeld() {
        active();
        speaks(0, Standing.STANDBY);
        handover(0, Kind.ARMED, 1);
        var effects = take(INTERVAL * 9, new Paused(INTERVAL * 9));
        assertThat(effects).contains(new BecomeStandby(Vrrp.Reason.PAUSED));
        assertThat(effects).doesNotHaveAnyElementsOfTypes(Resume.class, SendAdvert.class, Announce.class);
    }

    @Test
    void aFailoverThatIsAskedForAfterAPauseEndsBeforeItsOwnBegins() {
        active();
        take(0, new Failover(new Preflight("b", PEER, 1), "the first one's"));
        var effects = take(INTERVAL * 9, new Failover(new Preflight("b", PEER, 1), "the second one's"));
        assertThat(effects)
                .filteredOn(Finished.class::isInstance)
                .extracting(effect -> ((Finished) effect).record().startedAt())
                .containsExactly(0L, INTERVAL * 9);
    }

    @Test
    void whoIsDeafOrWasJustPausedOrIsColdRefusesToTakeOver() {
        take(0, up());
        take(0, new Tables(new TableState(1, 1, true)));
        var prepare = new Message("b", new HandoverMessage(Kind.PREPARE, 5, 1, 0, 0, ""));
        assertThat(take(0, prepare)).containsExactly(refused(0, "it does not hear the adverts of the active"));
        lowerAdvert(0);
        take(0, new Paused(INTERVAL * 4));
        assertThat(take(INTERVAL, prepare)).containsExactly(refused(INTERVAL, "it was paused a moment ago"));
        lowerAdvert(INTERVAL * 11);
        take(INTERVAL * 11, new Unfit(List.of("it is warming up")));
        assertThat(take(INTERVAL * 11, prepare)).containsExactly(refused(INTERVAL * 11, "it is warming up"));
        assertThat(router.word(state, INTERVAL * 11).obstacles()).containsExactly("it is warming up");
        take(INTERVAL * 11, new Unfit(List.of()));
        assertThat(take(INTERVAL * 11, prepare))
                .containsExactly(new Send("b", new HandoverMessage(Kind.ARMED, 5, 1, 0, INTERVAL * 11, "")));
    }

    @Test
    void anOlderTermIsRefused() {
        take(0, up());
        take(0, new Tables(new TableState(3L << 48 | 9, 3L << 48 | 9, true)));
        lowerAdvert(0);
        var effects = take(MS, new Message("b", new HandoverMessage(Kind.PREPARE, 5, 2, 0, 0, "")));
        assertThat(effects).hasOnlyElementsOfType(Send.class);
        assertThat(((Send) effects.getFirst()).message().reason())
                .isEqualTo("term 2 is older than 3, which is known here");
    }

    @Test
    void aShutdownWhileRelayingEndsTheRelay() {
        active();
        handover(0, Kind.ARMED, 1);
        take(2 * MS, new Held(1));
        speaks(3 * MS, Standing.ACTIVE);
        assertThat(state.standing()).isEqualTo(Standing.RELAYING);
        assertThat(take(4 * MS, new Shutdown())).containsExactly(new BecomeStandby(Vrrp.Reason.HANDED_OVER));
    }

    /// The taker has stood by since it refused, and may have taken over by silence since.
    @Test
    void whoGetsTheGroupBackAsksFirst() {
        active();
        handover(0, Kind.ARMED, 1);
        take(2 * MS, new Held(1));
        speaks(3 * MS, Standing.ACTIVE);
        var effects = take(4 * MS, new Message("b", new HandoverMessage(Kind.REFUSED, 0, 1, 0, 2, "")));
        assertThat(effects).containsExactly(new BecomeStandby(Vrrp.Reason.HANDED_OVER));
        var asked = state;
        answers(5 * MS, 4 * MS);
        assertThat(state.isActive()).isTrue();
        state = asked;
        speaks(5 * MS, Standing.ACTIVE);
        take(6 * MS, new Tick());
        assertThat(state.isActive()).isFalse();
    }

    @Test
    void nobodysAdvertMovesAnActive() {
        active();
        assertThat(take(0, new Heard(new Vrrp.Advert(254, INTERVAL, STRANGER))))
                .containsExactly(new Doubted(STRANGER, Doubt.NOBODY_VOUCHES));
        speaks(0, Standing.STANDBY);
        assertThat(take(0, new Heard(new Vrrp.Advert(254, INTERVAL, PEER))))
                .as("its own director says otherwise")
                .containsExactly(new Doubted(PEER, Doubt.SAYS_OTHERWISE));
        assertThat(take(0, new Heard(new Vrrp.Advert(0, INTERVAL, PEER))))
                .containsExactly(new Doubted(PEER, Doubt.RESIGNATION));
        assertThat(state.isActive()).isTrue();
        assertThat(take(MS, new Spoke(new PeerWord("b", PEER, INTERVAL, Standing.ACTIVE, 0, 0, HISTORY, MS))))
                .as("the advert was only ahead of the word")
                .contains(new BecomeStandby(Vrrp.Reason.OUTRANKED));
    }

    @Test
    void anAdvertThatNobodyVouchedForCountsOnceItsSenderDoes() {
        take(0, up());
        take(4 * INTERVAL, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        speaks(4 * INTERVAL + 50 * MS, Standing.ACTIVE);
        take(6 * INTERVAL, new Tick());
        assertThat(state.vrrp())
                .isInstanceOfSatisfying(
                        Vrrp.Standby.class,
                        standby -> assertThat(standby.following()).isEqualTo(PEER));
    }

    /// A director that came up cut off from the others has an empty table and, often, the better priority.
    @Test
    void ofTwoActivesTheOneWithTheOlderTablesStays() {
        active();
        speaksOf(HISTORY + 1, Standing.ACTIVE);
        assertThat(take(MS, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)))).containsExactly(new SendAdvert(200));
        speaksOf(HISTORY - 1, Standing.ACTIVE);
        assertThat(take(2 * MS, new Heard(new Vrrp.Advert(1, INTERVAL, PEER))))
                .contains(new BecomeStandby(Vrrp.Reason.OUTRANKED));
        assertThat(router.word(state, MS).history()).as("not equal yet").isEqualTo(HISTORY);
    }

    @Test
    void whoIsEqualSharesTheHistoryOfItsActive() {
        take(0, up());
        speaksOf(3, Standing.ACTIVE);
        take(MS, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        assertThat(router.word(state, MS).history()).isZero();
        take(MS, new Tables(new TableState(1, 1, true)));
        assertThat(router.word(state, MS).history()).isEqualTo(3);
        take(5 * S, new Tick());
        assertThat(state.isActive()).isTrue();
        assertThat(router.word(state, 5 * S).history())
                .as("a takeover goes on with it")
                .isEqualTo(3);
    }

    @Test
    void aWordThatIsASecondOldVouchesForNothing() {
        active();
        speaks(0, Standing.ACTIVE);
        for (long at = 0; at <= 1100 * MS; at += INTERVAL) {
            take(at, new Tick());
        }
        assertThat(take(1100 * MS, new Heard(new Vrrp.Advert(254, INTERVAL, PEER))))
                .containsExactly(new Doubted(PEER, Doubt.NOBODY_VOUCHES));
    }

    @Test
    void advertsThatWaitedDuringAPauseAreNoStrangers() {
        take(0, up());
        lowerAdvert(0);
        take(20 * S, new Paused(20 * S));
        assertThat(take(20 * S, new Heard(new Vrrp.Advert(50, INTERVAL, PEER)))).isEmpty();
        take(22 * S, new Tick());
        assertThat(take(22 * S, new Heard(new Vrrp.Advert(50, INTERVAL, PEER))))
                .contains(new Doubted(PEER, Doubt.NOBODY_VOUCHES));
    }

    @Test
    void plainVrrpBelievesEverybodyWhereItIsConfigured() {
        router = router(Trust.ANY);
        active();
        assertThat(take(0, new Heard(new Vrrp.Advert(254, INTERVAL, STRANGER))))
                .contains(new BecomeStandby(Vrrp.Reason.OUTRANKED));
    }

    @Test
    void aStandbyWaitsForNobodysAdvertsForABoundedTimeOnly() {
        take(0, up());
        speaks(0, Standing.STANDBY);
        assertThat(activeUnderStrangersAdverts()).isBetween(5 * S, 6 * S);
    }

    @Test
    void whoNeverHeardAnotherDirectorsWordWaitsForLongSinceItsKeyMayBeWrong() {
        take(0, up());
        assertThat(activeUnderStrangersAdverts()).isBetween(300 * S, 301 * S);
    }

    private long activeUnderStrangersAdverts() {
        long at = 0;
        while (!state.isActive()) {
            at += INTERVAL;
            take(at, new Heard(new Vrrp.Advert(254, 40 * S, STRANGER)));
            take(at, new Tick());
            assertThat(at).isLessThan(400 * S);
        }
        return at;
    }

    @Test
    void anAbsurdIntervalNeitherDelaysNorHurriesATakeover() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        speaks(0, Standing.ACTIVE);
        take(0, new Heard(new Vrrp.Advert(254, 40 * S, PEER)));
        assertThat(Vrrp.nextAt(state.vrrp())).isLessThan(S);
        take(MS, new Heard(new Vrrp.Advert(254, 10 * MS, PEER)));
        assertThat(Vrrp.nextAt(state.vrrp())).isGreaterThan(300 * MS);
    }

    @Test
    void theWordOfAnActiveThatIsOutResigns() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(0);
        speaks(MS, Standing.FAULT);
        assertThat(take(23 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    /// Its speaker has heard nobody since, and may serve again.
    @Test
    void aWordThatIsOlderThanATakeoverNeedsResignsNoLonger() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(0);
        long old = MS - router.vrrp().earliestTakeoverInterval();
        take(MS, new Spoke(new PeerWord("b", PEER, INTERVAL, Standing.FAULT, 0, 0, HISTORY, old)));
        assertThat(take(23 * MS, new Tick())).isEmpty();
        assertThat(take(700 * MS, new Tick())).as("after the silence").hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void aPausedActiveAsksAndGoesOnOnceEachLivingPeerHasAnswered() {
        active();
        speaks(0, Standing.STANDBY);
        assertThat(take(S, new Paused(S))).containsExactly(new BecomeStandby(Vrrp.Reason.PAUSED));
        assertThat(router.word(state, S).asks()).isEqualTo(S);
        answers(S + MS, 0);
        assertThat(state.isActive()).isFalse();
        answers(S + 2 * MS, S);
        assertThat(state.isActive()).isTrue();
        assertThat(router.word(state, S).asks()).isZero();
    }

    @Test
    void aPausedActiveWithoutAnyLivingPeerGoesOnAtOnce() {
        active();
        assertThat(take(S, new Paused(S))).containsExactly(new BecomeStandby(Vrrp.Reason.PAUSED));
        assertThat(take(S, new Tick())).hasExactlyElementsOfTypes(SendAdvert.class, BecomeActive.class, Announce.class);
        active();
        speaks(0, Standing.STANDBY);
        take(0, new PeerProcessDied(PEER));
        take(S, new Paused(S));
        take(S, new Tick());
        assertThat(state.isActive()).isTrue();
    }

    @Test
    void aPausedActiveWithoutAnyLivingPeerWaitsWhereSomebodySentAdvertsMeanwhile() {
        active();
        take(S, new Paused(S));
        take(S, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        take(S, new Tick());
        assertThat(state.isActive()).as("it may have started and taken over").isFalse();
    }

    @Test
    void aPausedActiveAsksAPeerWhoseWordsItHasNotReadForSeconds() {
        active();
        speaks(-3 * S, Standing.STANDBY);
        take(S, new Paused(S));
        take(S, new Tick());
        assertThat(state.isActive()).isFalse();
        answers(S + MS, S);
        assertThat(state.isActive()).isTrue();
    }

    @Test
    void aPauseWithinATurnAddsToTheSilenceBeforeIt() {
        active();
        long turnAt = 90 * MS; // the last advert went out at 0
        long gap = router.gap(state, new Tick(), turnAt, 301 * MS);
        assertThat(gap).isEqualTo(301 * MS);
        assertThat(router.vrrp().mayBeReplacedAfter(gap)).isTrue();
        assertThat(router.gap(VirtualRouter.State.INITIAL, new Tick(), turnAt, 301 * MS))
                .isEqualTo(211 * MS);
        assertThat(router.gap(state, new Served(true), turnAt, 301 * MS))
                .as("the giver has promised")
                .isEqualTo(211 * MS);
    }

    @Test
    void aPauseBeginsADoubtAnew() {
        take(0, up());
        long at = 0;
        for (; at < 4 * S; at += INTERVAL) {
            take(at, new Heard(new Vrrp.Advert(254, INTERVAL, STRANGER)));
        }
        take(at, new Paused(S));
        for (; at < 8 * S; at += INTERVAL) {
            take(at, new Heard(new Vrrp.Advert(254, INTERVAL, STRANGER)));
            take(at, new Tick());
        }
        assertThat(state.isActive()).isFalse();
    }

    @Test
    void aTakerDoesNotTakeAGiverForSilentWhoseAdvertsItCannotProve() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        lowerAdvert(-600 * MS);
        take(0, new Message("b", new HandoverMessage(Kind.PREPARE, 5, 1, 0, 0, "")));
        take(0, new Message("b", new HandoverMessage(Kind.TRANSFER, 5, 1, 1, 0, "")));
        take(0, new Served(true));
        for (long at = 0; at < 900 * MS; at += INTERVAL) {
            take(at, new Heard(new Vrrp.Advert(100, INTERVAL, PEER))); // its word is a second old from 400 ms on
            take(at, new Tick());
        }
        assertThat(state.isActive()).isTrue();
        assertThat(take(900 * MS, new Tick())).contains(new BecomeStandby(Vrrp.Reason.TOO_LATE));
    }

    @Test
    void aPausedActiveWhoseAskedPeerDiesWaitsAsForOneThatDoesNotAnswer() {
        active();
        speaks(0, Standing.STANDBY);
        take(S, new Paused(S));
        take(S + MS, new PeerProcessDied(PEER));
        assertThat(take(S + 3 * INTERVAL, new Tick())).isEmpty();
        assertThat(take(S + 5 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void anAnswerThatIsReadTooLateIsNone() {
        active();
        speaks(0, Standing.STANDBY);
        take(2 * S, new Paused(2 * S));
        answers(2 * S + 3 * INTERVAL, 2 * S);
        take(2 * S + 3 * INTERVAL, new Tick());
        assertThat(state.isActive()).isFalse();
    }

    @Test
    void aPausedActiveWhosePeerTookOverStandsBy() {
        active();
        speaks(0, Standing.STANDBY);
        take(S, new Paused(S));
        speaks(S + MS, Standing.ACTIVE);
        answers(S + 2 * MS, S);
        assertThat(state.isActive()).as("a late answer of before").isFalse();
    }

    @Test
    void whoIsAskedWaitsBeforeItAnswers() {
        take(0, new Tables(new TableState(1, 1, true)));
        take(0, up());
        speaks(0, Standing.ACTIVE);
        take(0, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        take(320 * MS, new Spoke(new PeerWord("b", PEER, INTERVAL, Standing.STANDBY, 7, 0, HISTORY, 0)));
        assertThat(router.word(state, 320 * MS).answers()).isEqualTo(Map.of("b", 7L));
        assertThat(take(400 * MS, new Tick())).isEmpty();
        assertThat(take(700 * MS, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    /// It will take over from the one it follows, or that one lives.
    @Test
    void whoFollowsAnotherDirectorDoesNotAnswer() {
        take(0, up());
        lowerAdvert(0);
        take(MS, new Spoke(asks("c", STRANGER)));
        assertThat(router.word(state, MS).answers()).isEmpty();
        take(2 * MS, new PeerProcessDied(PEER));
        take(2 * MS, new Spoke(asks("c", STRANGER)));
        assertThat(router.word(state, MS).answers())
                .as("it is about to take over")
                .isEmpty();
    }

    @Test
    void whoKnowsAnotherOneToBeActiveDoesNotAnswer() {
        take(0, new Links(List.of("front has no carrier")));
        speaks(0, Standing.ACTIVE);
        take(MS, new Spoke(asks("c", STRANGER)));
        assertThat(router.word(state, MS).answers()).isEmpty();
        take(2 * S, new Spoke(asks("c", STRANGER)));
        assertThat(router.word(state, MS).answers()).isEqualTo(Map.of("c", 7L));
    }

    private static PeerWord asks(String name, int address) {
        return new PeerWord(name, address, INTERVAL, Standing.STANDBY, 7, 0, HISTORY, 0);
    }

    @Test
    void aSilenceCountsForAMomentUntilManyPromotionsWereGivenUp() {
        take(0, up());
        long due = 5 * INTERVAL;
        for (int i = 0; i < StepUnderWay.GIVEN_UP_MAX; i++) {
            assertThat(router.step(state, new Tick(), due).notAfter()).isEqualTo(due + INTERVAL / 10);
            state = state.afterGivingUp();
        }
        assertThat(router.step(state, new Tick(), due).notAfter()).as("a flood").isEqualTo(Long.MAX_VALUE);
        lowerAdvert(due + 80 * MS);
        assertThat(state.givenUp()).as("an active spoke").isZero();
    }

    @Test
    void anAnswerCountsUntilItsPromiseEnds() {
        active();
        speaks(0, Standing.STANDBY);
        take(S, new Paused(S));
        var answer = new Spoke(new PeerWord("b", PEER, INTERVAL, Standing.STANDBY, 0, S, HISTORY, S));
        assertThat(router.step(state, answer, S + 2 * MS).notAfter()).isEqualTo(S + 3 * INTERVAL);
    }

    @Test
    void aHandoverAndWhatPromotesNobodyMayBeDoneWhenever() {
        take(0, up());
        assertThat(router.step(state, new Tick(), MS).notAfter()).isEqualTo(Long.MAX_VALUE);
        take(0, new Tables(new TableState(1, 1, true)));
        lowerAdvert(0);
        take(0, new Message("b", new HandoverMessage(Kind.PREPARE, 5, 1, 0, 0, "")));
        var taken = router.step(state, new Message("b", new HandoverMessage(Kind.TRANSFER, 5, 1, 1, 0, "")), 20 * MS);
        assertThat(taken.next().isActive()).isTrue();
        assertThat(taken.notAfter()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoHasNoTablesLetsAStandbyTakeOverThatHasThem() {
        take(0, up());
        speaks(400 * MS, Standing.STANDBY);
        assertThat(take(5 * INTERVAL, new Tick())).isEmpty();
        assertThat(take(10 * INTERVAL - 1, new Tick())).isEmpty();
        assertThat(take(10 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void whoHasNoTablesWaitsForNobodyThatCannotTakeOver() {
        take(0, up());
        speaks(400 * MS, Standing.FAULT);
        assertThat(take(5 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
        state = VirtualRouter.State.INITIAL;
        take(0, up());
        speaks(400 * MS, Standing.STANDBY);
        take(410 * MS, new PeerProcessDied(PEER));
        assertThat(take(5 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    /// What the others have done since is not in its tables.
    @Test
    void whoWasPausedLetsAStandbyTakeOverThatDoesNotAnswer() {
        active();
        speaks(0, Standing.STANDBY);
        take(S, new Paused(S));
        speaks(S + 4 * INTERVAL, Standing.STANDBY);
        assertThat(take(S + 5 * INTERVAL, new Tick())).isEmpty();
        assertThat(take(S + 10 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void whoHasTablesYieldsToNobody() {
        take(0, up());
        speaksOf(3, Standing.ACTIVE);
        take(MS, new Heard(new Vrrp.Advert(254, INTERVAL, PEER)));
        take(MS, new Tables(new TableState(1, 1, true)));
        take(2 * MS, new Tables(TableState.UNKNOWN));
        take(400 * MS, new Spoke(new PeerWord("c", STRANGER, INTERVAL, Standing.STANDBY, 0, 0, 2, 400 * MS)));
        assertThat(take(5 * INTERVAL, new Tick())).hasAtLeastOneElementOfType(BecomeActive.class);
    }

    @Test
    void aHigherTermIsExceededByAnActiveOnceNoHandoverIsUnderWay() {
        take(0, up());
        assertThat(take(0, new HigherTerm(9))).isEmpty();
        active();
        assertThat(take(0, new HigherTerm(9))).containsExactly(new RenewTerm(9));
        handover(MS, Kind.ARMED, 1);
        assertThat(take(2 * MS, new HigherTerm(11))).isEmpty();
        assertThat(take(3 * MS, new Message("b", new HandoverMessage(Kind.REFUSED, MS, 1, 0, 2, "no"))))
                .contains(new RenewTerm(11));
    }

    @Test
    void aStolenAddressIsAnnouncedAtOnceAndNotInAFlood() {
        active();
        assertThat(take(0, new Stolen(VIP, STRANGERS_MAC))).containsExactly(new Announce());
        assertThat(take(MS, new Stolen(VIP, STRANGERS_MAC))).isEmpty();
        assertThat(take(2 * MS, new Stolen(VIP, STRANGERS_MAC))).isEmpty();
        assertThat(take(100 * MS, new Tick())).contains(new Announce());
    }

    @Test
    void newAddressesAreAnnouncedByAnActiveAlone() {
        assertThat(take(0, new Claims())).isEmpty();
        active();
        assertThat(take(0, new Claims())).containsExactly(new Announce());
    }

    @Test
    void aLinkThatIsDownNamesItselfAndResigns() {
        active();
        assertThat(take(0, new Links(List.of("front has no carrier"))))
                .containsExactly(new SendAdvert(0), new BecomeStandby(Vrrp.Reason.LINK_DOWN));
        assertThat(router.word(state, 0))
                .isEqualTo(new OwnWord(Standing.FAULT, 0, Map.of(), HISTORY, List.of("front has no carrier")));
        take(MS, up());
        assertThat(state.standing()).isEqualTo(Standing.STANDBY);
    }

    private static VirtualRouter router(Trust trust) {
        return new VirtualRouter(
                new Vrrp(200, INTERVAL, OURS, true),
                new Handover(Handover.Deadlines.of(INTERVAL)),
                new GarpSchedule(List.of(), 0),
                trust,
                EPOCH);
    }

    private void active() {
        state = VirtualRouter.State.INITIAL;
        take(-S, up());
        take(-S + INTERVAL * 5, new Tick());
        for (long at = -INTERVAL * 4; at <= 0; at += INTERVAL) {
            take(at, new Tick());
        }
        assertThat(state.isActive()).isTrue();
    }

    /// Begins a handover and lets the peer say something of it.
    private void handover(long now, Kind answer, long stamp) {
        take(now, new Failover(new Preflight("b", PEER, 1), "test"));
        take(now, new Message("b", new HandoverMessage(answer, now, 1, 0, stamp, "")));
    }

    private static Event up() {
        return new Links(List.of());
    }

    private void speaks(long now, Standing standing) {
        take(now, new Spoke(new PeerWord("b", PEER, INTERVAL, standing, 0, 0, HISTORY, now)));
    }

    private void speaksOf(long history, Standing standing) {
        take(0, new Spoke(new PeerWord("b", PEER, INTERVAL, standing, 0, 0, history, 0)));
    }

    private void answers(long now, long question) {
        take(now, new Spoke(new PeerWord("b", PEER, INTERVAL, Standing.STANDBY, 0, question, HISTORY, now)));
    }

    private List<Effect> lowerAdvert(long now) {
        speaks(now, Standing.ACTIVE);
        return take(now, new Heard(new Vrrp.Advert(100, INTERVAL, PEER)));
    }

    private static Effect refused(long at, String why) {
        return new Send("b", new HandoverMessage(Kind.REFUSED, 5, 1, 0, at, why));
    }

    private List<Effect> take(long now, Event event) {
        var step = router.step(state, event, now);
        state = step.next();
        return new ArrayList<>(step.effects());
    }
}
