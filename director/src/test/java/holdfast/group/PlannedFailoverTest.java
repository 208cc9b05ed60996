package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.group.PlannedFailover.Candidate;
import holdfast.group.PlannedFailover.Ended;
import holdfast.group.PlannedFailover.Refused;
import holdfast.vip.FailoverRecord;
import holdfast.vip.FailoverRecord.Outcome;
import holdfast.vip.FailoverRecord.Step;
import holdfast.vip.Preflight;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlannedFailoverTest {
    private static final Candidate READY = new Candidate(Optional.of(peer()), List.of(), true);
    private static final Candidate BEHIND = refused("d2 is 254 ms behind, more than 100", true);
    private static final Candidate IN_FAULT = refused("d2 cannot take over: front has no carrier", false);

    private final Deque<Candidate> looks = new ArrayDeque<>(List.of(READY));
    private final Deque<FailoverRecord> outcomes = new ArrayDeque<>();
    private final VirtualTime time = new VirtualTime();
    private int attempts;

    @Test
    void whatCanBeDoneIsDoneAtOnce() throws Exception {
        outcomes.add(done());
        assertThat(run()).isEqualTo(new Ended(done()));
        assertThat(time.now()).isZero();
    }

    @Test
    void standbyThatIsBehindIsWaitedFor() throws Exception {
        looksLike(BEHIND, BEHIND, READY);
        outcomes.add(done());
        assertThat(run()).isEqualTo(new Ended(done()));
        assertThat(attempts).isEqualTo(1);
        assertThat(time.now())
                .isEqualTo(PlannedFailover.LOOK_INTERVAL.multipliedBy(2).toNanos());
    }

    @Test
    void peerThatWasPausedAMomentAgoIsAskedAgain() throws Exception {
        outcomes.addAll(List.of(refusedByPeer(), refusedByPeer(), done()));
        assertThat(run()).isEqualTo(new Ended(done()));
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void standbyThatStaysBehindIsReportedAfterThePatience() throws Exception {
        looksLike(BEHIND);
        assertThat(run()).isEqualTo(new Refused(BEHIND.objections()));
        assertThat(attempts).isZero();
        assertThat(time.now()).isEqualTo(PlannedFailover.PATIENCE.toNanos());
    }

    @Test
    void peerThatGoesOnRefusingIsReportedAfterThePatience() throws Exception {
        outcomes.add(refusedByPeer());
        assertThat(run()).isEqualTo(new Ended(refusedByPeer()));
        assertThat(time.now()).isEqualTo(PlannedFailover.PATIENCE.toNanos());
    }

    @Test
    void whatHeldPacketsIsNotTriedAgain() throws Exception {
        outcomes.addAll(List.of(abortedAfterHold(), done()));
        assertThat(run()).isEqualTo(new Ended(abortedAfterHold()));
    }

    @Test
    void objectionThatWaitingDoesNotMendIsReportedAtOnceAndNothingIsTried() throws Exception {
        looksLike(IN_FAULT);
        assertThat(run()).isEqualTo(new Refused(IN_FAULT.objections()));
        assertThat(time.now()).isZero();
        assertThat(attempts).isZero();
    }

    @Test
    void objectionThatComesWhileWaitingEndsTheWait() throws Exception {
        looksLike(BEHIND, IN_FAULT);
        assertThat(run()).isEqualTo(new Refused(IN_FAULT.objections()));
        assertThat(time.now()).isEqualTo(PlannedFailover.LOOK_INTERVAL.toNanos());
    }

    @Test
    void withoutAPeerThereIsNothingToTryAndAReason() throws Exception {
        looksLike(new Candidate(Optional.empty(), List.of(), true));
        assertThat(run()).isEqualTo(new Refused(List.of("the standby has left a moment ago")));
    }

    private void looksLike(Candidate... inOrder) {
        looks.clear();
        looks.addAll(List.of(inOrder));
    }

    private PlannedFailover.Outcome run() throws Exception {
        return new PlannedFailover(
                        () -> looks.size() > 1 ? looks.poll() : looks.getFirst(),
                        _ -> {
                            attempts++;
                            return outcomes.size() > 1 ? outcomes.poll() : outcomes.getFirst();
                        },
                        time)
                .run();
    }

    private static Candidate refused(String why, boolean mayPass) {
        return new Candidate(Optional.of(peer()), List.of(why), mayPass);
    }

    private static Preflight peer() {
        return new Preflight("d2", 1, 7);
    }

    private static FailoverRecord done() {
        return record(Outcome.DONE, "preflight", "prepare sent", "peer armed", "held", "transfer sent", "taken");
    }

    private static FailoverRecord refusedByPeer() {
        return record(Outcome.REFUSED, "preflight", "prepare sent", "refused");
    }

    private static FailoverRecord abortedAfterHold() {
        return record(Outcome.ABORTED, "preflight", "prepare sent", "peer armed", "held", "aborted");
    }

    private static FailoverRecord record(Outcome outcome, String... steps) {
        var timed = List.of(steps).stream().map(name -> new Step(name, 0)).toList();
        return new FailoverRecord(FailoverRecord.Side.GIVER, "d2", 7, 0, outcome, "a test", timed);
    }

    private static final class VirtualTime implements PlannedFailover.Time {
        private long now;

        @Override
        public long now() {
            return now;
        }

        @Override
        public void sleep(Duration time) {
            now += time.toNanos();
        }
    }
}
