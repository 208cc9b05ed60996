package holdfast.group;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.sync.Equality;
import holdfast.sync.SyncState;
import holdfast.vip.TableState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
