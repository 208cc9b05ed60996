package holdfast.vip.node;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.vip.FailoverRecord;
import holdfast.vip.FailoverRecord.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FailoverAnswersTest {
    private final FailoverAnswers answers = new FailoverAnswers();
    private final CompletableFuture<FailoverRecord> first = new CompletableFuture<>();
    private final CompletableFuture<FailoverRecord> second = new CompletableFuture<>();

    /// `VirtualRouterTest#aFailoverThatIsAskedForAfterAPauseEndsBeforeItsOwnBegins` has such a step.
    @Test
    void aStepThatEndsTwoFailoversAnswersEachWithItsOwn() {
        answers.ask(first, 10);
        answers.asked();
        answers.ask(second, 20);
        answers.finished(begunAt(10, Outcome.ABORTED));
        answers.finished(begunAt(20, Outcome.REFUSED));
        answers.asked();
        assertThat(first).isCompletedWithValue(begunAt(10, Outcome.ABORTED));
        assertThat(second).isCompletedWithValue(begunAt(20, Outcome.REFUSED));
    }

    @Test
    void aStepThatEndsOneAndBeginsTheOtherLeavesTheSecondWaiting() {
        answers.ask(first, 10);
        answers.asked();
        answers.ask(second, 20);
        answers.finished(begunAt(10, Outcome.ABORTED));
        answers.asked();
        assertThat(first).isCompletedWithValue(begunAt(10, Outcome.ABORTED));
        assertThat(second).isNotDone();
        answers.finished(begunAt(20, Outcome.DONE));
        assertThat(second).isCompletedWithValue(begunAt(20, Outcome.DONE));
    }

    @Test
    void whoIsRefusedBecauseAnotherOneIsUnderWayDoesNotEndThatOne() {
        answers.ask(first, 10);
        answers.asked();
        answers.ask(second, 20);
        answers.finished(begunAt(20, Outcome.REFUSED));
        answers.asked();
        assertThat(second).isCompletedWithValue(begunAt(20, Outcome.REFUSED));
        assertThat(first).isNotDone();
        answers.abandon(new IllegalStateException("closed"));
        assertThat(first).isCompletedExceptionally();
    }

    private static FailoverRecord begunAt(long at, Outcome outcome) {
        return new FailoverRecord(FailoverRecord.Side.GIVER, "b", 1, at, outcome, "a test", List.of());
    }
}
