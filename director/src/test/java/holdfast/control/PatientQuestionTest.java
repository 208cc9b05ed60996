package holdfast.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PatientQuestionTest {
    private final List<CompletableFuture<String>> asked = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final PatientQuestion<String> question = new PatientQuestion<>(this::next, 1, now::get);

    private CompletableFuture<String> next() {
        asked.add(new CompletableFuture<>());
        return asked.getLast();
    }

    private void at(long seconds) {
        now.set(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void anAnswerIsAnAnswer() {
        var answered = new PatientQuestion<>(() -> CompletableFuture.completedFuture("yes"), 1, now::get).ask();
        assertThat(answered.value()).contains("yes");
        assertThat(answered.trouble()).isEmpty();
    }

    @Test
    void aStuckThreadIsAskedOnceAndItsSilenceGrows() {
        assertThat(question.ask().value()).isEmpty();
        at(1);
        assertThat(question.ask().trouble()).contains("it has not answered for 1 s");
        at(37);
        assertThat(question.ask().trouble()).contains("it has not answered for 37 s");
        assertThat(asked).hasSize(1);
    }

    @Test
    void aThreadThatGoesOnIsAskedAgain() {
        question.ask();
        asked.getFirst().complete("late");
        at(2);
        question.ask();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aQuestionThatFailsIsATroubleAndNoException() {
        var failed = new PatientQuestion<>(
                        () -> CompletableFuture.<String>failedFuture(new IllegalStateException("no table")),
                        1,
                        now::get)
                .ask();
        assertThat(failed.value()).isEmpty();
        assertThat(failed.trouble()).contains("it failed: java.lang.IllegalStateException: no table");
    }
}
