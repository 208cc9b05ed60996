package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamSenderTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final MemberId STANDBY = new MemberId("b", new UUID(1, 2));

    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamSender sender = new StreamSender(3, 8, effects);
    private final DeltaRing ring = new DeltaRing(2);
    private long now = 1000 * MS;

    @Test
    void cutsWhatATurnLeavesAndAFullBatchAtOnce() {
        connection(1, 1);
        assertThat(batches()).isEmpty();
        sender.flush(now);
        assertThat(batches()).hasSize(1);
        for (int i = 2; i <= 201; i++) {
            connection(i, i);
        }
        assertThat(batches()).hasSize(2);
        assertThat(batches().getLast().count()).isEqualTo(200);
    }

    @Test
    void sendsPartFilledBatchesNoOftenerThanItsInterval() {
        connection(1, 1);
        sender.flush(now);
        connection(2, 2);
        sender.flush(now + StreamSender.FLUSH_INTERVAL - 1);
        assertThat(batches()).hasSize(1);
        sender.flush(now + StreamSender.FLUSH_INTERVAL);
        assertThat(batches()).hasSize(2);
    }

    @Test
    void keepsOnlyTheNewestRecordOfAKeyInABatch() {
        connection(1, 1);
        connection(2, 2);
        connection(3, 1);
        sender.flush(now);
        assertThat(versions(batches().getFirst())).containsExactly(3L, 2L);
        assertThat(sender.counts().coalesced()).isEqualTo(1);
    }

    @Test
    void coalescesNothingAcrossABarrierNorAnUpsertIntoAnEnd() {
        connection(1, 1);
        offer(delta -> delta.op(Delta.Op.SNAPSHOT_BEGIN).version(Version.of(3, 1)));
        connection(2, 1);
        offer(delta ->
                delta.op(Delta.Op.CONNECTION_END).version(Version.of(3, 3)).clientAddress(1));
        connection(4, 1);
        sender.flush(now);
        assertThat(versions(batches().getFirst())).containsExactly(1L, 1L, 3L, 4L);
    }

    @Test
    void aMoveOfATemplateIsMergedWithNothing() {
        template(1, 0);
        template(2, Delta.MOVED);
        template(3, 0);
        template(4, 1);
        sender.flush(now);
        assertThat(versions(batches().getFirst())).containsExactly(1L, 2L, 4L);
    }

    private void template(long sequence, int state) {
        offer(delta -> delta.op(Delta.Op.TEMPLATE)
                .version(Version.of(3, sequence))
                .clientAddress(1)
                .state(state));
    }

    @Test
    void aHoleInTheSequenceCutsTheBatchIsCountedAndCostsASnapshot() {
        connection(1, 1);
        connection(5, 2);
        sender.flush(now + MS);
        assertThat(batches()).extracting(Batch::lost).containsExactly(0L, 3L);
        assertThat(effects).contains(new SyncEffect.AskSnapshot());
        assertThat(sender.counts().lost()).isEqualTo(3);
    }

    @Test
    void aCheckpointShowsAHoleAtTheEnd() {
        connection(1, 1);
        checkpoint(4, 10, 20);
        assertThat(sender.counts().lost()).isEqualTo(3);
    }

    @Test
    void takesNothingOfAnOlderTermOutsideOfASnapshot() {
        offer(delta -> delta.op(Delta.Op.CONNECTION).version(Version.of(2, 7)).clientAddress(1));
        sender.flush(now);
        assertThat(batches()).isEmpty();
        offer(delta -> delta.op(Delta.Op.SNAPSHOT_BEGIN).version(Version.of(3, 0)));
        offer(delta -> delta.op(Delta.Op.CONNECTION).version(Version.of(2, 7)).clientAddress(1));
        sender.flush(now + MS);
        assertThat(batches().getFirst().count()).isEqualTo(2);
    }

    @Test
    void aBarrierThatAnEarlierTermLeftIsNone() {
        offer(delta -> delta.op(Delta.Op.SNAPSHOT_BEGIN).version(Version.of(2, 9)));
        offer(delta -> delta.op(Delta.Op.CHECKPOINT).version(Version.of(2, 9)));
        sender.flush(now);
        assertThat(batches()).isEmpty();
        assertThat(sender.snapshotOpen()).isFalse();
        sender.wantSnapshot(1);
        sender.flush(now);
        assertThat(asked()).as("none is under way").isEqualTo(1);
    }

    @Test
    void nothingIsKnownOfAStandbyThatNeverAcked() {
        sender.joined(STANDBY, now);
        connection(1, 1);
        sender.flush(now);
        StreamSender.Readout readout = sender.readout(STANDBY, 0, now + 40 * MS);
        assertThat(readout.state()).isEqualTo(SyncState.UNKNOWN);
        assertThat(readout.lag()).isEmpty();
        assertThat(readout.backlogBatches()).isEmpty();
        assertThat(readout.connections())
                .as("no CHECKPOINT has told the size of the table")
                .isEmpty();
        assertThat(readout.oldestAgeNanos()).hasValue(40 * MS);
    }

    @Test
    void aStandbyThatJoinsMayLackTheWholeTable() {
        sender.joined(STANDBY, now);
        assertThat(sender.holds()).isEmpty();
        checkpoint(0, 10, 20);
        assertThat(sender.holds()).hasValue(new TableSize(10, 20));
        connection(1, 1);
        sender.flush(now + MS);
        sender.acked(STANDBY, new SyncMessage.Ack(3, 2, 0, SyncState.JOINING, false), now + MS);
        StreamSender.Readout readout = sender.readout(STANDBY, 2, now + MS);
        assertThat(readout.connections()).hasValue(10 + 1 + 2);
        assertThat(readout.templates()).hasValue(20 + 2);
    }

    @Test
    void theAgeOfTheOldestUnackedGrowsWhileAStandbyIsSilent() {
        equalStandby();
        connection(1, 1);
        sender.flush(now + MS);
        assertThat(sender.readout(STANDBY, 0, now + 100 * MS).oldestAgeNanos()).hasValue(100 * MS);
        assertThat(sender.readout(STANDBY, 0, now + 300 * MS).state()).isEqualTo(SyncState.BEHIND);
        StreamSender.Readout late = sender.readout(STANDBY, 0, now + 5000 * MS);
        assertThat(late.oldestAgeNanos()).hasValue(5000 * MS);
        assertThat(late.state()).isEqualTo(SyncState.UNKNOWN);
        assertThat(late.connections()).hasValue(1);
    }

    @Test
    void measuresLagOnItsOwnClock() {
        equalStandby();
        connection(1, 1);
        sender.flush(now + MS);
        sender.acked(STANDBY, new SyncMessage.Ack(3, 2, 12345, SyncState.EQUAL, true), now + 7 * MS);
        SyncStatus.Lag lag = sender.readout(STANDBY, 0, now + 7 * MS).lag().orElseThrow();
        assertThat(lag.maxMicros()).isBetween(6900L, 7100L);
        assertThat(lag.samples()).isEqualTo(1);
        assertThat(sender.readout(STANDBY, 0, now + 7 * MS).connections()).hasValue(0);
    }

    @Test
    void resendsWhatItHoldsAndNoMore() {
        for (int i = 1; i <= 20; i++) {
            connection(i, i);
            sender.flush(now += MS);
        }
        effects.clear();
        sender.resend(STANDBY, new SyncMessage.Resend(3, 1, 100));
        assertThat(effects)
                .extracting(effect -> ((Batch) ((SyncEffect.Unicast) effect).message()).number())
                .containsExactly(13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L);
    }

    @Test
    void asksForOneSnapshotAtATimeAndForAnotherWhenOneCameTooEarly() {
        sender.wantSnapshot(1);
        sender.flush(now);
        sender.flush(now + MS);
        assertThat(asked()).isEqualTo(1);
        offer(delta -> delta.op(Delta.Op.SNAPSHOT_BEGIN).version(Version.of(3, 0)));
        sender.flush(now += MS);
        sender.wantSnapshot(1);
        sender.flush(now += MS);
        assertThat(asked()).as("the one under way serves").isEqualTo(1);
        sender.wantSnapshot(2);
        sender.flush(now += MS);
        assertThat(asked()).as("first the one under way ends").isEqualTo(1);
        offer(delta -> delta.op(Delta.Op.SNAPSHOT_END).version(Version.of(3, 0)));
        sender.flush(now += MS);
        assertThat(asked()).isEqualTo(2);
    }

    private void equalStandby() {
        sender.joined(STANDBY, now);
        checkpoint(0, 0, 0);
        sender.acked(STANDBY, new SyncMessage.Ack(3, 1, 0, SyncState.EQUAL, true), now);
    }

    private void connection(long sequence, int client) {
        offer(delta ->
                delta.op(Delta.Op.CONNECTION).version(Version.of(3, sequence)).clientAddress(client));
    }

    private void checkpoint(long sequence, int connections, int templates) {
        offer(delta -> delta.op(Delta.Op.CHECKPOINT)
                .version(Version.of(3, sequence))
                .connections(connections)
                .templates(templates));
    }

    private void offer(Consumer<Delta> filling) {
        filling.accept(Objects.requireNonNull(ring.claim()));
        ring.publish();
        sender.offer(Objects.requireNonNull(ring.peek()), now);
        ring.release();
    }

    private List<Batch> batches() {
        return effects.stream()
                .filter(SyncEffect.Multicast.class::isInstance)
                .map(effect -> (Batch) ((SyncEffect.Multicast) effect).message())
                .toList();
    }

    private long asked() {
        return effects.stream().filter(SyncEffect.AskSnapshot.class::isInstance).count();
    }

    private static List<Long> versions(Batch batch) {
        var versions = new ArrayList<Long>();
        Delta view = batch.view();
        for (int i = 0; i < batch.count(); i++) {
            versions.add(Version.sequence(batch.record(view, i).version()));
        }
        return versions;
    }
}
