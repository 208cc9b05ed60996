package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final long FAR_BEHIND = Duration.ofMillis(254).toNanos();

    private final Deque<Long> lags = new ArrayDeque<>();
    private final Deque<FailoverRecord> outcomes = new ArrayDeque<>();
    private final VirtualTime time = new VirtualTime();
    private int attempts;

    @Test
    void whatCanBeDoneIsDoneAtOnce() throws Exception {
        outcomes.add(done());
        assertThat(run()).contains(done());
        assertThat(time.now()).isZero();
    }

    @Test
    void standbyThatIsBehindIsWaitedFor() throws Exception {
        lags.addAll(List.of(FAR_BEHIND, FAR_BEHIND, 0L));
        outcomes.add(done());
        assertThat(run()).contains(done());
        assertThat(attempts).isEqualTo(1);
        assertThat(time.now())
                .isEqualTo(PlannedFailover.LOOK_INTERVAL.multipliedBy(2).toNanos());
    }

    @Test
    void peerThatWasPausedAMomentAgoIsAskedAgain() throws Exception {
        outcomes.addAll(List.of(refusedByPeer(), refusedByPeer(), done()));
        assertThat(run()).contains(done());
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void standbyThatStaysBehindIsReportedAfterThePatience() throws Exception {
        lags.add(FAR_BEHIND);
        outcomes.add(refusedAtOnce());
        assertThat(run()).contains(refusedAtOnce());
        assertThat(time.now()).isEqualTo(PlannedFailover.PATIENCE.toNanos());
    }

    @Test
    void peerThatGoesOnRefusingIsReportedAfterThePatience() throws Exception {
        outcomes.add(refusedByPeer());
        assertThat(run()).contains(refusedByPeer());
        assertThat(time.now()).isEqualTo(PlannedFailover.PATIENCE.toNanos());
    }

    @Test
    void whatHeldPacketsIsNotTriedAgain() throws Exception {
        outcomes.addAll(List.of(abortedAfterHold(), done()));
        assertThat(run()).contains(abortedAfterHold());
    }

    @Test
    void objectionThatWaitingDoesNotMendIsReportedAtOnce() throws Exception {
        outcomes.add(refusedAtOnce());
        assertThat(run()).contains(refusedAtOnce());
        assertThat(time.now()).isZero();
    }

    @Test
    void withoutAPeerThereIsNothingToTry() throws Exception {
        var failover = new PlannedFailover(Optional::empty, _ -> done(), time);
        assertThat(failover.run()).isEmpty();
    }

    private Optional<FailoverRecord> run() throws Exception {
        return new PlannedFailover(
                        () -> Optional.of(peer(lags.size() > 1 ? lags.poll() : lags.isEmpty() ? 0 : lags.peek())),
                        _ -> {
                            attempts++;
                            return outcomes.size() > 1 ? outcomes.poll() : outcomes.getFirst();
                        },
                        time)
                .run();
    }

    private static Preflight peer(long lag) {
        return new Preflight("d2", 1, 7, 0, true, true, true, lag);
    }

    private static FailoverRecord done() {
        return record(Outcome.DONE, "preflight", "prepare sent", "peer armed", "held", "transfer sent", "taken");
    }

    private static FailoverRecord refusedByPeer() {
        return record(Outcome.REFUSED, "preflight", "prepare sent", "refused");
    }

    private static FailoverRecord refusedAtOnce() {
        return record(Outcome.REFUSED, "preflight", "refused");
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
