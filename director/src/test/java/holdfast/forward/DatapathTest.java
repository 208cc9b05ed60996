package holdfast.forward;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conn.FlowHash;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Equality;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Every order in every mode, and the turn in each mode, without a thread. Time is one clock here.
class DatapathTest {
    private static final long MS = 1_000_000;
    private static final int OURS = 3; // the term in which this director was active
    private static final int THEIRS = 4;
    private static final long LOST = 7; // the end of a lease that is over

    private final Arena memory = Arena.ofConfined();
    private final ProbeQueue probes = new ProbeQueue();
    private final Lease lease = new Lease();
    private final List<String> heard = new ArrayList<>();
    private long now = 1000 * MS;
    private boolean isNearlyFull;
    private final Tables tables = tables();
    private final Replica replica = new Replica(tables, 1024);
    private final Datapath datapath = datapath();

    private Tables tables() {
        var limits = new Configuration.Datapath(64, 64, 0, false);
        var made = new Tables(limits, true, new FlowHash(5, 6), new FlowHash(7, 8), now, memory, 1024);
        made.configure(
                Ipvs.DEFAULT, List.of(), List.of(service(tcp(80), SchedulerName.RR, real("10.0.0.11", 80, 1))), now);
        return made;
    }

    private Datapath datapath() {
        var owned = new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, 0)));
        var links = new Links(List.of());
        var forwarder = new Forwarder(tables, links, owned, probes, (_, _, _) -> {}, (_, _, _) -> {});
        return new Datapath(tables, forwarder, replica, lease, new Heard());
    }

    private final class Heard implements Datapath.Shell {
        @Override
        public boolean isNearlyFull() {
            return isNearlyFull;
        }

        @Override
        public void entered(Mode mode) {
            heard.add("entered " + mode);
        }

        @Override
        public void ignored(Mode.Order order, Mode mode) {
            heard.add("ignored " + order + " in " + mode);
        }

        @Override
        public void held(long version) {
            heard.add("held " + Version.text(version));
        }

        @Override
        public void heldFull() {
            heard.add("held full");
        }

        @Override
        public void compared(Equality equality, long applied) {
            heard.add("compared " + equality.state() + " " + Version.text(applied));
        }

        @Override
        public void merged(String report) {
            heard.add("merged " + report);
        }
    }

    @AfterEach
    void close() {
        probes.close();
        memory.close();
    }

    private boolean activate(int term) {
        return datapath.activate(term, Long.MAX_VALUE, now, () -> now);
    }

    private boolean obey(Mode.Order order) {
        int before = heard.size();
        switch (order) {
            case ACTIVATE -> activate(THEIRS + 1);
            case STAND_BY -> datapath.standBy(false, lease.end());
            case HOLD -> datapath.hold(now);
            case RESUME -> datapath.resume();
            case RELAY -> datapath.relay(new long[0], lease.end());
        }
        return heard.subList(before, heard.size()).stream().noneMatch(each -> each.startsWith("ignored"));
    }

    private void bring(Mode mode) {
        if (mode != Mode.STANDBY) {
            activate(OURS);
        }
        switch (mode) {
            case HELD -> datapath.hold(now);
            case RELAY -> datapath.relay(new long[0], lease.end());
            case STANDBY, ACTIVE -> {}
        }
        assertThat(datapath.mode()).isEqualTo(mode);
        written();
        heard.clear();
    }

    private void turn() {
        datapath.turn(now);
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

    private void connectionArrives(int clientPort, long version) {
        requireNonNull(datapath.in().claim())
                .op(Delta.Op.CONNECTION)
                .version(version)
                .protocol(6)
                .clientAddress(ip("198.51.100.7"))
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
    }

    // ---- orders

    /// For each mode and order: the mode that follows, whether changes are ours from then on, and whether the lease is
    /// unbound. What is empty stays as it was, and the order is ignored.
    @ParameterizedTest(name = "{1} in {0}")
    @CsvSource({
        "STANDBY, ACTIVATE, ACTIVE,  true,  false",
        "ACTIVE,  ACTIVATE, ACTIVE,  true,  false",
        "HELD,    ACTIVATE, ACTIVE,  true,  false",
        "RELAY,   ACTIVATE, ACTIVE,  true,  false",
        "STANDBY, STAND_BY, STANDBY, false, true",
        "ACTIVE,  STAND_BY, STANDBY, false, true",
        "HELD,    STAND_BY, STANDBY, false, true",
        "RELAY,   STAND_BY, STANDBY, false, true",
        "STANDBY, HOLD,     ,        ,",
        "ACTIVE,  HOLD,     HELD,    true,  false",
        "HELD,    HOLD,     ,        ,",
        "RELAY,   HOLD,     ,        ,",
        "STANDBY, RESUME,   ,        ,",
        "ACTIVE,  RESUME,   ,        ,",
        "HELD,    RESUME,   ACTIVE,  true,  false",
        "RELAY,   RESUME,   ,        ,",
        "STANDBY, RELAY,    ,        ,",
        "ACTIVE,  RELAY,    RELAY,   false, true",
        "HELD,    RELAY,    RELAY,   false, true",
        "RELAY,   RELAY,    ,        ,"
    })
    void anOrderInAMode(Mode mode, Mode.Order order, Mode next, Boolean isOurs, Boolean isUnbound) {
        bring(mode);
        lease.renew(LOST);
        boolean wasOurs = tables.isActive();
        assertThat(obey(order)).isEqualTo(next != null);
        assertThat(datapath.mode()).isEqualTo(next == null ? mode : next);
        assertThat(tables.isActive()).isEqualTo(next == null ? wasOurs : isOurs);
        assertThat(lease.isLost(now)).as("fenced").isEqualTo(next == null || !isUnbound);
        assertThat(tables.counters().value(Counter.ORDER_IGNORED)).isEqualTo(next == null ? 1 : 0);
        assertThat(heard).contains(next == null ? "ignored " + order + " in " + mode : "entered " + next);
    }

    @ParameterizedTest
    @CsvSource({"STANDBY, 9, false", "RELAY, 9, false", "ACTIVE, 9, true", "HELD, 9, true", "ACTIVE, 3, false"})
    void aRenewalNeedsAModeThatServesAndAHigherTerm(Mode mode, int term, boolean isRenewed) {
        bring(mode);
        assertThat(datapath.renew(term, now)).isEqualTo(isRenewed);
        assertThat(datapath.mode()).isEqualTo(mode);
        assertThat(written()).hasSize(isRenewed ? 1 : 0);
        assertThat(Version.term(tables.changes().version()) == term).isEqualTo(isRenewed || term == OURS);
    }

    @Test
    void aPromotionFirstAppliesAllThatTheFormerActiveSent() {
        for (int i = 1; i <= 40; i++) {
            connectionArrives(1000 + i, Version.of(1, i));
        }
        checkpointArrives(Version.of(1, 40), 0);
        assertThat(activate(OURS)).isTrue();
        assertThat(tables.connections().size()).isEqualTo(40);
        assertThat(datapath.equality()).isEqualTo(Equality.UNKNOWN);
        assertThat(requireNonNull(datapath.out().peek()).version()).isEqualTo(Version.of(OURS, 0));
    }

    /// Applying may take so long that another director may serve by then.
    @Test
    void aPromotionLooksAtTheTimeAfterItHasAppliedEverything() {
        connectionArrives(1000, Version.of(1, 1));
        LongSupplier boottime = () -> tables.connections().size() == 1 ? 51 : 49;
        assertThat(datapath.activate(OURS, 50, now, boottime)).isFalse();
        assertThat(datapath.mode()).isEqualTo(Mode.STANDBY);
        assertThat(written()).isEmpty();
        assertThat(tables.isActive()).isFalse();
    }

    @Test
    void aPromotionAtItsLastMomentServes() {
        assertThat(datapath.activate(OURS, 50, now, () -> 50)).isTrue();
    }

    @Test
    void aDemotionThatWasOrderedBeforeTheLeaseWasRenewedDoesNotUnfence() {
        bring(Mode.ACTIVE);
        lease.renew(1);
        long end = lease.end();
        lease.renew(LOST);
        datapath.standBy(false, end);
        activate(THEIRS);
        assertThat(datapath.packets(() -> LOST)).isEqualTo(Datapath.Packets.TAKE);
        assertThat(datapath.packets(() -> LOST + 1)).isEqualTo(Datapath.Packets.DISCARD);
    }

    @Test
    void aRelayThatWasOrderedBeforeTheLeaseWasRenewedDoesNotUnfence() {
        bring(Mode.HELD);
        lease.renew(1);
        long end = lease.end();
        lease.renew(LOST);
        datapath.relay(new long[0], end);
        assertThat(lease.isLost(LOST + 1)).isTrue();
    }

    // ---- packets

    @ParameterizedTest
    @CsvSource({
        "STANDBY, false, TAKE",
        "STANDBY, true,  TAKE",
        "RELAY,   true,  TAKE",
        "ACTIVE,  false, TAKE",
        "ACTIVE,  true,  DISCARD",
        "HELD,    false, LEAVE",
        "HELD,    true,  LEAVE"
    })
    void packetsInAMode(Mode mode, boolean isLost, Datapath.Packets packets) {
        bring(mode);
        lease.renew(LOST);
        assertThat(datapath.packets(() -> isLost ? LOST + 1 : LOST)).isEqualTo(packets);
    }

    // ---- turns

    @ParameterizedTest
    @EnumSource(Mode.class)
    void marksAreWrittenEvery100MsWhileActiveAndNeverElse(Mode mode) {
        bring(mode);
        int checkpoints = 0;
        for (int i = 0; i < 100; i++) {
            now += 10 * MS;
            turn();
            checkpoints += written().size();
        }
        assertThat(checkpoints).isEqualTo(mode == Mode.ACTIVE ? 10 : 0);
    }

    @Test
    void nothingIsWrittenOrEndedDuringAHoldAndAResumeGoesOn() {
        bring(Mode.ACTIVE);
        connectionArrives(1000, Version.of(1, 1));
        datapath.standBy(false, lease.end());
        turn();
        bring(Mode.HELD);
        datapath.copy(new CopyOrder(1, Version.of(OURS, 0), Buckets.NONE));
        datapath.credit(new CopyCredit(1, Integer.MAX_VALUE));
        now += 1000 * 1000 * MS; // long after the connection is due
        turn();
        assertThat(written()).isEmpty();
        assertThat(tables.connections().size()).isEqualTo(1);

        datapath.resume();
        turn();
        assertThat(written())
                .as("the connection ends, then comes the copy")
                .startsWith(
                        Delta.Op.CONNECTION_END,
                        Delta.Op.COPY_BEGIN,
                        Delta.Op.CONNECTION_END,
                        Delta.Op.COPY_END,
                        Delta.Op.CHECKPOINT);
    }

    @Test
    void aHoldReportsTheLastVersionAndWritesACheckpointBehindIt() {
        bring(Mode.ACTIVE);
        datapath.hold(now);
        assertThat(heard).containsExactly("entered HELD", "held " + Version.text(Version.of(OURS, 0)));
        assertThat(written()).containsExactly(Delta.Op.CHECKPOINT);
    }

    @Test
    void fullRingsAreReportedOnceForEachHoldAndOnlyThen() {
        isNearlyFull = true;
        bring(Mode.ACTIVE);
        turn();
        assertThat(heard).isEmpty();
        for (int hold = 0; hold < 2; hold++) {
            datapath.hold(now);
            heard.clear();
            turn();
            turn();
            assertThat(heard).containsExactly("held full");
            datapath.resume();
        }
    }

    @ParameterizedTest
    @CsvSource({"STANDBY, 1, 1", "RELAY, 1, 1", "ACTIVE, 1, 0", "HELD, 0, 0"})
    void anotherDirectorsStreamIsFollowedWhereItIsNotOurs(Mode mode, long taken, int known) {
        bring(mode);
        connectionArrives(1000, Version.of(THEIRS, 1));
        turn();
        assertThat(datapath.applied()).isEqualTo(taken);
        assertThat(tables.connections().size()).isEqualTo(known);
    }

    @Test
    void aStandbyReportsEachComparison() {
        checkpointArrives(Version.of(1, 0), tables.digest() + 1);
        turn();
        checkpointArrives(Version.of(1, 0), tables.digest());
        turn();
        turn();
        var applied = " " + Version.text(Version.of(1, 0));
        assertThat(heard).containsExactly("compared DIFFERENT" + applied, "compared EQUAL" + applied);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 0"})
    void whoYieldsToAnotherActiveReportsWhatBecameOfItsClientsOnceTheTablesAreEqual(boolean yields, int reports) {
        bring(Mode.ACTIVE);
        datapath.standBy(yields, lease.end());
        heard.clear();
        checkpointArrives(Version.of(THEIRS, 0), tables.digest() + 1);
        turn();
        assertThat(heard).noneMatch(each -> each.startsWith("merged"));
        checkpointArrives(Version.of(THEIRS, 0), tables.digest());
        turn();
        checkpointArrives(Version.of(THEIRS, 0), tables.digest());
        turn();
        assertThat(heard.stream().filter(each -> each.startsWith("merged"))).hasSize(reports);
    }

    @Test
    void theSyncSideIsWokenOnceForWhatIsNew() {
        assertThat(datapath.takeNews()).isFalse();
        connectionArrives(1000, Version.of(1, 1));
        turn();
        assertThat(datapath.takeNews()).as("it acknowledges what was applied").isTrue();
        assertThat(datapath.takeNews()).isFalse();
        bring(Mode.ACTIVE);
        turn();
        assertThat(datapath.takeNews()).as("a checkpoint was written").isTrue();
        turn();
        assertThat(datapath.takeNews()).isFalse();
    }
}
