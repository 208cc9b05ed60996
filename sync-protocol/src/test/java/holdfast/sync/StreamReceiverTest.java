package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamReceiverTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final MemberId ACTIVE = new MemberId("a", new UUID(1, 2));

    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamReceiver receiver = new StreamReceiver(effects);
    private DeltaRing in = new DeltaRing(1024);
    private long now = 1000 * MS;
    private long applied;
    private Equality equality = Equality.UNKNOWN;

    @Test
    void acksOnlyWhatTheWorkerApplied() {
        follow();
        receiver.batch(batch(1, Delta.Op.CONNECTION, Delta.Op.CONNECTION), now);
        turn();
        assertThat(lastAck().batch()).isZero();
        applied = 1;
        later(60);
        assertThat(lastAck().batch()).as("half a batch").isZero();
        applied = 2;
        turn();
        assertThat(lastAck().batch()).isEqualTo(1);
        assertThat(lastAck().stampNanos()).isEqualTo(77);
    }

    @Test
    void putsReorderedBatchesIntoTheirOrder() {
        follow();
        receiver.batch(batch(2, Delta.Op.TEMPLATE), now);
        turn();
        assertThat(in.size()).isZero();
        receiver.batch(batch(1, Delta.Op.CONNECTION), now);
        turn();
        assertThat(in.size()).isEqualTo(2);
    }

    @Test
    void asksForAGapAgainAndAgainButEverMoreSlowly() {
        follow();
        receiver.batch(batch(4, Delta.Op.CONNECTION), now);
        turn();
        assertThat(of(SyncMessage.Resend.class)).isEmpty();
        later(2);
        assertThat(of(SyncMessage.Resend.class)).containsExactly(new SyncMessage.Resend(5, 1, 3));
        for (int i = 0; i < 1000; i++) {
            later(1);
        }
        assertThat(of(SyncMessage.Resend.class)).hasSizeBetween(8, 15);
    }

    @Test
    void noticesAGapAtTheEndFromTheActivesPosition() {
        follow();
        receiver.heard(3, 1, now);
        turn();
        later(3);
        assertThat(of(SyncMessage.Resend.class)).containsExactly(new SyncMessage.Resend(5, 1, 3));
    }

    @Test
    void leavesBatchesUnackedWhileTheWorkersRingIsFull() {
        in = new DeltaRing(2);
        follow();
        receiver.batch(batch(1, Delta.Op.CONNECTION), now);
        receiver.batch(batch(2, Delta.Op.CONNECTION, Delta.Op.CONNECTION), now);
        turn();
        assertThat(in.size()).as("a batch enters whole or not at all").isEqualTo(1);
        applyAll();
        turn();
        assertThat(lastAck().batch()).isEqualTo(1);
        assertThat(in.size()).isEqualTo(2);
        applyAll();
        turn();
        assertThat(lastAck().batch()).isEqualTo(2);
    }

    @Test
    void isCompleteOnlyAfterAWholeSnapshotIsApplied() {
        becomeEqual();
    }

    @Test
    void knowsTheSizeOfTheActivesTablesFromItsLastCheckpointAlone() {
        follow();
        assertThat(receiver.activeHolds()).isEmpty();
        var builder = new Batch.Builder(1);
        builder.next()
                .op(Delta.Op.CHECKPOINT)
                .version(Version.of(5, 1))
                .connections(750)
                .templates(20);
        receiver.batch(builder.build(5, 0, 1, 77, 0), now);
        turn();
        assertThat(receiver.activeHolds()).hasValue(new TableSize(750, 20));
        receiver.stop();
        assertThat(receiver.activeHolds())
                .as("of an active that it follows no longer")
                .isEmpty();
    }

    private void becomeEqual() {
        follow();
        receiver.batch(batch(1, Delta.Op.SNAPSHOT_BEGIN, Delta.Op.CONNECTION), now);
        receiver.batch(batch(2, Delta.Op.SNAPSHOT_END), now);
        turn();
        assertThat(lastAck().complete()).isFalse();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
        assertThat(lastAck().state()).as("not compared yet").isEqualTo(SyncState.JOINING);
        receiver.batch(batch(3, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.EQUAL, 1, now);
        turn();
        assertThat(lastAck().state()).isEqualTo(SyncState.EQUAL);
    }

    @Test
    void aSnapshotWithAGapThatNobodyCanFillSweepsNothing() {
        follow();
        receiver.batch(batch(1, Delta.Op.SNAPSHOT_BEGIN, Delta.Op.CONNECTION), now);
        receiver.batch(batch(4, Delta.Op.CONNECTION, Delta.Op.SNAPSHOT_END), now);
        receiver.heard(4, 4, now);
        turn();
        later(1);
        assertThat(drainedOps()).containsExactly(Delta.Op.SNAPSHOT_BEGIN, Delta.Op.CONNECTION, Delta.Op.CONNECTION);
        turn();
        assertThat(lastAck().complete()).isFalse();
        assertThat(of(SyncMessage.SnapshotRequest.class)).contains(new SyncMessage.SnapshotRequest(5, 4));
    }

    @Test
    void aHoleAtTheWorkerMakesItAskForASnapshotFromThere() {
        follow();
        receiver.batch(batch(1, Delta.Op.SNAPSHOT_BEGIN, Delta.Op.SNAPSHOT_END), now);
        turn();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
        receiver.batch(new Batch(5, 0, 2, 77, 9, new long[Delta.WORDS]), now);
        turn();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isFalse();
        assertThat(of(SyncMessage.SnapshotRequest.class)).contains(new SyncMessage.SnapshotRequest(5, 2));
    }

    @Test
    void aDirectorWithATableWaitsForTheCheckpointBeforeItAsksForEverything() {
        receiver.tableIsOurs();
        follow();
        later(200);
        assertThat(of(SyncMessage.SnapshotRequest.class)).isEmpty();
        receiver.batch(batch(1, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.DIFFERENT, 1, now);
        turn();
        assertThat(of(SyncMessage.SnapshotRequest.class)).containsExactly(new SyncMessage.SnapshotRequest(5, 1));
    }

    @Test
    void aDirectorWhoseTableEqualsTheNewActivesAsksForNothing() {
        receiver.tableIsOurs();
        follow();
        later(200);
        receiver.batch(batch(1, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.EQUAL, 1, now);
        turn();
        assertThat(lastAck().state()).isEqualTo(SyncState.EQUAL);
        later(1000);
        assertThat(of(SyncMessage.SnapshotRequest.class)).isEmpty();
    }

    @Test
    void differentDigestsAfterACompleteCopyAreSaidAndHealed() {
        becomeEqual();
        receiver.batch(batch(4, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.DIFFERENT, 1, now);
        turn();
        assertThat(lastAck().state()).isEqualTo(SyncState.DIFFERENT);
        assertThat(of(SyncMessage.SnapshotRequest.class)).contains(new SyncMessage.SnapshotRequest(5, 5));
    }

    /// Tables of different size never become equal; each copy costs the active and all standbys.
    @Test
    void copiesThatDoNotHelpBecomeRareAndOneAfterAnEqualTableDoesNotWait() {
        becomeEqual();
        int batch = 3;
        equality = new Equality(Equality.State.DIFFERENT, 1, now);
        for (int second = 0; second < 600; second++) {
            int asked = of(SyncMessage.SnapshotRequest.class).size();
            receiver.batch(batch(++batch, Delta.Op.CHECKPOINT), now);
            later(1000);
            applyAll();
            turn();
            if (of(SyncMessage.SnapshotRequest.class).size() > asked) {
                receiver.batch(batch(++batch, Delta.Op.SNAPSHOT_BEGIN, Delta.Op.SNAPSHOT_END), now);
                turn();
                applyAll();
                turn();
            }
        }
        int askedInVain = of(SyncMessage.SnapshotRequest.class).size();
        assertThat(askedInVain).isBetween(10, 20);
        receiver.batch(batch(++batch, Delta.Op.SNAPSHOT_BEGIN, Delta.Op.SNAPSHOT_END), now);
        receiver.batch(batch(++batch, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.EQUAL, 1, now);
        turn();
        receiver.batch(batch(++batch, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(Equality.State.DIFFERENT, 1, now);
        turn();
        assertThat(of(SyncMessage.SnapshotRequest.class)).hasSize(askedInVain + 1);
    }

    @Test
    void silenceIsUnknown() {
        becomeEqual();
        now += StreamReceiver.SILENT_INTERVAL + 1;
        assertThat(receiver.state(now)).isEqualTo(SyncState.UNKNOWN);
    }

    private void follow() {
        receiver.follow(ACTIVE, 5, 1, now);
    }

    private void turn() {
        receiver.turn(in, applied, equality, now);
    }

    private void later(long millis) {
        now += millis * MS;
        receiver.heard(0, 0, now);
        turn();
    }

    private void applyAll() {
        applied += drainedOps().size();
    }

    private List<Delta.Op> drainedOps() {
        var ops = new ArrayList<Delta.Op>();
        for (Delta delta = in.peek(); delta != null; delta = in.peek()) {
            ops.add(delta.op());
            in.release();
        }
        return ops;
    }

    private static Batch batch(long number, Delta.Op... ops) {
        var builder = new Batch.Builder(ops.length);
        for (Delta.Op op : ops) {
            builder.next().op(op).version(Version.of(5, number));
        }
        return builder.build(5, 0, number, 77, 0);
    }

    private SyncMessage.Ack lastAck() {
        return of(SyncMessage.Ack.class).getLast();
    }

    private <T extends SyncMessage> List<T> of(Class<T> kind) {
        return effects.stream()
                .filter(SyncEffect.Unicast.class::isInstance)
                .map(effect -> ((SyncEffect.Unicast) effect).message())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
