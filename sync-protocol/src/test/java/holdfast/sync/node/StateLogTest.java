package holdfast.sync.node;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.SyncState;
import holdfast.sync.node.StateLog.Line;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StateLogTest {
    private static final long START = TimeUnit.HOURS.toNanos(3);
    private static final long MINUTE = StateLog.WINDOW;

    private final StateLog log = new StateLog("d1");

    @Test
    void aBusyPairThatFlapsWritesOneLine() {
        assertThat(log.changed("d2", SyncState.JOINING, START)).contains(new Line("d2", SyncState.JOINING, 0));
        assertThat(log.changed("d2", SyncState.EQUAL, START)).contains(new Line("d2", SyncState.EQUAL, 0));
        long lines = IntStream.range(0, 1000)
                .mapToLong(i -> count(log.changed("d2", SyncState.BEHIND, START + i * MINUTE / 100))
                        + count(log.changed("d2", SyncState.EQUAL, START + i * MINUTE / 100))
                        + log.due(START + i * MINUTE / 100).size())
                .sum();
        assertThat(lines).isZero();
    }

    @Test
    void aBrokenPairWritesAFewLinesAMinute() {
        long lines = 0;
        for (int second = 0; second < 300; second++) {
            long now = START + TimeUnit.SECONDS.toNanos(second);
            lines += count(log.changed("d2", SyncState.GONE, now));
            lines += count(log.changed("d2", SyncState.UNKNOWN, now));
            lines += log.due(now).size();
        }
        assertThat(lines).isLessThanOrEqualTo(5L * StateLog.LINES_MAX);
    }

    @Test
    void theStateAtTheEndOfAStormIsReportedWithTheNumberOfChangesLeftOut() {
        for (int i = 0; i < 10; i++) {
            log.changed("d2", SyncState.GONE, START);
            log.changed("d2", SyncState.EQUAL, START);
        }
        assertThat(log.changed("d2", SyncState.GONE, START)).isEmpty();
        assertThat(log.due(START + MINUTE - 1)).isEmpty();
        assertThat(log.due(START + MINUTE)).containsExactly(new Line("d2", SyncState.GONE, 21 - StateLog.LINES_MAX));
        assertThat(log.due(START + 2 * MINUTE)).isEmpty();
    }

    @Test
    void aMemberThatStaysBehindIsReportedAfterAMinute() {
        log.changed("d2", SyncState.EQUAL, START);
        log.changed("d2", SyncState.BEHIND, START);
        assertThat(log.due(START + MINUTE - 1)).isEmpty();
        assertThat(log.due(START + MINUTE)).containsExactly(new Line("d2", SyncState.BEHIND, 0));
    }

    @Test
    void eachMemberHasItsOwnLines() {
        for (int i = 0; i < 10; i++) {
            log.changed("d2", SyncState.GONE, START);
            log.changed("d2", SyncState.EQUAL, START);
        }
        assertThat(log.changed("d3", SyncState.GONE, START)).contains(new Line("d3", SyncState.GONE, 0));
    }

    private static int count(Optional<Line> line) {
        return line.isPresent() ? 1 : 0;
    }
}
