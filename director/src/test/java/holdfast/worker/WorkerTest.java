package holdfast.worker;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conn.FlowHash;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Mode;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.table.Tables;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The worker with its thread and its commands, but without links, so that it needs no privilege; this test is its sync
/// side.
@Timeout(10)
class WorkerTest {
    private static final CopyOrder DIGESTS = new CopyOrder(1, Version.NONE, Buckets.NONE);

    private static final int CLIENT = ip("198.51.100.7");

    private final Arena memory = Arena.ofShared();
    private final Lease lease = new Lease();
    private final ProbeQueue probes = new ProbeQueue();
    private final BlockingQueue<Long> held = new LinkedBlockingQueue<>();
    private final BlockingQueue<Equality> compared = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> wakeUps = new LinkedBlockingQueue<>();
    private final Worker worker = worker();
    private final GroupDatapath datapath = worker.group();

    private Worker worker() {
        var tables = new Tables(
                new Configuration.Datapath(64, 64, 0, false),
                true,
                new FlowHash(5, 6),
                new FlowHash(7, 8),
                Clock.monotonic(),
                memory);
        tables.configure(
                Ipvs.DEFAULT,
                List.of(),
                List.of(service(tcp(80), SchedulerName.RR, real("10.0.0.11", 80, 1))),
                Clock.monotonic());
        var owned = new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, 0)));
        return new Worker(tables, new Links(List.of()), owned, lease, 0, probes, new GroupDatapath.Listener() {
            @Override
            public void held(long version) {
                held.add(version);
            }

            @Override
            public void compared(Equality equality, long applied) {
                compared.add(equality);
            }
        });
    }

    @BeforeEach
    void start() {
        datapath.reader(new GroupDatapath.DeltaReader() {
            @Override
            public boolean parked() {
                return true;
            }

            @Override
            public void wakeUp() {
                wakeUps.add(true);
            }
        });
        worker.start();
    }

    @AfterEach
    void close() {
        worker.close();
        probes.close();
        memory.close();
    }

    /// Returns when everything asked before is done.
    private void settle() {
        datapath.query(Tables::digest).join();
    }

    private void modeBecomes(Mode mode) {
        settle();
        assertThat(datapath.mode()).isEqualTo(mode);
    }

    private List<Delta.Op> written() {
        var ops = new ArrayList<Delta.Op>();
        for (var delta = datapath.out().peek();
                delta != null;
                delta = datapath.out().peek()) {
            ops.add(delta.op());
            datapath.out().release();
        }
        return ops;
    }

    /// The worker's regular checkpoints may come before it and after it.
    private void aCopyIsWritten() {
        var ops = new ArrayList<Delta.Op>();
        await().untilAsserted(() -> {
            ops.addAll(written());
            assertThat(ops).containsSequence(Delta.Op.BUCKET, Delta.Op.COPY_END, Delta.Op.CHECKPOINT);
        });
    }

    private void connectionArrives(int clientPort, long version) {
        requireNonNull(datapath.in().claim())
                .op(Delta.Op.CONNECTION)
                .version(version)
                .protocol(6)
                .clientAddress(CLIENT)
                .clientPort(clientPort)
                .virtualAddress(VIP)
                .virtualPort(80)
                .realAddress(ip("10.0.0.11"))
                .realPort(80)
                .state(1)
                .remainingMs(60_000)
                .templatePort(Delta.NO_TEMPLATE);
        datapath.in().publish();
    }

    private void checkpointArrives(long version, long digest) {
        requireNonNull(datapath.in().claim())
                .op(Delta.Op.CHECKPOINT)
                .version(version)
                .digest(digest);
        datapath.in().publish();
        datapath.wakeUp();
    }

    private int connections() {
        return datapath.query(tables -> tables.connections().size()).join();
    }

    @Test
    void itBeginsAsAStandbyThatWritesNothing() {
        modeBecomes(Mode.STANDBY);
        assertThat(written()).isEmpty();
    }

    @Test
    void aStandbyAppliesWhatArrivesAndTellsWhetherItIsEqual() throws InterruptedException {
        connectionArrives(1000, Version.of(1, 1));
        checkpointArrives(Version.of(1, 1), 12345);
        assertThat(requireNonNull(compared.poll(5, TimeUnit.SECONDS)).state()).isEqualTo(Equality.State.DIFFERENT);
        checkpointArrives(Version.of(1, 1), datapath.query(Tables::digest).join());
        assertThat(requireNonNull(compared.poll(5, TimeUnit.SECONDS)).state()).isEqualTo(Equality.State.EQUAL);
        await().until(() -> datapath.applied() == 3);
        assertThat(wakeUps).as("the sync side acknowledges").isNotEmpty();
    }

    @Test
    void aPromotionAppliesEverythingThatArrivedFirst() {
        for (int i = 1; i <= 50; i++) {
            connectionArrives(1000 + i, Version.of(1, i));
        }
        var _ = datapath.activate(2, Long.MAX_VALUE);
        assertThat(connections()).isEqualTo(50);
        assertThat(datapath.mode()).isEqualTo(Mode.ACTIVE);
        assertThat(datapath.equality()).isEqualTo(Equality.UNKNOWN);
        assertThat(requireNonNull(datapath.out().peek()).version()).isEqualTo(Version.of(2, 0));
    }

    @Test
    void aPromotionThatComesTooLateChangesNothing() {
        connectionArrives(1001, Version.of(1, 1));
        assertThat(datapath.activate(2, Clock.boottime() - 1).join()).isFalse();
        modeBecomes(Mode.STANDBY);
        assertThat(written()).as("nothing is promoted").isEmpty();

        connectionArrives(1002, Version.of(1, 2));
        datapath.wakeUp();
        await().until(() -> connections() == 2);
        assertThat(datapath.activate(2, Clock.boottime() + 60_000_000_000L).join())
                .isTrue();
        modeBecomes(Mode.ACTIVE);
    }

    @Test
    void aRenewalBeginsTheStreamAnewUnderItsTerm() {
        var _ = datapath.activate(2, Long.MAX_VALUE);
        datapath.copy(DIGESTS);
        datapath.credit(new CopyCredit(1, Integer.MAX_VALUE));
        await().until(() -> datapath.out().size() >= 3);
        assertThat(datapath.renew(5).join()).isTrue();
        modeBecomes(Mode.ACTIVE);
        var out = datapath.out();
        while (Version.term(requireNonNull(out.peek()).version()) == 2) {
            out.release();
        }
        assertThat(requireNonNull(out.peek()).version()).isEqualTo(Version.of(5, 0));
        written();
        datapath.copy(DIGESTS);
        datapath.credit(new CopyCredit(1, Integer.MAX_VALUE));
        aCopyIsWritten();
    }

    @Test
    void aRenewalIsRefusedWhereNothingIsServedAndUnderATermThatIsNotHigher() {
        assertThat(datapath.renew(3).join()).isFalse();
        var _ = datapath.activate(3, Long.MAX_VALUE);
        assertThat(datapath.renew(3).join()).isFalse();
        assertThat(datapath.renew(2).join()).isFalse();
        assertThat(Version.term(version())).isEqualTo(3);
    }

    private long version() {
        return datapath.query(tables -> tables.changes().version()).join();
    }

    @Test
    void aHeldWorkerIsRenewedAndStaysHeld() {
        var _ = datapath.activate(3, Long.MAX_VALUE);
        datapath.hold();
        assertThat(datapath.renew(4).join()).isTrue();
        modeBecomes(Mode.HELD);
        assertThat(Version.term(version())).isEqualTo(4);
    }

    @Test
    void ordersThatMakeNoSenseAreIgnoredAndCounted() {
        datapath.resume();
        datapath.hold();
        datapath.relay(new long[0]);
        modeBecomes(Mode.STANDBY);
        assertThat(held).isEmpty();
        assertThat(datapath.counters().value(Counter.ORDER_IGNORED)).isEqualTo(3);
    }

    /// The election posts a demotion, and has renewed the lease for its next promotion before the worker obeys.
    @Test
    void aLateDemotionDoesNotTakeTheFenceFromTheNextPromotion() throws Exception {
        var _ = datapath.activate(1, Long.MAX_VALUE);
        lease.renew(Clock.boottime() + 1_000_000_000L);
        var busy = new CountDownLatch(1);
        var _ = datapath.query(_ -> {
            try {
                return busy.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        datapath.standBy(false);
        lease.renew(5);
        var serves = datapath.activate(2, Long.MAX_VALUE);
        busy.countDown();
        assertThat(serves.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(lease.isLost(6))
                .as("the second promotion is fenced by its own lease")
                .isTrue();
    }

    @Test
    void anActiveWritesCheckpointsAndWakesItsReader() throws InterruptedException {
        var _ = datapath.activate(1, Long.MAX_VALUE);
        await().until(() -> datapath.out().size() >= 3);
        assertThat(written()).containsOnly(Delta.Op.CHECKPOINT);
        assertThat(wakeUps.poll(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anActiveTakesNothingFromAnotherStream() {
        var _ = datapath.activate(2, Long.MAX_VALUE);
        settle();
        connectionArrives(1000, Version.of(1, 7));
        datapath.wakeUp();
        await().until(() -> datapath.applied() == 1);
        assertThat(connections()).isZero();
    }

    @Test
    void aHoldReportsTheLastVersionWithACheckpointBehindIt() throws InterruptedException {
        var _ = datapath.activate(3, Long.MAX_VALUE);
        settle();
        written();
        datapath.hold();
        assertThat(held.poll(5, TimeUnit.SECONDS)).isEqualTo(Version.of(3, 0));
        modeBecomes(Mode.HELD);
        assertThat(written()).endsWith(Delta.Op.CHECKPOINT);
    }

    @Test
    void nothingIsWrittenDuringAHoldAndAResumeGoesOn() throws InterruptedException {
        var _ = datapath.activate(3, Long.MAX_VALUE);
        datapath.hold();
        assertThat(held.poll(5, TimeUnit.SECONDS)).isNotNull();
        settle();
        written();
        datapath.copy(DIGESTS);
        datapath.credit(new CopyCredit(1, Integer.MAX_VALUE));
        settle();
        settle();
        assertThat(written()).as("no copy while held").isEmpty();

        datapath.resume();
        modeBecomes(Mode.ACTIVE);
        aCopyIsWritten();
    }

    @Test
    void aRelayFollowsTheNewActiveAtOnce() throws InterruptedException {
        var _ = datapath.activate(3, Long.MAX_VALUE);
        datapath.hold();
        assertThat(held.poll(5, TimeUnit.SECONDS)).isNotNull();
        datapath.relay(new long[0]);
        modeBecomes(Mode.RELAY);
        written();
        connectionArrives(1000, Version.of(4, 1));
        datapath.wakeUp();
        await().until(() -> datapath.applied() == 1);
        assertThat(connections()).isEqualTo(1);
        datapath.standBy(false);
        modeBecomes(Mode.STANDBY);
        assertThat(written()).isEmpty();
    }

    @Test
    void aStandbyStopsWritingAtOnce() {
        var _ = datapath.activate(1, Long.MAX_VALUE);
        datapath.standBy(false);
        modeBecomes(Mode.STANDBY);
        written();
        datapath.copy(DIGESTS);
        datapath.credit(new CopyCredit(1, Integer.MAX_VALUE));
        settle();
        settle();
        assertThat(written()).isEmpty();
    }

    @Test
    void aQueryThatFailsTellsItsAskerAndTheWorkerLivesOn() {
        var failing = datapath.query(_ -> {
            throw new IllegalStateException("asked wrongly");
        });
        assertThatThrownBy(failing::join).hasMessageContaining("asked wrongly");
        assertThat(connections()).isZero();
    }
}
