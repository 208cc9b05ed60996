package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverResult;
import holdfast.admin.FailoverResult.Outcome;
import holdfast.admin.FailoverResult.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HandOverTest {
    private static final FailoverResult MOVED = result(Outcome.MOVED, List.of(), 3500L);
    private static final FailoverResult REFUSED = result(Outcome.REFUSED, List.of(), null);
    private static final FailoverResult ABORTED = result(Outcome.ABORTED, List.of(new Step("held", 40)), null);

    private final ArrayDeque<Supplier<FailoverResult>> answers = new ArrayDeque<>();
    private final List<String> progress = new ArrayList<>();
    private boolean peerTook;

    @Test
    void failoverThatIsDoneAtOnceIsAllThereIs() {
        assertThat(run(MOVED)).isEqualTo(new HandOver.Result(true, 3.5, 0, 0, List.of()));
        assertThat(progress).isEmpty();
    }

    @Test
    void refusedFailoverMayBeAskedForAgain() {
        assertThat(run(REFUSED, REFUSED, MOVED)).isEqualTo(new HandOver.Result(true, 3.5, 2, 0, List.of()));
        assertThat(progress).containsExactly("  REFUSED: why", "  REFUSED: why");
    }

    @Test
    void abortedFailoverIsAFailureThoughTheNextIsDone() {
        var result = run(ABORTED, MOVED);
        assertThat(result.moved()).isTrue();
        assertThat(result.aborted()).isEqualTo(1);
        assertThat(result.failures()).containsExactly("the failover was aborted: why.");
    }

    @Test
    void abortedFailoverIsAFailureThoughThePeerTookAllTheSame() {
        peerTook = true;
        var result = run(ABORTED);
        assertThat(result.moved()).isTrue();
        assertThat(result.failures()).containsExactly("the failover was aborted: why.");
    }

    @Test
    void refusalAfterPacketsWereHeldIsAnAbortion() {
        var result = run(result(Outcome.REFUSED, List.of(new Step("held", 40)), null), MOVED);
        assertThat(result.aborted()).isEqualTo(1);
        assertThat(result.failures()).hasSize(1);
    }

    @Test
    void moveThatNobodyGrantedIsAFailure() {
        peerTook = true;
        assertThat(run(REFUSED).failures()).containsExactly("the VIPs moved although the failover was refused.");
    }

    @Test
    void failoverThatIsRefusedForTooLongIsAFailure() {
        var refusals = new FailoverResult[100];
        Arrays.fill(refusals, REFUSED);
        var result = run(refusals);
        assertThat(result.moved()).isFalse();
        assertThat(result.failures()).containsExactly("the failover was not done within 5 s: why.");
        assertThat(result.refused()).isEqualTo(6); // at 0 s, then each second
    }

    @Test
    void answerThatDoesNotComeIsAFailure() {
        answers.add(() -> {
            throw new UncheckedIOException(new IOException("silence"));
        });
        var result = run(MOVED);
        assertThat(result.moved()).isTrue();
        assertThat(result.failures()).singleElement().asString().contains("silence");
    }

    private HandOver.Result run(FailoverResult... inOrder) {
        for (var answer : inOrder) {
            answers.add(() -> answer);
        }
        return new HandOver(() -> answers.remove().get(), () -> peerTook, progress::add, new HandOver.Time() {
                    private long now = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

                    @Override
                    public long now() {
                        return now;
                    }

                    @Override
                    public void pause() {
                        now += Duration.ofSeconds(1).toNanos();
                    }
                })
                .untilDone();
    }

    private static FailoverResult result(Outcome outcome, List<Step> steps, @Nullable Long heldMicros) {
        boolean done = outcome == Outcome.MOVED;
        return new FailoverResult(
                done, outcome, done ? List.of() : List.of("why"), List.of(), "demo", "d1", "d2", steps, heldMicros);
    }
}
