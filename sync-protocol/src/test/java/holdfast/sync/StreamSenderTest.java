package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
    private static final MemberId OTHER = new MemberId("c", new UUID(3, 4));

    private final List<SyncEffect> effects = new ArrayList<>();
    private final StreamSender sender = new StreamSender(3, 8, effects);
    private final DeltaRing ring = new DeltaRing(2);
    private long now = 1000 * MS;
    private long lastSequence;

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
    void coalescesNothingIntoAnEnd() {
        connection(1, 1);
        offer(delta ->
                delta.op(Delta.Op.CONNECTION_END).version(Version.of(3, 2)).clientAddress(1));
        connection(3, 1);
        sender.flush(now);
        assertThat(versions(batches().getFirst())).containsExactly(2L, 3L);
    }

    @Test
    void aMoveOfATemplateIsMergedWithNothing() {
        template(1, 0);
        template(2, Delta.MOVED);
        template(3, 0);
        template(4, 1);
        sender.flush(now + MS);
        assertThat(batches()).flatExtracting(StreamSenderTest::versions).containsExactly(1L, 2L, 4L);
    }

    private void template(long sequence, int state) {
        offer(delta -> delta.op(Delta.Op.TEMPLATE)
                .version(Version.of(3, sequence))
                .clientAddress(1)
                .state(state));
    }

    @Test
    void aHoleInTheSequenceCutsTheBatchAndIsCounted() {
        connection(1, 1);
        connection(5, 2);
        sender.flush(now + MS);
        assertThat(batches()).extracting(Batch::lost).containsExactly(0L, 3L);
        assertThat(sender.counts().lost()).isEqualTo(3);
    }

    @Test
    void aCheckpointShowsAHoleAtTheEnd() {
        connection(1, 1);
        checkpoint(4, 10, 20);
        assertThat(sender.counts().lost()).isEqualTo(3);
    }

    @Test
    void takesNothingOfAnOlderTermOutsideOfACopy() {
        equalStandby();
        offer(delta -> delta.op(Delta.Op.CONNECTION).version(Version.of(2, 7)).clientAddress(1));
        sender.flush(now);
        assertThat(batches()).as("the checkpoint alone").hasSize(1);
        begin(order());
        copied(Version.of(2, 7), 1);
        sender.flush(now + MS);
        assertThat(batches().getLast().count()).isEqualTo(2);
    }

    @Test
    void aCopyThatAnEarlierTermLeftIsNone() {
        equalStandby();
        CopyOrder order = order();
        offer(delta -> delta.op(Delta.Op.COPY_BEGIN)
                .version(Version.of(2, 9))
                .copyKind(order.kind())
                .ticket(order.ticket()));
        copied(Version.of(2, 7), 1);
        offer(delta -> delta.op(Delta.Op.CHECKPOINT).version(Version.of(2, 9)));
        sender.flush(now + MS);
        assertThat(unicasts(STANDBY)).isEmpty();
        assertThat(batches()).hasSize(1);
    }

    @Test
    void aCopyThatNobodyOrderedGoesNowhereAndLiveChangesAmongItGoToAll() {
        equalStandby();
        CopyOrder order = order();
        begin(new CopyOrder(order.ticket() + 1, Version.NONE, Buckets.ALL));
        copied(Version.of(2, 7), 1);
        connection(1, 9);
        end(new CopyOrder(order.ticket() + 1, Version.NONE, Buckets.ALL));
        sender.flush(now + MS);
        assertThat(unicasts(STANDBY)).isEmpty();
        assertThat(versions(batches().getLast())).containsExactly(1L);
    }

    @Test
    void theRecordsOfACopyGoToItsStandbyAndTheOthersGetTheNumbers() {
        sender.joined(OTHER, now);
        equalStandby();
        begin(order());
        copied(Version.of(2, 7), 1);
        connection(1, 9);
        copied(Version.of(2, 8), 2);
        sender.flush(now + MS);
        assertThat(unicasts(STANDBY)).extracting(Batch::number, Batch::count).containsExactly(tuple(2L, 3));
        assertThat(unicasts(OTHER)).extracting(Batch::number, Batch::count).containsExactly(tuple(2L, 0));
        assertThat(batches().getLast().number()).as("of the live change").isEqualTo(3);
    }

    /// What is compared must be what was there: the change came before the digest.
    @Test
    void digestsKeepTheirPlaceAmongLiveChanges() {
        equalStandby();
        begin(order());
        connection(1, 9);
        offer(delta -> delta.op(Delta.Op.BUCKET).version(Version.of(3, 1)).bucket(7));
        sender.flush(now + MS);
        assertThat(batches())
                .extracting(Batch::count)
                .as("checkpoint, begin, change, digest")
                .containsExactly(1, 1, 1, 1);
        assertThat(batches()).extracting(Batch::isCopy).containsExactly(false, true, false, true);
    }

    @Test
    void aCopyBeforeAnEndAndAfterAMoveStaysThere() {
        equalStandby();
        begin(order());
        connection(1, 9);
        copied(Version.of(2, 7), 1);
        offer(delta ->
                delta.op(Delta.Op.CONNECTION_END).version(Version.of(3, 2)).clientAddress(1));
        template(3, Delta.MOVED);
        copied(Version.of(2, 8), 2);
        sender.flush(now + MS);
        assertThat(batches()).extracting(Batch::isCopy).containsExactly(false, true, false, true);
        assertThat(versions(batches().get(1))).as("the begin and the copy").containsExactly(0L, 7L);
        assertThat(versions(batches().get(2))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aResentPartOfACopyHasItsRecordsForItsStandbyAlone() {
        sender.joined(OTHER, now);
        equalStandby();
        begin(order());
        copied(Version.of(2, 7), 1);
        sender.flush(now + MS);
        effects.clear();
        sender.resend(STANDBY, new SyncMessage.Resend(3, 2, 2));
        sender.resend(OTHER, new SyncMessage.Resend(3, 2, 2));
        assertThat(unicasts(STANDBY)).extracting(Batch::count).containsExactly(2);
        assertThat(unicasts(OTHER)).extracting(Batch::count).containsExactly(0);
    }

    @Test
    void aCopyWaitsForItsStandbyAndIsGivenUpWhenThatIsSilent() {
        equalStandby();
        CopyOrder order = order();
        int window = sender.copyCredit().records();
        begin(order);
        for (int i = 1; i < 400; i++) {
            copied(Version.of(2, 1000 + i), i);
        }
        assertThat(sender.copyCredit()).as("nothing is applied").isEqualTo(new CopyCredit(order.ticket(), window));
        sender.acked(STANDBY, new SyncMessage.Ack(3, 2, 0, SyncState.JOINING, false), now);
        assertThat(sender.copyCredit().records()).isEqualTo(window + 200);
        sender.flush(now += StreamSender.SILENT_INTERVAL + 1);
        assertThat(sender.copyCredit()).isEqualTo(CopyCredit.NONE);
        int before = effects.size();
        copied(Version.of(2, 5000), 500);
        sender.flush(now += MS);
        assertThat(effects).hasSize(before);
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
    void ordersOneCopyAtATimeAndAnotherWhenOneBeganTooEarly() {
        equalStandby();
        sender.wantCopy(STANDBY, digests(1));
        sender.flush(now);
        sender.flush(now + MS);
        assertThat(orders()).hasSize(1);
        begin(orders().getLast());
        sender.flush(now += MS);
        sender.wantCopy(STANDBY, digests(2));
        sender.flush(now += MS);
        assertThat(orders()).as("the one under way serves").hasSize(1);
        sender.wantCopy(STANDBY, digests(3));
        sender.flush(now += MS);
        assertThat(orders()).as("first the one under way ends").hasSize(1);
        end(orders().getLast());
        sender.flush(now += MS);
        assertThat(orders()).hasSize(2);
    }

    @Test
    void anOrderThatTheWorkerDoesNotBeginIsRepeated() {
        equalStandby();
        CopyOrder order = order();
        for (int i = 0; i < 11; i++) {
            now += 100 * MS;
            sender.acked(STANDBY, new SyncMessage.Ack(3, 1, 0, SyncState.JOINING, false), now);
            sender.flush(now);
        }
        assertThat(orders()).containsExactly(order, order);
    }

    @Test
    void oneStandbyDoesNotReplaceTheCopyOfAnother() {
        sender.joined(OTHER, now);
        equalStandby();
        begin(order());
        sender.wantCopy(OTHER, digests(1));
        end(orders().getLast());
        sender.flush(now += MS);
        begin(orders().getLast());
        sender.flush(now += MS);
        assertThat(unicasts(OTHER).getLast().count()).isEqualTo(1);
        assertThat(unicasts(STANDBY).getLast().count()).isZero();
    }

    @Test
    void aStandbyThatIsBehindLacksWhatCameSinceItHadEverything() {
        equalStandby();
        for (int i = 1; i <= 5; i++) {
            connection(i, i);
            sender.flush(now += MS);
        }
        sender.acked(STANDBY, new SyncMessage.Ack(3, 6, 0, SyncState.BEHIND, false), now);
        assertThat(sender.readout(STANDBY, 0, now).connections()).hasValue(5);
        sender.acked(STANDBY, new SyncMessage.Ack(3, 6, 0, SyncState.DIFFERENT, false), now);
        assertThat(sender.readout(STANDBY, 0, now).connections())
                .as("it may lack anything: 40 at the checkpoint, and what came since")
                .hasValue(45);
    }

    private static SyncMessage.CopyRequest digests(long from) {
        return new SyncMessage.CopyRequest(3, from, Version.NONE, Buckets.NONE);
    }

    private CopyOrder order() {
        sender.wantCopy(STANDBY, digests(1));
        sender.flush(now);
        return orders().getLast();
    }

    private void begin(CopyOrder order) {
        mark(Delta.Op.COPY_BEGIN, order);
    }

    private void end(CopyOrder order) {
        mark(Delta.Op.COPY_END, order);
    }

    private void mark(Delta.Op op, CopyOrder order) {
        offer(delta -> delta.op(op)
                .version(Version.of(3, lastSequence))
                .copyKind(order.kind())
                .ticket(order.ticket()));
    }

    private void copied(long version, int client) {
        offer(delta -> delta.op(Delta.Op.CONNECTION).version(version).clientAddress(client));
    }

    private void equalStandby() {
        sender.joined(STANDBY, now);
        checkpoint(0, 40, 0);
        sender.acked(STANDBY, new SyncMessage.Ack(3, 1, 0, SyncState.EQUAL, true), now);
    }

    private void connection(long sequence, int client) {
        lastSequence = sequence;
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

    private List<Batch> unicasts(MemberId to) {
        return effects.stream()
                .filter(effect -> effect instanceof SyncEffect.Unicast unicast
                        && unicast.to().equals(to)
                        && unicast.message() instanceof Batch)
                .map(effect -> (Batch) ((SyncEffect.Unicast) effect).message())
                .toList();
    }

    private List<CopyOrder> orders() {
        return effects.stream()
                .filter(SyncEffect.AskCopy.class::isInstance)
                .map(effect -> ((SyncEffect.AskCopy) effect).order())
                .toList();
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
