package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.linux.Poller;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeQueueTest {
    private final ProbeQueue queue = new ProbeQueue();

    @AfterEach
    void close() {
        queue.close();
    }

    private List<Long> drained() {
        var drained = new ArrayList<Long>();
        queue.drain(drained::add);
        return drained;
    }

    @Test
    void requestsComeOutInOrderAndOnce() {
        queue.offer(3);
        queue.offer(1);
        assertThat(drained()).containsExactly(3L, 1L);
        assertThat(drained()).isEmpty();
    }

    @Test
    void whatFindsNoRoomIsDroppedAndTheQueueGoesOn() {
        for (long i = 0; i < 1000; i++) {
            queue.offer(i);
        }
        assertThat(drained()).hasSize(256).startsWith(0L, 1L).endsWith(255L);
        queue.offer(7);
        assertThat(drained()).containsExactly(7L);
    }

    @Test
    void whatIsNoNeighbourIsNotAskedFor() { // the routes may change between the two looks of one packet
        queue.offer(NextHops.NO_ROUTE);
        assertThat(drained()).isEmpty();
    }

    @Test
    void theReaderIsWokenByTheFirstRequestAfterEachDrain() {
        try (var poller = new Poller(queue.wakeUp().fd())) {
            for (int round = 0; round < 3; round++) {
                assertThat(poller.poll(0)).isZero();
                queue.offer(1);
                queue.offer(2);
                assertThat(poller.poll(0)).isOne();
                assertThat(drained()).containsExactly(1L, 2L);
            }
        }
    }

    @Test
    void nothingIsLostOrMixedUpBetweenTwoThreads() throws InterruptedException {
        var drained = new ArrayList<Long>();
        var producer = Thread.ofPlatform().start(() -> {
            for (long i = 0; i < 20_000; i++) {
                queue.offer(i);
            }
        });
        while (producer.isAlive()) {
            queue.drain(drained::add);
        }
        queue.drain(drained::add);
        assertThat(drained).isSorted().doesNotHaveDuplicates().contains(0L);
    }
}
