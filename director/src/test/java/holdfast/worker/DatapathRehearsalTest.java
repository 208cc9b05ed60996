package holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.table.Counter;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatapathRehearsalTest {
    /// What needs a full table, a removed real server, a defence, a pause or a blocked client.
    private static final Set<Counter> NOT_REHEARSED = EnumSet.of(
            Counter.DROPPED_REAL_SERVER_GONE,
            Counter.DROPPED_SERVER_NO_CONNECTION,
            Counter.DROPPED_BY_DEFENCE,
            Counter.DROPPED_CLIENT_BLOCKED,
            Counter.DROPPED_TABLE_FULL,
            Counter.COPY_WITHOUT_ROOM,
            Counter.DROPPED_SEND,
            Counter.DROPPED_AFTER_PAUSE,
            Counter.EVICTED_HALF_OPEN,
            Counter.EVICTED_CLOSING,
            Counter.EVICTED_TEMPLATE,
            Counter.EVICTED_BY_DEFENCE,
            Counter.SUPPRESSED_ICMP_ERROR,
            Counter.SUPPRESSED_RESET,
            Counter.ARP_CONFLICT,
            Counter.DROPPED_OVERLOAD,
            Counter.RING_DROPS,
            Counter.RING_DROPS_HELD,
            Counter.RING_DROPS_PAUSED,
            Counter.RING_TRUNCATED,
            Counter.SOCKETS_REFUSED,
            Counter.PROBE_REFUSED,
            Counter.NETLINK_INTERRUPTED,
            Counter.NETLINK_OVERRUN,
            Counter.NETLINK_BROKEN,
            Counter.ECHO_NOT_SENT,
            Counter.ECHO_SOCKET_FAILED,
            Counter.ECHO_TARGETS_LEFT_OUT,
            Counter.ORDER_IGNORED,
            Counter.SHIELD_REFUSED,
            Counter.MERGED_CLIENTS,
            Counter.UNKNOWN_METHOD,
            Counter.LOST_DELTA);

    private final DatapathRehearsal rehearsal = new DatapathRehearsal();

    @AfterEach
    void close() {
        rehearsal.close();
    }

    private void activate() {
        var serves = rehearsal.group().activate(1, Long.MAX_VALUE);
        rehearsal.turn();
        assertThat(serves).isCompleted();
    }

    private long count(Counter counter) {
        return rehearsal.group().counters().value(counter);
    }

    @Test
    void framesOfEveryKindAreTaken() {
        rehearsal.takeFrames();
        activate();
        rehearsal.takeFrames();
        rehearsal.group().relay(new long[] {1, 1});
        rehearsal.turn();
        rehearsal.takeFrames();
        for (var counter : Counter.values()) {
            assertThat(count(counter) > 0).as(counter.word()).isEqualTo(!NOT_REHEARSED.contains(counter));
        }
    }

    @Test
    void whatLeavesItGoesByThreeKindsOfEgress() {
        activate();
        rehearsal.takeFrames();
        assertThat(rehearsal.sent()).hasSize(3).doesNotContain(0);
    }

    @Test
    void afterItsEndTheSameFramesBeginAnew() {
        activate();
        rehearsal.takeFrames();
        long forwarded = count(Counter.FORWARDED_TO_SERVER);
        rehearsal.endAll();
        assertThat(connections()).isZero();
        rehearsal.takeFrames();
        assertThat(count(Counter.FORWARDED_TO_SERVER)).isEqualTo(2 * forwarded);
        assertThat(connections()).isGreaterThan(20);
    }

    private int connections() {
        var size = rehearsal.group().query(tables -> tables.connections().size());
        rehearsal.turn();
        return size.join();
    }
}
