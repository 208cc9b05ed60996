package holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.linux.Echoes;
import holdfast.linux.Errno;
import holdfast.linux.SyscallException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EchoWatchTest {
    private static final long SECOND = 1_000_000_000;
    private static final int A = 1;

    private final Counters counters = new Counters();
    private final EchoWatch watch = new EchoWatch(this::open, counters, 0);
    private final Queue<Echoes.Reply> replies = new ArrayDeque<>();
    private final List<Integer> asked = new ArrayList<>();
    private IntPredicate answers = _ -> true;
    private Optional<Integer> refusal = Optional.empty();
    private Optional<SyscallException> trouble = Optional.empty();
    private boolean opens = true;
    private int open;
    private long now;
    private int news;

    private Echoes open() {
        if (!opens) {
            throw failure(Errno.EPERM);
        }
        open++;
        return new Socket();
    }

    private static SyscallException failure(Errno errno) {
        return new SyscallException("socket", "ICMP echoes", errno.number());
    }

    private final class Socket implements Echoes {
        @Override
        public Optional<Integer> ask(int address, int identifier, int sequence) {
            asked.add(address);
            if (refusal.isEmpty() && answers.test(address)) {
                replies.add(new Reply(address, identifier, sequence));
            }
            return refusal;
        }

        @Override
        public Optional<Reply> receive() {
            trouble.ifPresent(failure -> {
                throw failure;
            });
            return Optional.ofNullable(replies.poll());
        }

        @Override
        public void close() {
            open--;
        }
    }

    private void until(long end) {
        while (watch.waits(now) < end - now) {
            now += watch.waits(now);
            news += watch.turn(now) ? 1 : 0;
        }
        now = end;
    }

    @Test
    void silenceAndItsEndAreNews() {
        watch.follow(List.of(A));
        until(5 * SECOND);
        assertThat(news).isZero();
        answers = _ -> false;
        until(10 * SECOND);
        assertThat(watch.silent()).containsExactly(A);
        assertThat(news).isOne();
        answers = _ -> true;
        until(15 * SECOND);
        assertThat(watch.silent()).isEmpty();
        assertThat(news).isEqualTo(2);
        assertThat(asked).hasSize(15);
    }

    @Test
    void whatTheKernelRefusesToSendIsCountedAndNotAnswered() {
        refusal = Optional.of(Errno.EPERM.number());
        watch.follow(List.of(A));
        until(5 * SECOND);
        assertThat(watch.silent()).containsExactly(A);
        assertThat(counters.value(Counter.ECHO_NOT_SENT)).isEqualTo(5);
    }

    @Test
    void aSocketThatCannotBeOpenedLeavesNobodySilentAndIsTriedOnceASecond() {
        opens = false;
        watch.follow(List.of(A, 2, 3));
        until(10 * SECOND);
        assertThat(watch.silent()).isEmpty();
        assertThat(counters.value(Counter.ECHO_SOCKET_FAILED)).isEqualTo(10);
        opens = true;
        answers = _ -> false;
        until(20 * SECOND);
        assertThat(watch.silent()).hasSize(3);
    }

    @Test
    void aSocketThatFailsIsReplaced() {
        answers = _ -> false;
        watch.follow(List.of(A));
        until(5 * SECOND);
        trouble = Optional.of(failure(Errno.ENOBUFS));
        until(7 * SECOND);
        assertThat(watch.silent()).isEmpty();
        trouble = Optional.empty();
        until(8 * SECOND);
        assertThat(open).isOne();
        watch.close();
        assertThat(open).isZero();
    }

    @Test
    void aFloodOfRepliesEndsAtABound() {
        watch.follow(List.of(A));
        for (int i = 0; i < 10_000; i++) {
            replies.add(new Echoes.Reply(A, i, i));
        }
        until(1);
        assertThat(replies).hasSizeGreaterThan(9000);
    }

    @Test
    void thoseBeyondTheBoundAreCountedOnce() {
        var many = IntStream.range(0, Reach.TARGETS_MAX + 3).boxed().toList();
        watch.follow(many);
        watch.follow(many);
        assertThat(counters.value(Counter.ECHO_TARGETS_LEFT_OUT)).isEqualTo(3);
    }
}
