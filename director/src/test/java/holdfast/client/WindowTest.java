package holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.testing.Seeds;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final int SECOND = 1_000_000_000;

    @Test
    void steadyRateIsExactToOne() {
        long window = 0;
        for (int i = 0; i < 500; i++) {
            int second = i / 100;
            window = Window.added(window, second);
            if (i >= 100) {
                assertThat(Window.perSecond(window, second, i % 100 * (SECOND / 100)))
                        .isBetween(100, 101);
            }
        }
    }

    @Test
    void countsAreForgottenAfterTwoSeconds() {
        long window = Window.added(Window.added(0, 7), 7);

        assertThat(Window.perSecond(window, 7, 0)).isEqualTo(2);
        assertThat(Window.perSecond(window, 8, SECOND / 2)).isEqualTo(1);
        assertThat(Window.both(window, 8)).isEqualTo(2);
        assertThat(Window.perSecond(window, 9, 0)).isZero();
        assertThat(Window.both(window, 9)).isZero();
    }

    @Test
    void countStopsAtItsBound() {
        long window = 0;
        for (int i = 0; i < Window.COUNT_MAX + 10; i++) {
            window = Window.added(window, 3);
        }
        assertThat(Window.perSecond(window, 3, 0)).isEqualTo(Window.COUNT_MAX);
        assertThat(Window.perSecond(window, 4, 0)).isEqualTo(Window.COUNT_MAX);
        assertThat(Window.perSecond(Window.added(window, 5), 5, 0)).isEqualTo(1);
    }

    @Test
    void isWrongByAtMostTheCountOfTheSecondBefore() {
        Seeds.each(50, (random, _) -> {
            long window = 0;
            var times = new ArrayDeque<Long>();
            long now = 0;
            for (int i = 0; i < 1000; i++) {
                now += random.nextInt(4) == 0 ? random.nextLong(SECOND) : random.nextLong(1_000_000);
                int second = (int) (now / SECOND);
                window = Window.added(window, second);
                times.add(now);
                long at = now;
                long inLastSecond = times.stream().filter(t -> t > at - SECOND).count();
                long inSecondBefore =
                        times.stream().filter(t -> t / SECOND == second - 1).count();
                assertThat(Window.perSecond(window, second, (int) (now % SECOND)))
                        .isBetween((int) (inLastSecond - inSecondBefore), (int) (inLastSecond + inSecondBefore));
            }
        });
    }
}
