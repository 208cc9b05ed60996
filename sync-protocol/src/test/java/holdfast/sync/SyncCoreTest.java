package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SyncCoreTest {
    private static final MemberId SELF = new MemberId("a", new UUID(1, 2));
    private static final MemberId ACTIVE = new MemberId("b", new UUID(3, 4));
    private static final long NOW = 1_000_000_000;

    private final SyncCore core = new SyncCore(SELF, "config", Links.NONE, new ModelTables(256, 256));

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
        var hello =
                new SyncMessage.Hello(Role.ACTIVE, 3, 0, 1, "config", false, Set.of(SELF.incarnation()), Links.NONE);
        core.received(ACTIVE, 1, hello, NOW);
        core.turn(NOW);
        return core.takeEffects().stream()
                .filter(SyncEffect.Unicast.class::isInstance)
                .map(effect -> ((SyncEffect.Unicast) effect).message())
                .filter(SyncMessage.SnapshotRequest.class::isInstance)
                .map(SyncMessage.SnapshotRequest.class::cast)
                .toList();
    }
}
