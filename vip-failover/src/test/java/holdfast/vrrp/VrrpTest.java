package holdfast.vrrp;

import static holdfast.vrrp.Vrrp.Cause.*;
import static holdfast.vrrp.Vrrp.Wait.*;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Ipv4;
import holdfast.vrrp.Vrrp.Active;
import holdfast.vrrp.Vrrp.Advert;
import holdfast.vrrp.Vrrp.Asked;
import holdfast.vrrp.Vrrp.Cause;
import holdfast.vrrp.Vrrp.Claim;
import holdfast.vrrp.Vrrp.Doubted;
import holdfast.vrrp.Vrrp.Effect;
import holdfast.vrrp.Vrrp.Event;
import holdfast.vrrp.Vrrp.HandoverConfirmed;
import holdfast.vrrp.Vrrp.HandoverGive;
import holdfast.vrrp.Vrrp.HandoverReturned;
import holdfast.vrrp.Vrrp.HandoverTake;
import holdfast.vrrp.Vrrp.HandoverUnconfirmed;
import holdfast.vrrp.Vrrp.Initialize;
import holdfast.vrrp.Vrrp.LinkDown;
import holdfast.vrrp.Vrrp.LinkUp;
import holdfast.vrrp.Vrrp.Paused;
import holdfast.vrrp.Vrrp.PeerProcessDied;
import holdfast.vrrp.Vrrp.PeerResigned;
import holdfast.vrrp.Vrrp.Promotion;
import holdfast.vrrp.Vrrp.Reason;
import holdfast.vrrp.Vrrp.Reassert;
import holdfast.vrrp.Vrrp.Release;
import holdfast.vrrp.Vrrp.SendAdvert;
import holdfast.vrrp.Vrrp.Served;
import holdfast.vrrp.Vrrp.Shutdown;
import holdfast.vrrp.Vrrp.Standby;
import holdfast.vrrp.Vrrp.State;
import holdfast.vrrp.Vrrp.Step;
import holdfast.vrrp.Vrrp.Tick;
import holdfast.vrrp.Vrrp.Unrivalled;
import holdfast.vrrp.Vrrp.Wait;
import holdfast.vrrp.Vrrp.Yielded;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// One test for each row of VRRP-REF 2.3 and of its 8.3, then for our additions.
class VrrpTest {
    private static final long MS = 1_000_000;
    private static final long S = 1_000 * MS;
    private static final long NOW = -7 * S; // a clock may stand anywhere
    private static final int LOW = Ipv4.of("10.0.0.9").bits();
    private static final int OURS = Ipv4.of("10.0.0.100").bits();
    private static final int HIGH = Ipv4.of("10.0.0.200").bits();

    private final Vrrp vrrp = new Vrrp(100, S, OURS, true);
    private final Vrrp calm = new Vrrp(100, S, OURS, false);
    private final Promotion promotion = new Promotion(PEER_SILENT, LOW, NOW - S);
    private final State active = new Active(NOW + S / 2, promotion);
    private final State standby = new Standby(NOW + 2 * S, S, LOW, false, FOLLOWING);

    @Test
    void t01AnOwnerIsActiveAtOnce() {
        var owner = new Vrrp(255, S, OURS, true);
        assertThat(owner.step(new Initialize(), new LinkUp(), NOW)).isEqualTo(promoted(OWNER_STARTED, 0, NOW));
    }

    @Test
    void t02OthersWaitOneDownInterval() {
        assertThat(vrrp.step(new Initialize(), new LinkUp(), NOW))
                .isEqualTo(standby(NOW + 3609_375_000L, S, 0, STARTED));
    }

    @Test
    void skewIsNotTruncatedAtShortIntervals() {
        assertThat(new Vrrp(100, 10 * MS, OURS, true).downInterval(10 * MS)).isEqualTo(36_093_750);
        assertThat(new Vrrp(200, 10 * MS, OURS, true).downInterval(10 * MS)).isEqualTo(32_187_500);
        assertThat(new Vrrp(254, 40_950 * MS, OURS, true).skewInterval(40_950 * MS))
                .isEqualTo(319_921_875);
    }

    @Test
    void t03AStandbyShutsDownSilently() {
        assertThat(vrrp.step(standby, new Shutdown(), NOW)).isEqualTo(new Step(new Initialize(), List.of()));
        assertThat(vrrp.step(standby, new LinkDown(), NOW)).isEqualTo(new Step(new Initialize(), List.of()));
    }

    @Test
    void t04SilenceEndsInOurTakingOverAndNotEarlier() {
        assertThat(vrrp.step(standby, new Tick(), NOW + 2 * S - 1)).isEqualTo(unchanged(standby));
        assertThat(vrrp.step(standby, new Tick(), NOW + 2 * S)).isEqualTo(promoted(PEER_SILENT, LOW, NOW + 2 * S));
    }

    @Test
    void whoYieldsWaitsOnAndKeepsWhomItFollows() {
        var yielding = standby(NOW + 9 * S, S, LOW, YIELDING);
        assertThat(vrrp.step(standby, new Yielded(NOW + 9 * S), NOW + 2 * S)).isEqualTo(yielding);
        assertThat(vrrp.step(yielding.next(), new Tick(), NOW + 9 * S))
                .isEqualTo(promoted(PEER_SILENT, LOW, NOW + 9 * S));
        assertThat(vrrp.step(active, new Yielded(NOW + 9 * S), NOW)).isEqualTo(unchanged(active));
    }

    @Test
    void noDownIntervalIsLongerThanTheLongest() {
        assertThat(new Vrrp(1, S, OURS, true).unfit().downInterval(S)).isLessThan(vrrp.longestDownInterval(S));
    }

    @Test
    void t05AResignationLeavesTheSkew() {
        assertThat(vrrp.step(standby, new Advert(0, S, LOW), NOW))
                .isEqualTo(standby(NOW + 609_375_000, S, LOW, Wait.PEER_RESIGNED));
    }

    @Test
    void t06WithoutPreemptAnyAdvertIsFollowedAndItsIntervalAdopted() {
        assertThat(calm.step(standby, new Advert(1, S / 2, HIGH), NOW))
                .isEqualTo(standby(NOW + 1804_687_500, S / 2, HIGH, FOLLOWING));
    }

    @Test
    void t07AHigherOrEqualPriorityIsFollowedWhateverItsAddress() {
        for (int sender : new int[] {LOW, HIGH}) {
            for (int priority : new int[] {100, 101, 255}) {
                assertThat(vrrp.step(standby, new Advert(priority, S, sender), NOW))
                        .isEqualTo(standby(NOW + 3609_375_000L, S, sender, FOLLOWING));
            }
        }
    }

    @Test
    void t08ALowerPriorityDoesNotRestartTheTimerOfWhoPreempts() {
        assertThat(vrrp.step(standby, new Advert(99, S / 2, HIGH), NOW))
                .isEqualTo(standby(NOW + 2 * S, S, HIGH, PREEMPTING));
    }

    @Test
    void whoPreemptsDoesNotCallTheActiveDead() {
        var preempting = vrrp.step(standby, new Advert(99, S, HIGH), NOW).next();
        assertThat(vrrp.step(preempting, new Tick(), NOW + 2 * S).effects())
                .contains(new Claim(new Promotion(PREEMPTED, HIGH, NOW + 2 * S)));
    }

    @Test
    void whoMayNotPreemptAnyMoreFollowsTheActive() {
        var preempting = vrrp.step(standby, new Advert(99, S, HIGH), NOW).next();
        for (var patient : List.of(vrrp.patient(), vrrp.unfit())) {
            long at = NOW + 2 * S;
            assertThat(patient.step(preempting, new Tick(), at))
                    .isEqualTo(standby(at + patient.downInterval(S), S, HIGH, FOLLOWING));
        }
    }

    @Test
    void t09AnActiveResignsBeforeItReleases() {
        assertThat(vrrp.step(active, new Shutdown(), NOW))
                .isEqualTo(new Step(new Initialize(), List.of(new SendAdvert(0), new Release(Reason.SHUTDOWN))));
        assertThat(vrrp.step(active, new LinkDown(), NOW))
                .isEqualTo(new Step(new Initialize(), List.of(new SendAdvert(0), new Release(Reason.LINK_DOWN))));
    }

    @Test
    void t10AnActiveAdvertisesOncePerInterval() {
        assertThat(vrrp.step(active, new Tick(), NOW + S / 2 - 1)).isEqualTo(unchanged(active));
        assertThat(vrrp.step(active, new Tick(), NOW + S / 2)).isEqualTo(active(NOW + S / 2, new SendAdvert(100)));
    }

    @Test
    void t11AResignationIsAnsweredAtOnce() {
        assertThat(vrrp.step(active, new Advert(0, S, HIGH), NOW)).isEqualTo(active(NOW, new SendAdvert(100)));
    }

    @Test
    void t12AHigherPriorityIsYieldedToWithALastWord() {
        assertThat(vrrp.step(active, new Advert(101, S / 2, LOW), NOW))
                .isEqualTo(standby(
                        NOW + 1804_687_500, S / 2, LOW, FOLLOWING, new SendAdvert(100), new Release(Reason.OUTRANKED)));
    }

    @Test
    void t13OfEqualPrioritiesTheHigherUnsignedAddressWins() {
        assertThat(vrrp.step(active, new Advert(100, S, HIGH), NOW).next()).isInstanceOf(Standby.class);
        int above127 = Ipv4.of("192.0.2.1").bits();
        assertThat(vrrp.step(active, new Advert(100, S, above127), NOW).next()).isInstanceOf(Standby.class);
    }

    @Test
    void t14AndT15ARivalThatLosesIsToldAtOnceAndTheAddressesAnnouncedAgain() {
        var asserted = active(NOW, new SendAdvert(100), new Reassert());
        assertThat(vrrp.step(active, new Advert(100, S, LOW), NOW)).isEqualTo(asserted);
        assertThat(vrrp.step(active, new Advert(99, S, HIGH), NOW)).isEqualTo(asserted);
    }

    @Test
    void manyLosingAdvertsOfOneMomentAreAnsweredByOne() {
        State state = active;
        int sent = 0;
        for (int i = 0; i < 17; i++) {
            var step = vrrp.step(state, new Advert(50, S, LOW), NOW);
            state = step.next();
            sent += (int)
                    step.effects().stream().filter(SendAdvert.class::isInstance).count();
        }
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void t16OurOwnAddressAsSenderChangesNothing() {
        assertThat(vrrp.step(active, new Advert(255, S, OURS), NOW)).isEqualTo(unchanged(active));
        assertThat(vrrp.step(standby, new Advert(255, S, OURS), NOW)).isEqualTo(unchanged(standby));
    }

    @Test
    void ownAdvertsKeepOurOwnIntervalAfterAnotherWasFollowed() {
        var followed = vrrp.step(standby, new Advert(200, S / 2, LOW), NOW).next();
        long at = NOW + 1804_687_500;
        assertThat(vrrp.step(followed, new Tick(), at).next())
                .isEqualTo(new Active(at + S, new Promotion(PEER_SILENT, LOW, at)));
    }

    @Test
    void twoOwnersConvergeOnTheHigherAddress() {
        var owner = new Vrrp(255, S, OURS, true);
        assertThat(owner.step(active, new Advert(255, S, HIGH), NOW).next()).isInstanceOf(Standby.class);
        assertThat(owner.step(active, new Advert(255, S, LOW), NOW).next()).isInstanceOf(Active.class);
    }

    @Test
    void aDeadProcessShortensTheWaitToASkewByPriority() {
        assertThat(vrrp.step(standby, new PeerProcessDied(LOW), NOW))
                .isEqualTo(standby(NOW + 3_046_875, S, LOW, Wait.PEER_PROCESS_DIED));
        assertThat(new Vrrp(200, S, OURS, true).crashWaitInterval(S)).isEqualTo(1_093_750);
        assertThat(vrrp.step(standby(NOW + 1, S, LOW, FOLLOWING).next(), new PeerProcessDied(LOW), NOW)
                        .next())
                .isEqualTo(new Standby(NOW + 1, S, LOW, false, Wait.PEER_PROCESS_DIED));
    }

    @Test
    void theDeathOfAProcessThatWeDoNotFollowIsIgnored() {
        assertThat(vrrp.step(standby, new PeerProcessDied(HIGH), NOW)).isEqualTo(unchanged(standby));
        assertThat(vrrp.step(active, new PeerProcessDied(LOW), NOW)).isEqualTo(unchanged(active));
        var fresh = new Standby(NOW + S, S, 0, false, STARTED);
        assertThat(vrrp.step(fresh, new PeerProcessDied(LOW), NOW)).isEqualTo(unchanged(fresh));
    }

    @Test
    void anAdvertOfALiveActiveEndsTheCrashWait() {
        var waiting = vrrp.step(standby, new PeerProcessDied(LOW), NOW).next();
        assertThat(vrrp.step(waiting, new Advert(200, S, LOW), NOW + MS))
                .isEqualTo(standby(NOW + MS + 3609_375_000L, S, LOW, FOLLOWING));
    }

    @Test
    void anActivePausedForLongerThanATakeoverStandsBySilently() {
        var relearning = standby(NOW + 3609_375_000L, S, 0, RELEARNING, new Release(Reason.PAUSED));
        assertThat(vrrp.step(active, new Paused(3 * S + 1), NOW)).isEqualTo(relearning);
        assertThat(vrrp.step(active, new Paused(3 * S), NOW)).isEqualTo(unchanged(active));
    }

    @Test
    void anActiveSilentForThreeIntervalsIsFencedWhateverTheEvent() {
        long late = NOW + S / 2 + 2 * S;
        assertThat(vrrp.step(active, new Tick(), late - 1)).isEqualTo(active(late - 1, new SendAdvert(100)));
        for (Event event : List.of(new Tick(), new Advert(50, S, HIGH), new Shutdown(), new HandoverGive(LOW))) {
            var step = vrrp.step(active, event, late);
            assertThat(step.effects()).as("%s", event).containsExactly(new Release(Reason.PAUSED));
            assertThat(step.next()).as("%s", event).isNotInstanceOf(Active.class);
        }
    }

    @Test
    void aStandbyPausedForLongRelearnsAndTrustsNoOldNews() {
        var relearning = vrrp.step(standby, new Paused(3 * S + 1), NOW).next();
        assertThat(relearning).isEqualTo(new Standby(NOW + 3609_375_000L, S, LOW, false, RELEARNING));
        assertThat(vrrp.step(relearning, new PeerProcessDied(LOW), NOW)).isEqualTo(unchanged(relearning));
    }

    @Test
    void aStandbyPausedForAMomentDoesNotTakeThatForSilence() {
        var longer = new Standby(NOW + 300 * MS + 2 * S, S, LOW, false, FOLLOWING);
        assertThat(vrrp.step(standby(NOW + 300 * MS, S, LOW, FOLLOWING).next(), new Paused(2 * S), NOW))
                .isEqualTo(new Step(longer, List.of()));
        var dead = standby(NOW + 3 * MS, S, LOW, Wait.PEER_PROCESS_DIED).next();
        assertThat(vrrp.step(dead, new Paused(2 * S), NOW)).as("it is dead").isEqualTo(unchanged(dead));
    }

    @Test
    void aPausedActiveThatHasNoRivalIsActiveAgainAtOnce() {
        var relearning = vrrp.step(active, new Paused(4 * S), NOW).next();
        assertThat(vrrp.step(relearning, new Unrivalled(), NOW + MS))
                .isEqualTo(promoted(NOBODY_TOOK_OVER, 0, NOW + MS));
        assertThat(vrrp.step(standby, new Unrivalled(), NOW)).isEqualTo(unchanged(standby));
        var follows = vrrp.step(relearning, new Advert(200, S, HIGH), NOW + MS).next();
        assertThat(vrrp.step(follows, new Unrivalled(), NOW + 2 * MS)).isEqualTo(unchanged(follows));
    }

    @Test
    void whoIsAskedByTheActiveWaitsAFullDownIntervalMore() {
        var late = new Standby(NOW + 1, S, LOW, false, FOLLOWING);
        assertThat(vrrp.step(late, new Asked(LOW), NOW)).isEqualTo(standby(NOW + 3609_375_000L, S, LOW, FOLLOWING));
        assertThat(vrrp.step(late, new Asked(HIGH), NOW)).isEqualTo(unchanged(late));
    }

    @Test
    void theSealedWordOfTheActiveResigns() {
        assertThat(vrrp.step(standby, new PeerResigned(LOW), NOW))
                .isEqualTo(standby(NOW + 609_375_000L, S, LOW, Wait.PEER_RESIGNED));
        assertThat(vrrp.step(standby, new PeerResigned(HIGH), NOW)).isEqualTo(unchanged(standby));
    }

    @Test
    void aDoubtedAdvertMakesAStandbyWaitButNotBeyondItsBound() {
        assertThat(vrrp.step(standby, new Doubted(NOW + 100 * S), NOW))
                .isEqualTo(standby(NOW + 3609_375_000L, S, LOW, FOLLOWING));
        assertThat(vrrp.step(standby, new Doubted(NOW + 3 * S), NOW))
                .isEqualTo(standby(NOW + 3 * S, S, LOW, FOLLOWING));
        assertThat(vrrp.step(standby, new Doubted(NOW - S), NOW))
                .as("never earlier than it would have taken over anyway")
                .isEqualTo(unchanged(standby));
        assertThat(vrrp.step(active, new Doubted(NOW + S), NOW)).isEqualTo(unchanged(active));
    }

    @Test
    void anUnfitStandbyLetsOthersGoFirst() {
        assertThat(vrrp.unfit().downInterval(S)).isEqualTo(vrrp.downInterval(S) + S);
        assertThat(vrrp.unfit().crashWaitInterval(S)).isGreaterThan(S);
        assertThat(vrrp.unfit().preempt()).isFalse();
    }

    @Test
    void givingIsSilentAndKeepsAFullDownTimer() {
        assertThat(vrrp.step(active, new HandoverGive(LOW), NOW))
                .isEqualTo(new Step(new Standby(NOW + 3609_375_000L, S, LOW, true, GAVE), List.of()));
    }

    @Test
    void whoGaveFollowsALowerPriorityUntilItIsActiveAgain() {
        var gave = vrrp.step(active, new HandoverGive(LOW), NOW).next();
        var followed = vrrp.step(gave, new Advert(1, S, LOW), NOW + MS).next();
        assertThat(followed).isEqualTo(new Standby(NOW + MS + 3609_375_000L, S, LOW, true, FOLLOWING));
        var again = vrrp.step(followed, new PeerProcessDied(LOW), NOW + S).next();
        assertThat(vrrp.step(again, new Tick(), NOW + S + 4 * MS).effects())
                .contains(new Claim(new Promotion(Cause.PEER_PROCESS_DIED, LOW, NOW + S + 4 * MS)));
    }

    @Test
    void whoGaveAsksWhereTheTakerReturnsItAndIsActiveAgain() {
        var gave = vrrp.step(active, new HandoverGive(LOW), NOW).next();
        var asking = vrrp.step(gave, new HandoverReturned(), NOW + MS);
        assertThat(asking)
                .isEqualTo(new Step(new Standby(NOW + MS + 3609_375_000L, S, 0, true, RELEARNING), List.of()));
        assertThat(vrrp.step(asking.next(), new Unrivalled(), NOW + 2 * MS))
                .isEqualTo(promoted(NOBODY_TOOK_OVER, 0, NOW + 2 * MS));
        assertThat(vrrp.step(standby, new HandoverReturned(), NOW)).isEqualTo(unchanged(standby));
    }

    @Test
    void whoTakesAdvertisesOnceItServesAndIgnoresTheGiverForAWhile() {
        var taken = vrrp.step(standby, new HandoverTake(), NOW);
        var promotion = new Promotion(HANDOVER, LOW, NOW);
        assertThat(taken)
                .as("serves before the giver hears that it may relay")
                .isEqualTo(new Step(new Active(NOW + S, promotion), List.of(new Claim(promotion))));
        long served = NOW + 4 * S; // however long the datapath took
        var serving = vrrp.step(taken.next(), new Served(true), served);
        assertThat(serving).isEqualTo(new Step(new Active(served + S, promotion), List.of(new SendAdvert(100))));
        long known = served + S;
        var confirmed =
                vrrp.step(serving.next(), new HandoverConfirmed(), known).next();
        assertThat(confirmed).isEqualTo(new Active(known + S, new Promotion(HANDOVER, LOW, known)));
        assertThat(vrrp.step(confirmed, new Advert(200, S, LOW), known + 49 * MS)
                        .next())
                .isInstanceOf(Active.class);
        assertThat(vrrp.step(confirmed, new Advert(200, S, HIGH), known + MS).next())
                .isInstanceOf(Standby.class);
        assertThat(vrrp.step(confirmed, new Advert(200, S, LOW), known + 50 * MS)
                        .next())
                .isInstanceOf(Standby.class);
    }

    @Test
    void whoTookTooLateReleasesAndFollowsTheGiver() {
        var taken = vrrp.step(standby, new HandoverTake(), NOW).next();
        for (Event event : List.of(new Served(false), new HandoverUnconfirmed())) {
            assertThat(vrrp.step(taken, event, NOW + MS))
                    .isEqualTo(standby(NOW + MS + 3609_375_000L, S, LOW, FOLLOWING, new Release(Reason.TOO_LATE)));
            assertThat(vrrp.step(active, event, NOW)).isEqualTo(unchanged(active));
        }
    }

    @Test
    void onlyAStandbyTakesOrRestartsWithTheLink() {
        assertThat(vrrp.step(new Initialize(), new HandoverTake(), NOW)).isEqualTo(unchanged(new Initialize()));
        assertThat(vrrp.step(active, new HandoverTake(), NOW)).isEqualTo(unchanged(active));
        assertThat(vrrp.step(active, new LinkUp(), NOW)).isEqualTo(unchanged(active));
        assertThat(vrrp.step(standby, new LinkUp(), NOW)).isEqualTo(unchanged(standby));
        assertThat(vrrp.step(standby, new HandoverGive(LOW), NOW)).isEqualTo(unchanged(standby));
    }

    /// Whatever the order of events: only a claim makes active, and a release follows each claim before the next one.
    @Test
    void claimsAndReleasesAlternateForAnyEvents() {
        for (long seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            State state = new Initialize();
            boolean owns = false;
            long now = random.nextLong();
            for (int i = 0; i < 200; i++) {
                now += random.nextLong(random.nextBoolean() ? S : 4 * S);
                var event = anyEvent(random);
                var step = new Vrrp(1 + random.nextInt(255), S, OURS, random.nextBoolean()).step(state, event, now);
                for (Effect effect : step.effects()) {
                    if (effect instanceof Claim || effect instanceof Release) {
                        assertThat(effect instanceof Claim)
                                .as("seed %d, %s in %s", seed, event, state)
                                .isNotEqualTo(owns);
                        owns = !owns;
                    }
                }
                boolean mayOwn = step.next() instanceof Active;
                if (event instanceof HandoverGive && owns) {
                    owns = false; // the handover, not the election, releases from here on
                }
                assertThat(owns && !mayOwn)
                        .as("seed %d, %s in %s", seed, event, state)
                        .isFalse();
                state = step.next();
            }
        }
    }

    private static Event anyEvent(Random random) {
        int peer = random.nextBoolean() ? LOW : HIGH;
        return switch (random.nextInt(19)) {
            case 0, 1, 2 -> new Tick();
            case 3, 4 -> new Advert(random.nextInt(256), S / (1 + random.nextInt(4)), peer);
            case 5 -> new PeerProcessDied(peer);
            case 6 -> new Paused(random.nextLong(5 * S));
            case 7 -> new HandoverGive(LOW);
            case 8 -> new HandoverTake();
            case 9 -> new HandoverReturned();
            case 10 -> new LinkUp();
            case 11 -> new Unrivalled();
            case 12 -> new PeerResigned(peer);
            case 13 -> new Asked(peer);
            case 14 -> new Served(random.nextBoolean());
            case 15 -> new HandoverUnconfirmed();
            case 16 -> new HandoverConfirmed();
            default -> random.nextInt(4) == 0 ? new LinkDown() : new Tick();
        };
    }

    private static Step promoted(Cause cause, int from, long now) {
        var promotion = new Promotion(cause, from, now);
        int priority = cause == OWNER_STARTED ? 255 : 100;
        return new Step(new Active(now + S, promotion), List.of(new SendAdvert(priority), new Claim(promotion)));
    }

    private Step active(long now, Effect... effects) {
        return new Step(new Active(now + S, promotion), List.of(effects));
    }

    private static Step standby(long peerDownAt, long peerInterval, int following, Wait waitsFor, Effect... effects) {
        return new Step(new Standby(peerDownAt, peerInterval, following, false, waitsFor), List.of(effects));
    }

    private static Step unchanged(State state) {
        return new Step(state, List.of());
    }
}
