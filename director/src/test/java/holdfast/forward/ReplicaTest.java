package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.SchedulerName;
import holdfast.conn.Conn;
import holdfast.conn.TcpState;
import holdfast.packet.Frame;
import holdfast.persist.Template;
import holdfast.sync.Buckets;
import holdfast.sync.CopyOrder;
import holdfast.sync.Delta;
import holdfast.sync.Version;
import holdfast.table.Counter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Single rules of the stream that the orderly stream of [StreamTest] does not need.
class ReplicaTest {
    private static final int PORT = 40000;
    private final TestDirector director =
            new TestDirector(service(tcp(80), SchedulerName.RR, real("10.0.0.11", 8080, 1)));

    @BeforeEach
    void follow() {
        director.tables.demote();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private Delta arriving(Delta.Op op, long version) {
        return requireNonNull(director.replica.ring().claim()).op(op).version(version);
    }

    private void apply() {
        director.replica.ring().publish();
        director.replicate();
    }

    private Delta connection(long version, int state) {
        return connection(director, version, PORT, state);
    }

    private static Delta connection(TestDirector standby, long version, int clientPort, int state) {
        return requireNonNull(standby.replica.ring().claim())
                .op(Delta.Op.CONNECTION)
                .version(version)
                .protocol(Frame.TCP)
                .clientAddress(CLIENT)
                .clientPort(clientPort)
                .virtualAddress(VIP)
                .virtualPort(80)
                .realAddress(REAL)
                .realPort(8080)
                .state(state)
                .remainingMs(1)
                .templatePort(Delta.NO_TEMPLATE);
    }

    private Conn known() {
        int slot = director.tables.connections().find(Frame.TCP, CLIENT, PORT, VIP, 80);
        assertThat(slot).isNotNegative();
        return director.tables.connections().view().at(slot);
    }

    @Test
    void anOlderRecordOfTheSameTermChangesNothing() {
        connection(Version.of(1, 5), 1);
        apply();
        connection(Version.of(1, 3), 3);
        apply();
        assertThat(known().state()).isEqualTo(1);
        assertThat(known().version()).isEqualTo(Version.of(1, 5));
    }

    @Test
    void anOlderRecordStillConfirmsItsEntryToTheCopy() {
        connection(Version.of(1, 5), 1);
        apply();
        copyBegins(Version.of(1, 5));
        connection(Version.of(1, 3), 3);
        apply();
        arriving(Delta.Op.COPY_END, Version.of(1, 5));
        apply();
        assertThat(known().state()).isEqualTo(1);
    }

    /// IPVS's 2, TUN: a later version of Holdfast might have it. To forward its packets as if it were DR would be
    /// wrong.
    @Test
    void aConnectionOfAMethodWithoutANameIsNotStoredButCounted() {
        connection(Version.of(1, 4), 1);
        apply();
        connection(Version.of(1, 5), 1).flags(2);
        apply();
        assertThat(director.tables.connections().size())
                .as("nor the one that it replaces")
                .isZero();
        assertThat(director.count(Counter.UNKNOWN_METHOD)).isEqualTo(1);
        connection(Version.of(1, 6), 1);
        apply();
        assertThat(known().method()).isEqualTo(ForwardingMethod.NAT);
    }

    @Test
    void aRecordWithAnotherPortOfTheServerMovesTheConnection() {
        connection(Version.of(1, 5), 1);
        apply();
        connection(Version.of(1, 6), 1).realPort(8081);
        apply();
        assertThat(known().realPort()).isEqualTo(8081);
        assertThat(director.tables.connections().findOutbound(Frame.TCP, REAL, 8081, CLIENT, PORT))
                .isEqualTo(known().slot());
    }

    @Test
    void aCopyOfSomeBucketsSweepsNoOther() {
        connection(Version.of(1, 5), 1);
        apply();
        int bucket = known().bucket();
        copyBegins(Version.of(1, 5), bucket == 600 ? 601 : 600);
        arriving(Delta.Op.COPY_END, Version.of(1, 5));
        apply();
        assertThat(director.tables.connections().size()).isEqualTo(1);
        copyBegins(Version.of(1, 5), bucket);
        arriving(Delta.Op.COPY_END, Version.of(1, 5));
        apply();
        assertThat(director.tables.connections().size()).isZero();
    }

    @Test
    void aCopyOfDigestsShowsTheBucketsThatDiffer() {
        connection(Version.of(1, 5), 1);
        apply();
        int bucket = known().bucket();
        arriving(Delta.Op.COPY_BEGIN, Version.of(1, 5)).copyKind(CopyOrder.Kind.DIGESTS);
        apply();
        for (int number = 0; number < Buckets.COUNT; number++) {
            arriving(Delta.Op.BUCKET, Version.of(1, 5)).bucket(number).digest(0);
            apply();
        }
        arriving(Delta.Op.COPY_END, Version.of(1, 5));
        apply();
        assertThat(director.replica.lacking()).isEqualTo(Buckets.range(bucket, bucket + 1));
    }

    private void copyBegins(long version, int... buckets) {
        arriving(Delta.Op.COPY_BEGIN, version).copyKind(CopyOrder.Kind.BUCKETS);
        apply();
        for (int bucket :
                buckets.length == 0 ? IntStream.range(0, Buckets.COUNT).toArray() : buckets) {
            arriving(Delta.Op.BUCKET, version).bucket(bucket);
            apply();
        }
    }

    @Test
    void anInheritedEntryLivesATenthLongerThanWasTold() { // that is what its former active was not bound to tell
        connection(Version.of(1, 5), 1);
        apply();
        director.tables.promote(2, director.now);
        director.now += 89 * SECOND;
        director.tables.turn(director.now, Integer.MAX_VALUE);
        assertThat(director.knows(PORT)).isTrue();
        director.now += 2 * SECOND;
        director.tables.turn(director.now, Integer.MAX_VALUE);
        assertThat(director.knows(PORT)).isFalse();
    }

    @Test
    void eachTermCountsItsChangesFromOne() {
        director.tables.promote(2, director.now);
        director.client(PORT, SYN, Counter.FORWARDED_TO_SERVER);
        assertThat(director.tables.changes().version()).isEqualTo(Version.of(2, 1));
        director.tables.promote(3, director.now);
        assertThat(director.tables.changes().version()).isEqualTo(Version.of(3, 0));
    }

    private Delta template(long version, int virtualPort, int realAddress, int realPort) {
        return arriving(Delta.Op.TEMPLATE, version)
                .protocol(Frame.TCP)
                .clientAddress(CLIENT)
                .clientPort(0)
                .virtualAddress(VIP)
                .virtualPort(virtualPort)
                .realAddress(realAddress)
                .realPort(realPort)
                .state(0)
                .timeoutS(300)
                .remainingMs(300_000)
                .templatePort(Delta.NO_TEMPLATE);
    }

    private Template template(int virtualPort) {
        int slot = director.tables.templates().find(Frame.TCP, CLIENT, VIP, virtualPort);
        assertThat(slot).isNotNegative();
        return director.tables.templates().view().at(slot);
    }

    private int idOf(int virtualPort, int realAddress, int realPort) {
        return director.tables.reals().find(Frame.TCP, VIP, virtualPort, realAddress, realPort);
    }

    @Test
    void aConnectionToAServerThatIsNotConfiguredHereGoesOnAfterATakeover() { // 1.2, 7.6
        director.configure(persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1)));
        template(Version.of(1, 5), 80, REAL2, 8080);
        apply();
        connection(Version.of(1, 6), TcpState.ESTABLISHED.code())
                .realAddress(REAL2)
                .templateClient(CLIENT)
                .templatePort(80)
                .remainingMs(60_000);
        apply();
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1)));
        director.tables.promote(2, director.now);
        director.tables.turn(director.now, 256);

        director.client(PORT, ACK, Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void anFtpTemplateIsNotTakenForOneOfThePortZeroService() { // 2.2, 3.3
        director.configure(
                persistent(tcp(21), 300, "255.255.255.255", real("10.0.0.11", 21, 1)),
                persistent(tcp(0), 300, "255.255.255.255", real("10.0.0.11", 0, 1)));
        template(Version.of(1, 5), 0, REAL, 21);
        apply();

        assertThat(template(0).real()).isEqualTo(idOf(21, REAL, 21));
    }

    @Test
    void anFtpDataConnectionIsItsTemplatesRealServers() { // 3.3 case 4
        director.configure(persistent(tcp(21), 300, "255.255.255.255", real("10.0.0.11", 21, 1)));
        template(Version.of(1, 5), 0, REAL, 21);
        apply();
        connection(Version.of(1, 6), TcpState.ESTABLISHED.code())
                .virtualPort(50_000)
                .realPort(50_000)
                .templateClient(CLIENT)
                .templatePort(0);
        apply();

        int real = idOf(21, REAL, 21);
        assertThat(director.tables.connections().firstOf(real)).isNotNegative();
        assertThat(director.tables.reals().active(real)).isEqualTo(1);
    }

    @Test
    void aFlowThatWasTakenOverIsNotHalfOpen() { // 7.6
        connection(Version.of(1, 5), 1);
        apply();
        assertThat(known().inPackets()).isEqualTo(3);
    }

    private void aTemplateWithAConnection() {
        director.configure(
                persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1), real("10.0.0.12", 8080, 1)));
        template(Version.of(1, 5), 80, REAL, 8080);
        apply();
        connection(Version.of(1, 6), 1).templateClient(CLIENT).templatePort(80);
        apply();
    }

    @Test
    void aTemplateThatAnOperatorMovedKeepsItsConnections() {
        aTemplateWithAConnection();
        template(Version.of(1, 7), 80, REAL2, 8080).state(Delta.MOVED);
        apply();

        assertThat(template(80).real()).isEqualTo(idOf(80, REAL2, 8080));
        assertThat(template(80).controlled()).isEqualTo(1);
        assertThat(known().template()).isEqualTo(template(80).slot());
    }

    @Test
    void aTemplateKeepsItsConnectionsWhereOnlyTheStandbyHasForgottenTheServer() {
        aTemplateWithAConnection();
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.12", 8080, 1)));
        template(Version.of(1, 7), 80, REAL, 8080);
        apply();

        assertThat(template(80).controlled()).isEqualTo(1);
        assertThat(known().template()).isEqualTo(template(80).slot());
    }

    @Test
    void aTemplateMadeAnewForItsClientLeavesTheOldOnesConnectionsToThat() {
        aTemplateWithAConnection();
        template(Version.of(1, 7), 80, REAL2, 8080);
        apply();

        assertThat(template(80).controlled()).isZero();
        assertThat(known().template()).isNotEqualTo(template(80).slot());
    }

    @Test
    void aClientThatTheOtherActiveSentElsewhereIsReportedAfterTheMerge() {
        aTemplateWithAConnection();
        director.replica.merge().begin(1);
        template(Version.of(3, 1), 80, REAL2, 8080);
        apply();
        assertThat(director.replica.merge().end()).startsWith("clients-moved=1 clients-forgotten=0");
    }

    @Test
    void aClientThatTheOtherActiveDoesNotKnowIsReportedAfterTheMerge() {
        aTemplateWithAConnection();
        director.replica.merge().begin(1);
        copyBegins(Version.of(3, 1));
        arriving(Delta.Op.COPY_END, Version.of(3, 1));
        apply();
        assertThat(director.replica.merge().end()).startsWith("clients-moved=0 clients-forgotten=1");
    }

    private static final int STALE = 4000;

    /// A standby that knows many connections of which a copy, which has arrived whole, mentions none.
    private static TestDirector withAStaleTable() {
        var service = service(tcp(80), SchedulerName.RR, real("10.0.0.11", 8080, 1));
        var standby = new TestDirector(new Configuration.Datapath(8192, 64, 0, false), service);
        standby.tables.demote();
        for (int port = 0; port < STALE; port++) {
            connection(standby, Version.of(1, port + 1), 10_000 + port, 1);
            standby.replica.ring().publish();
            standby.replicate();
        }
        var ring = standby.replica.ring();
        requireNonNull(ring.claim())
                .op(Delta.Op.COPY_BEGIN)
                .version(Version.of(1, STALE + 1))
                .copyKind(CopyOrder.Kind.BUCKETS);
        ring.publish();
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            standby.replicate();
            requireNonNull(ring.claim())
                    .op(Delta.Op.BUCKET)
                    .version(Version.of(1, STALE + 1))
                    .bucket(bucket);
            ring.publish();
        }
        standby.replicate();
        for (var op : List.of(Delta.Op.COPY_END, Delta.Op.CHECKPOINT)) {
            requireNonNull(ring.claim()).op(op).version(Version.of(1, STALE + 1));
            ring.publish();
        }
        assertThat(standby.tables.connections().size()).isEqualTo(STALE);
        return standby;
    }

    @Test
    void packetsNeverWaitForTheWholeSweepOfACopyAndNothingIsComparedBeforeItsEnd() {
        try (var standby = withAStaleTable()) {
            long appliedBefore = standby.replica.applied();
            int turns = 0;
            int known = STALE;
            boolean isCompared = false;
            while (standby.replica.apply(standby.now, 1024) > 0) {
                int left = standby.tables.connections().size();
                assertThat(known - left).as("removed in turn %d", turns).isLessThanOrEqualTo(64);
                isCompared |= standby.replica.takeCompared();
                assertThat(isCompared && left > 0)
                        .as("compared with a half-swept table")
                        .isFalse();
                known = left;
                turns++;
            }
            assertThat(isCompared).isTrue();
            assertThat(turns).isGreaterThan(STALE / 64);
            assertThat(standby.tables.connections().size()).isZero();
            assertThat(standby.replica.applied()).isEqualTo(appliedBefore + 2);
        }
    }

    @Test
    void aPromotionDoesNotWaitForASweep() {
        try (var standby = withAStaleTable()) {
            standby.replica.apply(standby.now, 1024);
            standby.replica.catchUp(standby.now);
            assertThat(standby.replica.ring().peek()).isNull();
            assertThat(standby.tables.connections().size()).isGreaterThan(STALE - 128);
        }
    }
}
