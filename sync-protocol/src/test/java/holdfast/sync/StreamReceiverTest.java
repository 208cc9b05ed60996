package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamReceiverTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final MemberId ACTIVE = new MemberId("a", new UUID(1, 2));

    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamReceiver receiver = new StreamReceiver(effects);
    private DeltaRing in = new DeltaRing(4096);
    private long now = 1000 * MS;
    private long applied;
    private Equality equality = Equality.UNKNOWN;
    private Buckets lacking = Buckets.NONE;

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
    void isCompleteOnlyAfterAWholeCopyIsApplied() {
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
        turn();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 1, Version.NONE, Buckets.ALL));
        arrives(1, copyOf(Buckets.ALL));
        turn();
        assertThat(lastAck().complete()).isFalse();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
        assertThat(lastAck().state()).as("not compared yet").isEqualTo(SyncState.JOINING);
        compared(2, Equality.State.EQUAL);
        assertThat(lastAck().state()).isEqualTo(SyncState.EQUAL);
        effects.clear();
    }

    @Test
    void whatCameOfACopyStaysAndTheRestIsAskedFor() {
        follow();
        turn();
        arrives(1, copyOf(Buckets.range(0, 600)));
        turn();
        applyAll();
        effects.clear();
        turn();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 1, Version.NONE, Buckets.range(600, 1024)));
        arrives(2, copyOf(Buckets.range(600, 1024)));
        turn();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
    }

    @Test
    void aContinuedCopyIsNotAskedForAgainAtOnce() {
        follow();
        turn();
        arrives(1, copyOf(true, Buckets.range(0, 600)));
        turn();
        applyAll();
        effects.clear();
        turn();
        assertThat(of(SyncMessage.CopyRequest.class)).isEmpty();
        later(250);
        assertThat(of(SyncMessage.CopyRequest.class)).as("it did not go on").hasSize(1);
    }

    @Test
    void aCopyWithAGapThatNobodyCanFillSweepsNothing() {
        follow();
        arrives(1, copyOf(Buckets.range(0, 2)).subList(0, 2));
        receiver.batch(batch(4, Delta.Op.CONNECTION, Delta.Op.COPY_END), now);
        receiver.heard(4, 4, now);
        turn();
        later(1);
        assertThat(drainedOps()).containsExactly(Delta.Op.COPY_BEGIN, Delta.Op.BUCKET, Delta.Op.CONNECTION);
        turn();
        assertThat(lastAck().complete()).isFalse();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 4, Version.NONE, Buckets.ALL));
    }

    @Test
    void aGapThatNobodyCanFillCostsACopyOfWhatChangedSince() {
        becomeEqual();
        receiver.batch(batch(9, Delta.Op.CONNECTION), now);
        receiver.heard(9, 9, now);
        turn();
        later(1);
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 9, Version.of(5, 2), Buckets.NONE));
        later(60);
        assertThat(lastAck().state()).isEqualTo(SyncState.BEHIND);
        arrives(10, copyOfChanges());
        turn();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
        assertThat(lastAck().state()).as("until it is compared").isEqualTo(SyncState.BEHIND);
        compared(11, Equality.State.EQUAL);
        assertThat(lastAck().state()).isEqualTo(SyncState.EQUAL);
    }

    /// A copy may overtake older changes.
    @Test
    void theVersionsOfACopyProveNothingOfWhatIsOlder() {
        becomeEqual();
        var builder = new Batch.Builder(1);
        builder.next().op(Delta.Op.CONNECTION).version(Version.of(5, 90));
        receiver.batch(builder.build(5, 0, 3, 77, 0).asCopy(), now);
        receiver.batch(batch(9, Delta.Op.CONNECTION), now);
        receiver.heard(9, 9, now);
        turn();
        later(1);
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 9, Version.of(5, 2), Buckets.NONE));
        assertThat(receiver.appliedVersion()).isLessThan(Version.of(5, 90));
    }

    /// What the second gap hid may have changed before the first copy began.
    @Test
    void aSecondGapKeepsTheVersionOfTheFirst() {
        becomeEqual();
        receiver.batch(batch(9, Delta.Op.CONNECTION), now);
        receiver.heard(9, 9, now);
        turn();
        later(1);
        receiver.batch(batch(20, Delta.Op.CONNECTION), now);
        receiver.heard(20, 20, now);
        turn();
        later(1);
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 20, Version.of(5, 2), Buckets.NONE));
    }

    @Test
    void changesThatTheActiveLostCostACopyOfWhatChangedSince() {
        becomeEqual();
        receiver.batch(new Batch(5, 0, 3, 77, 9, new long[Delta.WORDS]), now);
        turn();
        applyAll();
        turn();
        assertThat(lastAck().complete()).isFalse();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 3, Version.of(5, 2), Buckets.NONE));
    }

    @Test
    void anActiveThatForgotTheEndsAnswersWithDigests() {
        becomeEqual();
        receiver.batch(new Batch(5, 0, 3, 77, 9, new long[Delta.WORDS]), now);
        turn();
        arrives(4, copyOfDigests());
        turn();
        lacking = Buckets.range(7, 8);
        applyAll();
        turn();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 3, Version.NONE, lacking));
        arrives(5, copyOf(lacking));
        turn();
        lacking = Buckets.NONE;
        applyAll();
        turn();
        assertThat(lastAck().complete()).isTrue();
    }

    @Test
    void aDirectorWithATableWaitsForTheCheckpointBeforeItAsksForDigests() {
        receiver.tableIsOurs();
        follow();
        later(200);
        assertThat(of(SyncMessage.CopyRequest.class)).isEmpty();
        compared(1, Equality.State.DIFFERENT);
        assertThat(of(SyncMessage.CopyRequest.class))
                .containsExactly(new SyncMessage.CopyRequest(5, 1, Version.NONE, Buckets.NONE));
    }

    @Test
    void aDirectorWhoseTableEqualsTheNewActivesAsksForNothing() {
        receiver.tableIsOurs();
        follow();
        later(200);
        compared(1, Equality.State.EQUAL);
        assertThat(lastAck().state()).isEqualTo(SyncState.EQUAL);
        later(1000);
        assertThat(of(SyncMessage.CopyRequest.class)).isEmpty();
    }

    @Test
    void differentDigestsAfterACompleteCopyAreSaidAndHealed() {
        becomeEqual();
        compared(3, Equality.State.DIFFERENT);
        assertThat(lastAck().state()).isEqualTo(SyncState.DIFFERENT);
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 4, Version.NONE, Buckets.NONE));
        arrives(4, copyOfDigests());
        turn();
        lacking = Buckets.range(7, 9);
        applyAll();
        turn();
        assertThat(lastRequest()).isEqualTo(new SyncMessage.CopyRequest(5, 4, Version.NONE, lacking));
        assertThat(lastAck().state()).isEqualTo(SyncState.DIFFERENT);
    }

    /// Tables of different size never become equal; each copy costs the active and all standbys.
    @Test
    void copiesThatDoNotHelpBecomeRareAndOneAfterAnEqualTableDoesNotWait() {
        becomeEqual();
        var bucket = Buckets.range(7, 8);
        int batch = 2;
        int copies = 0;
        long warnings = 0;
        for (int second = 0; second < 600; second++) {
            now += 1000 * MS;
            compared(++batch, Equality.State.DIFFERENT);
            if (!requests().isEmpty()) {
                boolean isOfDigests = requests().getLast().buckets().isEmpty();
                lacking = isOfDigests ? bucket : Buckets.NONE;
                arrives(++batch, isOfDigests ? copyOfDigests() : copyOf(bucket));
                warnings += effects.stream()
                        .filter(SyncEffect.Warn.class::isInstance)
                        .count();
                effects.clear();
                turn();
                applyAll();
                turn();
                copies++;
            }
        }
        assertThat(copies).isBetween(20, 40);
        assertThat(warnings).as("of which an operator hears").isBetween(10L, 20L);
        for (int i = 0; i < 2; i++) {
            lacking = i == 0 ? bucket : Buckets.NONE;
            arrives(++batch, i == 0 ? copyOfDigests() : copyOf(bucket));
            turn();
            applyAll();
            turn();
        }
        compared(++batch, Equality.State.EQUAL);
        effects.clear();
        compared(++batch, Equality.State.DIFFERENT);
        assertThat(requests()).hasSize(1);
    }

    @Test
    void silenceIsUnknown() {
        becomeEqual();
        now += StreamReceiver.SILENT_INTERVAL + 1;
        assertThat(receiver.state(now)).isEqualTo(SyncState.UNKNOWN);
    }

    private List<SyncMessage.CopyRequest> requests() {
        return of(SyncMessage.CopyRequest.class);
    }

    private SyncMessage.CopyRequest lastRequest() {
        return requests().getLast();
    }

    /// A checkpoint arrives, and the worker compares it.
    private void compared(long batch, Equality.State as) {
        receiver.heard(batch, 1, now);
        receiver.batch(batch(batch, Delta.Op.CHECKPOINT), now);
        turn();
        applyAll();
        equality = new Equality(as, 1, now);
        turn();
    }

    private static List<Consumer<Delta>> copyOf(Buckets buckets) {
        return copyOf(false, buckets);
    }

    private static List<Consumer<Delta>> copyOf(boolean isContinued, Buckets buckets) {
        var records = new ArrayList<Consumer<Delta>>();
        records.add(delta -> delta.op(Delta.Op.COPY_BEGIN).copyKind(CopyOrder.Kind.BUCKETS));
        for (int bucket = buckets.next(0); bucket >= 0; bucket = buckets.next(bucket + 1)) {
            int number = bucket;
            records.add(delta -> delta.op(Delta.Op.BUCKET).bucket(number));
        }
        records.add(delta ->
                delta.op(Delta.Op.COPY_END).copyKind(CopyOrder.Kind.BUCKETS).continued(isContinued));
        return records;
    }

    private static List<Consumer<Delta>> copyOfChanges() {
        return List.of(
                delta -> delta.op(Delta.Op.COPY_BEGIN).copyKind(CopyOrder.Kind.CHANGES),
                delta -> delta.op(Delta.Op.COPY_END).copyKind(CopyOrder.Kind.CHANGES));
    }

    private static List<Consumer<Delta>> copyOfDigests() {
        return List.of(
                delta -> delta.op(Delta.Op.COPY_BEGIN).copyKind(CopyOrder.Kind.DIGESTS),
                delta -> delta.op(Delta.Op.COPY_END).copyKind(CopyOrder.Kind.DIGESTS));
    }

    private void arrives(long batch, List<Consumer<Delta>> records) {
        var builder = new Batch.Builder(records.size());
        for (var filling : records) {
            filling.accept(builder.next().version(Version.of(5, batch)));
        }
        receiver.batch(builder.build(5, 0, batch, 77, 0), now);
    }

    private void follow() {
        receiver.follow(ACTIVE, 5, 1, now);
    }

    private void turn() {
        receiver.turn(in, applied, equality, lacking, now);
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
