package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.Equality;
import holdfast.sync.SyncState;
import holdfast.vip.TableState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReplicationTest {
    private static final long VERSION = 3L << 48 | 7;

    private final List<TableState> published = new ArrayList<>();
    private final Replication replication = new Replication(published::add);

    @Test
    void aStandbyIsEqualWhereTheStreamIsWholeAndTheDigestsAgreed() {
        replication.compared(new Equality(Equality.State.EQUAL, VERSION, 1), VERSION + 1);
        assertThat(published.getLast().equal()).isFalse();
        replication.state(SyncState.EQUAL);
        assertThat(published.getLast()).isEqualTo(new TableState(VERSION + 1, VERSION, true));
        replication.state(SyncState.UNKNOWN);
        assertThat(published.getLast().equal()).isFalse();
    }

    @Test
    void whoWasActiveIsEqualToNobodyBeforeItsSyncSideHasLooked() {
        replication.compared(new Equality(Equality.State.EQUAL, VERSION, 1), VERSION);
        replication.state(SyncState.EQUAL);
        replication.active(4);
        assertThat(published.getLast().equal()).isFalse();
        replication.standby();
        assertThat(published.getLast().equal()).isFalse();
        replication.state(SyncState.EQUAL);
        assertThat(published.getLast().equal())
                .as("no digest of the new active yet")
                .isFalse();
    }

    /// The worker compares checkpoints between packets; the election's wake-up is a system call of whoever publishes.
    @Test
    @Timeout(10)
    void aComparisonWaitsForNobodyWhoPublishesAndIsNotLost() throws Exception {
        var isPublishing = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        var slow = new Replication(state -> {
            published.add(state);
            isPublishing.countDown();
            assertThat(joined(mayGoOn)).isTrue();
        });
        var sync = Thread.ofPlatform().start(() -> slow.state(SyncState.EQUAL));
        assertThat(joined(isPublishing)).isTrue();
        var worker =
                Thread.ofPlatform().start(() -> slow.compared(new Equality(Equality.State.EQUAL, VERSION, 1), VERSION));
        assertThat(worker.join(Duration.ofSeconds(2)))
                .as("the worker has gone on")
                .isTrue();
        mayGoOn.countDown();
        sync.join();
        assertThat(published.getLast()).isEqualTo(new TableState(VERSION, VERSION, true));
    }

    private static boolean joined(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
