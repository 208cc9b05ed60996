package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SyncCoreTest {
    private static final MemberId SELF = new MemberId("a", new UUID(1, 2));
    private static final MemberId ACTIVE = new MemberId("b", new UUID(3, 4));
    private static final long NOW = 1_000_000_000;

    private final SyncCore core = new SyncCore(SELF, "config", Links.NONE, new ModelTables(256, 256), NOW);

    @Test
    void aNewDirectorAsksForATableAtOnce() {
        assertThat(askedOnceAnActiveIsHeard()).hasSize(1);
    }

    @Test
    void oneThatWasActiveAsksForNothingBeforeItsTableWasCompared() {
        core.active(2, NOW);
        core.standby();
        assertThat(askedOnceAnActiveIsHeard()).isEmpty();
    }

    private List<SyncMessage.SnapshotRequest> askedOnceAnActiveIsHeard() {
        var hello = Hellos.standby(5, SELF, NOW).active(3).message();
        core.received(ACTIVE, 1, hello, Hellos.Via.INTERCONNECT, NOW);
        core.turn(NOW);
        return core.takeEffects().stream()
                .filter(SyncEffect.Unicast.class::isInstance)
                .map(effect -> ((SyncEffect.Unicast) effect).message())
                .filter(SyncMessage.SnapshotRequest.class::isInstance)
                .map(SyncMessage.SnapshotRequest.class::cast)
                .toList();
    }
}
