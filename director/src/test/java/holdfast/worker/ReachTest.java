package holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.linux.Echoes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ReachTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final int ID = 0xabcd;
    private static final int A = 1;
    private static final int B = 2;

    private final Reach reach = new Reach(ID, 0xfffe, 0);
    private final Set<Integer> dead = new HashSet<>();
    private final Map<Integer, Integer> asked = new HashMap<>();
    private long now;
    private Reach.Question last = new Reach.Question(0, 0, 0);

    private static Echoes.Reply reply(Reach.Question question) {
        return new Echoes.Reply(question.address(), question.identifier(), question.sequence());
    }

    /// Asks whoever is due until then; who is not dead answers at once.
    private void until(long end) {
        while (reach.waits(now) < end - now) {
            now += reach.waits(now);
            reach.ask(now).ifPresent(this::take);
        }
        now = end;
    }

    private void take(Reach.Question question) {
        last = question;
        asked.merge(question.address(), 1, Integer::sum);
        if (!dead.contains(question.address())) {
            reach.answer(reply(question));
        }
    }

    @Test
    void withNobodyToAskThereIsNothingToDo() {
        assertThat(reach.waits(5)).isEqualTo(Long.MAX_VALUE);
        assertThat(reach.ask(5)).isEmpty();
    }

    @Test
    void eachIsAskedOnceASecondEvenlySpread() {
        reach.follow(List.of(1, 2, 3, 4));
        for (int turn = 0; turn < 8; turn++) {
            assertThat(reach.waits(now)).as("turn %d", turn).isEqualTo(turn == 0 ? 0 : 250 * MS);
            now += reach.waits(now);
            assertThat(reach.ask(now).orElseThrow().address()).isEqualTo(1 + turn % 4);
            assertThat(reach.ask(now)).isEmpty();
        }
    }

    @Test
    void whoFallsSilentIsKnownThreeSecondsAfterItsLastAnswerAndNotBeforeTwo() {
        reach.follow(List.of(A, B));
        until(10 * SECOND + 1);
        dead.add(A); // it has just answered
        until(13 * SECOND);
        assertThat(reach.silent()).isEmpty();
        until(13 * SECOND + 1);
        assertThat(reach.silent()).containsExactly(A);
        until(60 * SECOND + 1);
        dead.remove(A);
        assertThat(reach.silent()).containsExactly(A);
        until(61 * SECOND + 1);
        assertThat(reach.silent()).isEmpty();
    }

    @Test
    void whoIsNewIsNotKnownYetForTwoSeconds() {
        dead.add(A);
        reach.follow(List.of(A, B));
        until(2 * SECOND);
        assertThat(reach.silent()).isEmpty();
        until(2 * SECOND + 1);
        assertThat(reach.silent()).containsExactly(A);
    }

    @Test
    void oneLostEchoOrTwoMakeNobodySilent() {
        reach.follow(List.of(A));
        until(5 * SECOND + 1);
        dead.add(A);
        until(7 * SECOND + 1);
        dead.remove(A);
        until(20 * SECOND);
        assertThat(reach.silent()).isEmpty();
    }

    @Test
    void anyAnswerToAQuestionOfTheLastSecondsCounts() {
        dead.add(A);
        reach.follow(List.of(A));
        until(1);
        var old = last;
        until(2 * SECOND + 1);
        assertThat(reach.silent()).containsExactly(A);
        reach.answer(reply(old));
        assertThat(reach.silent()).as("answered late").isEmpty();
    }

    @Test
    void anotherAddressIdentifierOrAnOlderSequenceIsNoAnswer() {
        dead.addAll(List.of(A, B));
        reach.follow(List.of(A, B));
        until(1);
        var old = last;
        until(5 * SECOND);
        reach.answer(reply(old));
        reach.answer(new Echoes.Reply(3, ID, last.sequence()));
        reach.answer(new Echoes.Reply(last.address(), ID + 1, last.sequence()));
        reach.answer(new Echoes.Reply(last.address(), ID, last.sequence() + 1 & 0xffff));
        assertThat(reach.silent()).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void aPauseMakesNobodySilentAndIsNotMadeUpFor() {
        reach.follow(List.of(A, B));
        until(10 * SECOND + 1);
        asked.clear();
        dead.add(A);
        until(11 * SECOND + 1);
        now += 3600 * SECOND; // the answer was lost
        dead.remove(A);
        until(now + SECOND);
        assertThat(reach.silent()).isEmpty();
        assertThat(asked.values()).allMatch(times -> times <= 3);
    }

    @Test
    void whatIsKnownOfThoseWhoStayIsKept() {
        dead.add(A);
        reach.follow(List.of(A, B));
        until(5 * SECOND);
        reach.follow(List.of(B, A, 3));
        assertThat(reach.silent()).containsExactly(A);
        reach.follow(List.of(B));
        assertThat(reach.silent()).isEmpty();
        reach.follow(List.of());
        assertThat(reach.waits(now)).isEqualTo(Long.MAX_VALUE);
        reach.follow(List.of(A));
        until(now + SECOND);
        assertThat(reach.silent()).as("it is new again").isEmpty();
    }

    @Test
    void whatIsForgottenIsNotKnownYet() {
        dead.add(A);
        reach.follow(List.of(A));
        until(5 * SECOND);
        reach.forget();
        assertThat(reach.silent()).isEmpty();
        until(8 * SECOND);
        assertThat(reach.silent()).containsExactly(A);
    }

    @Test
    void asManyAsThereAreNoMoreThanTwoHundredAreAskedInASecond() {
        var many = IntStream.range(0, Reach.TARGETS_MAX + 5).boxed().toList();
        assertThat(reach.follow(many)).isEqualTo(5);
        until(SECOND);
        assertThat(asked).hasSize(200);
        until(6 * SECOND);
        assertThat(asked).hasSize(Reach.TARGETS_MAX);
        assertThat(asked.keySet()).allMatch(address -> address < Reach.TARGETS_MAX);
        assertThat(asked.values()).allMatch(times -> times <= 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whoeverAnswersIsNeverSilentAndWhoeverDoesNotIs(long seed) {
        var random = new Random(seed);
        for (int step = 0; step < 2000; step++) {
            switch (random.nextInt(4)) {
                case 0 ->
                    reach.follow(random.ints(random.nextInt(8), 0, 8)
                            .distinct()
                            .boxed()
                            .toList());
                case 1 -> dead.clear();
                case 2 -> dead.add(random.nextInt(8));
                default -> now += random.nextLong(SECOND / 10); // late
            }
            var before = Set.copyOf(dead);
            until(now + random.nextLong(4) * SECOND + 3 * SECOND / 2);
            assertThat(before).as("seed %d step %d", seed, step).containsAll(reach.silent());
        }
    }
}
