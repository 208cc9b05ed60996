package holdfast.demo;

import static holdfast.demo.Rounds.GOOD;
import static holdfast.demo.Rounds.PLANNED;
import static holdfast.demo.Rounds.REJOINED;
import static holdfast.demo.Rounds.blackout;
import static holdfast.demo.Rounds.round;
import static holdfast.demo.Rounds.with;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.demo.Bars.Judgement;
import holdfast.demo.Bars.Verdict;
import holdfast.demo.Round.Outcome;
import holdfast.demo.Round.Rejoin;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class BarsTest {
    private static final Mode SLOW = new Mode(false, true);

    @Test
    void passesWhereEveryBarWasHeld() {
        assertThat(judge(round(GOOD, PLANNED, GOOD)))
                .isEqualTo(new Judgement(List.of(), List.of(), List.of()))
                .extracting(Judgement::verdict)
                .isEqualTo(Verdict.PASS);
    }

    @Test
    void serviceMustBeIntactInEachStep() {
        for (var missed : List.of(
                with(o -> o.cartsKept = 199), with(o -> o.downloadsIntact = false), with(o -> o.echoIntact = false))) {
            assertThat(failures(missed, PLANNED, GOOD))
                    .singleElement()
                    .asString()
                    .startsWith("crash: ");
            assertThat(failures(GOOD, missed, GOOD)).singleElement().asString().startsWith("planned: ");
            assertThat(failures(GOOD, PLANNED, missed))
                    .singleElement()
                    .asString()
                    .startsWith("freeze: ");
        }
        assertThat(failures(with(o -> o.cartsKept = 184), PLANNED, GOOD))
                .containsExactly("crash: 16 of 200 clients lost their cart.");
    }

    @Test
    void plannedFailoverCostsNothing() {
        assertThat(failures(GOOD, with(o -> o.requestsFailed = 1), GOOD))
                .containsExactly("planned: 1 requests failed.");
        assertThat(failures(
                        GOOD,
                        with(o -> {
                            o.packetsLost = 1;
                            o.blackoutMs = 1;
                        }),
                        GOOD))
                .containsExactly("planned: 1 probes lost; the blackout lasted 1.0 ms.");
    }

    @Test
    void crashAndFreezeMayFailOnlyRequestsOfTheYoungestConnections() {
        var young = with(o -> o.requestsFailed = 3);
        var older = with(o -> {
            o.requestsFailed = 3;
            o.requestsFailedInSync = 1;
        });
        assertThat(failures(young, PLANNED, young)).isEmpty();
        for (var failures : List.of(failures(older, PLANNED, GOOD), failures(GOOD, PLANNED, older))) {
            assertThat(failures)
                    .singleElement()
                    .asString()
                    .endsWith(": 1 requests failed whose connection was not among the youngest when it struck.");
        }
    }

    @Test
    void aRequestIsJudgedByWhenItBegan() {
        var load = new RequestLoad.Result(
                5,
                1,
                List.of(
                        failure(5, 9),
                        failure(19, 130),
                        failure(20, 130),
                        failure(31, 130),
                        failure(32, 130),
                        late(1, 8),
                        late(9, 99)));
        assertThat(load.failuresBefore(30)).isEqualTo(2);
        assertThat(load.lostBefore(30)).isEqualTo(1);
        assertThat(load.lostOutside(30, new Workload.Window(20, 31))).isEqualTo(2);
    }

    private static RequestLoad.Failure failure(long beganAt, long endedAt) {
        return new RequestLoad.Failure(beganAt, endedAt, false, "why");
    }

    private static RequestLoad.Failure late(long beganAt, long endedAt) {
        return new RequestLoad.Failure(beganAt, endedAt, true, "took 3 s");
    }

    @Test
    void requestThatFailsBeforeTheFaultIsNamedApart() {
        assertThat(failures(GOOD, with(o -> o.requestsFailedBeforehand = 1), GOOD))
                .containsExactly("planned: 1 requests failed before it, with nothing wrong.");
    }

    @Test
    void rejoinMustEndEqualAndReadyAndQuiet() {
        assertThat(failures(new Rejoin(false, 30, 1.0, false))).hasSize(1);
        assertThat(failures(new Rejoin(true, 1, 1.0, true))).hasSize(1);
        assertThat(failures(new Rejoin(true, 1, null, false))).hasSize(1);
        assertThat(failures(null)).hasSize(1);
    }

    @Test
    void stepThatWasNotReachedIsNoPass() {
        assertThat(judge(new Round(1, GOOD, null, null, null, true, List.of("the round broke off: why")))
                        .failures())
                .containsExactly(
                        "rejoin: the director that died did not become equal again.",
                        "planned: not done.",
                        "freeze: not done.",
                        "the round broke off: why");
    }

    @Test
    void failuresOfSeveralRoundsBearTheirNumbers() {
        var second = new Round(2, GOOD, REJOINED, PLANNED, GOOD, false, List.of("planned: the failover was aborted."));
        assertThat(judge(round(1, GOOD), second).failures())
                .containsExactly("round 2: planned: the failover was aborted.");
    }

    @Test
    void blackoutOverItsBarFailsUnlessAThreadWaitedForAsLong() {
        assertThat(judge(round(blackout(150, 0), PLANNED, GOOD)).verdict()).isEqualTo(Verdict.PASS);
        assertThat(judge(round(blackout(150.1, 0), PLANNED, GOOD)).failures())
                .containsExactly("crash: the blackout lasted 150.1 ms; at most 150 ms are allowed.");
        assertThat(judge(round(blackout(180, 29.9), PLANNED, GOOD)).verdict()).isEqualTo(Verdict.FAIL);
        var disturbed = judge(round(blackout(180, 30), PLANNED, GOOD));
        assertThat(disturbed.failures()).isEmpty();
        assertThat(disturbed.disturbed()).hasSize(1);
    }

    @Test
    void oneRoundInFiveMayBeDisturbed() {
        var four = series(blackout(180, 40), GOOD, GOOD, GOOD);
        assertThat(four.verdict()).isEqualTo(Verdict.TOO_BUSY_TO_JUDGE);
        var five = series(blackout(180, 40), GOOD, GOOD, GOOD, GOOD);
        assertThat(five.verdict()).isEqualTo(Verdict.PASS);
        assertThat(five.disturbed())
                .containsExactly("round 1: crash: the blackout lasted 180.0 ms, disturbed by the machine"
                        + " (d2 vrrp-51 waited 40.0 ms for a CPU).");
    }

    @Test
    void failureIsAFailureOnABusyMachineToo() {
        assertThat(series(blackout(180, 40), blackout(180, 0), GOOD).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void medianIsJudgedFromThreeRoundsOn() {
        assertThat(series(blackout(101, 0), blackout(101, 0)).verdict()).isEqualTo(Verdict.PASS);
        assertThat(series(blackout(100, 0), blackout(100, 0), blackout(149, 0)).verdict())
                .isEqualTo(Verdict.PASS);
        assertThat(series(blackout(60, 0), blackout(100.1, 0), blackout(149, 0)).failures())
                .containsExactly("crash: the median of the blackouts is 100.1 ms; at most 100 ms are allowed.");
    }

    @Test
    void medianThatTheMachineRaisedIsNoPassAndNoFailure() {
        assertThat(series(blackout(110, 10), blackout(120, 30), blackout(130, 30))
                        .verdict())
                .isEqualTo(Verdict.TOO_BUSY_TO_JUDGE);
        assertThat(series(blackout(110, 10), blackout(120, 9), blackout(130, 9)).verdict())
                .isEqualTo(Verdict.FAIL);
    }

    @Test
    void timesAreNotJudgedInASlowLabButAllElseIs() {
        var rounds = List.of(
                round(1, blackout(400, 0)), round(2, blackout(300, 0)), round(3, with(o -> o.echoIntact = false)));
        assertThat(Bars.judge(SLOW, rounds).failures()).containsExactly("round 3: crash: an echo session broke.");
        assertThat(Bars.judge(new Mode(true, false), rounds).failures()).hasSize(1);
        assertThat(Bars.judge(Mode.PLAIN, rounds).failures()).hasSizeGreaterThan(1);
    }

    private static Judgement series(Outcome... crashes) {
        var rounds = new ArrayList<Round>();
        for (var crash : crashes) {
            rounds.add(round(rounds.size() + 1, crash));
        }
        return Bars.judge(Mode.PLAIN, rounds);
    }

    private static Judgement judge(Round... rounds) {
        return Bars.judge(Mode.PLAIN, List.of(rounds));
    }

    private static List<String> failures(Outcome crash, Outcome planned, Outcome freeze) {
        return judge(round(crash, planned, freeze)).failures();
    }

    private static List<String> failures(@Nullable Rejoin rejoin) {
        return judge(new Round(1, GOOD, rejoin, PLANNED, GOOD, false, List.of()))
                .failures();
    }
}
