package holdfast.forward;

import static holdfast.forward.TestDirector.ACK;
import static holdfast.forward.TestDirector.CLIENT;
import static holdfast.forward.TestDirector.LAN;
import static holdfast.forward.TestDirector.REAL;
import static holdfast.forward.TestDirector.REAL2;
import static holdfast.forward.TestDirector.SECOND;
import static holdfast.forward.TestDirector.SYN;
import static holdfast.forward.TestDirector.VIP;
import static holdfast.forward.TestDirector.WAN;
import static holdfast.forward.TestDirector.destination;
import static holdfast.forward.TestDirector.toLan;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.ServiceKey;
import holdfast.conn.SctpState;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.TemplateTable;
import holdfast.service.Services;
import holdfast.table.Counter;
import holdfast.table.Defence;
import holdfast.table.TemplateOrders.Action;
import holdfast.table.TemplateOrders.Outcome;
import holdfast.table.TemplateOrders.Selection;
import holdfast.table.TemplateOrders.Target;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What ends, keeps and moves clients and connections, with real frames: thresholds, drains, re-arm policies, the
/// defence, full tables and what an operator does to templates.
class TemplatePacketTest extends DirectorUnderTest {
    // Thresholds (4.8)

    @Test
    void aServerAtItsUpperThresholdGetsNoNewClientsUntilBelowThreeQuarters() {
        var bounded = new Configuration.RealServer(
                Ipv4.of("10.0.0.11"), 8080, 1, ForwardingMethod.NAT, 4, 0, Optional.empty());
        serves(rr(tcp(80), bounded));
        for (int port = 40000; port < 40004; port++) {
            syn(port);
        }
        director.client(40004, SYN, Counter.DROPPED_NO_REAL_SERVER);
        int id = director.tables.services().reals(0).id(0);
        end(40000);
        assertThat(director.tables.reals().isOverloaded(id)).as("3 of 4").isTrue();
        end(40001);
        assertThat(director.tables.reals().isOverloaded(id)).as("2 of 4").isFalse();
        syn(40004);
    }

    private void end(int clientPort) {
        int slot = director.tables.connections().find(Frame.TCP, CLIENT, clientPort, VIP, 80);
        director.tables.end(slot, false, director.now);
    }

    // Drains (1.7, 3.5 and ours)

    private int drain(DrainMode mode, long seconds) {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = director.connect(40000);
        int id = director.tables.reals().address(0) == first ? 0 : 1;
        director.tables.quiesce(id, mode, director.now + seconds * SECOND);
        return first;
    }

    @Test
    void keepAllLetsStickyClientsComeBack() {
        int first = drain(DrainMode.KEEP_ALL, 0);
        pass(2);
        assertThat(syn(40001)).isEqualTo(first);
    }

    @Test
    void keepConnectionsMovesAClientAtItsNextConnection() {
        int first = drain(DrainMode.KEEP_CONNECTIONS, 0);
        pass(2);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(syn(40001)).isNotEqualTo(first);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void aDeadlineEndsWhatIsLeft() {
        drain(DrainMode.UNTIL_DEADLINE, 10);
        pass(9);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        pass(2);
        director.client(40000, ACK, Counter.DROPPED_NO_CONNECTION);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void nowEndsConnectionsAndTemplatesAtOnce() {
        int first = drain(DrainMode.NOW, 0);
        director.tables.turn(director.now, 256);
        assertThat(director.tables.connections().size()).isZero();
        assertThat(director.tables.templates().size()).isZero();
        assertThat(syn(40000)).isNotEqualTo(first);
    }

    @Test
    void aRestoredServerGetsClientsAgain() {
        int first = drain(DrainMode.KEEP_CONNECTIONS, 0);
        director.tables.restore(director.tables.reals().address(0) == first ? 0 : 1);
        assertThat(syn(40001)).isEqualTo(first);
    }

    // Re-arm policies (3.6, ADR 0008)

    private int alive(RearmPolicy rearm, long seconds) {
        serves(sticky(tcp(80), rearm, A, B));
        int real = director.connect(40000);
        for (long left = seconds; left > 0; left -= 50) {
            pass(Math.min(50, left));
            director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        }
        return real;
    }

    @Test
    void ipvsOverwritesTheTimeoutForGood() {
        alive(RearmPolicy.IPVS, 301);
        assertThat(onlyTemplate().timeoutS()).isEqualTo(60);
        pass(10);
        syn(40001);
        assertThat(templateSeconds()).isEqualTo(60);
    }

    @Test
    void persistenceTimeoutBeginsAnewInFull() {
        alive(RearmPolicy.PERSISTENCE_TIMEOUT, 301);
        assertThat(onlyTemplate().timeoutS()).isEqualTo(300);
        assertThat(templateSeconds()).isBetween(298L, 300L);
    }

    @Test
    void eachConnectionRestartsInFullThoughTheTimerWasShort() {
        alive(RearmPolicy.EACH_CONNECTION, 301);
        assertThat(templateSeconds()).isBetween(58L, 60L);
        syn(40001);
        assertThat(templateSeconds()).isEqualTo(300);
    }

    @Test
    void fromLastCloseCountsFromTheEndOfTheLastConnection() {
        int real = alive(RearmPolicy.FROM_LAST_CLOSE, 1000);
        assertThat(onlyTemplate().controlled()).isEqualTo(1);
        close(real, 40000);
        assertThat(onlyTemplate().controlled()).isZero();
        assertThat(templateSeconds()).isEqualTo(300);
        pass(299);
        assertThat(syn(40001)).isEqualTo(real);
    }

    @Test
    void fromLastCloseEndsExactlyItsTimeAfterTheClose() {
        int real = alive(RearmPolicy.FROM_LAST_CLOSE, 100);
        close(real, 40000);
        pass(301);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void fromLastCloseBeginsAnAssociationAnewWhereTheLastOneWasRejected() {
        var key = new ServiceKey(Protocol.SCTP, new Ipv4(VIP), 3868);
        serves(sticky(key, RearmPolicy.FROM_LAST_CLOSE, real("10.0.0.11", 3868, 1)));
        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);
        director.take(LAN, toLan(TestPacket.sctp(REAL, 3868, CLIENT, 5000, 6)), Counter.FORWARDED_TO_CLIENT);
        assertThat(sctpState()).isEqualTo(SctpState.REJECTED);
        assertThat(onlyTemplate().controlled()).isZero();

        director.take(WAN, TestPacket.sctp(CLIENT, 5000, VIP, 3868, 1), Counter.FORWARDED_TO_SERVER);
        assertThat(sctpState()).isEqualTo(SctpState.INIT1);
        assertThat(onlyTemplate().controlled()).isEqualTo(1);
    }

    // The defence (4.10) and full tables (ADR 0019)

    @Test
    void dropPacketDropsOneOfSoManyFirstPackets() {
        director.ipvs = ipvs("dropPacket", 3, "amDroprate", 3);
        director.configure(rr(tcp(80), A));
        int dropped = 0;
        for (int port = 40000; port < 40030; port++) {
            long frame = TestPacket.flow(Frame.TCP, CLIENT, port, VIP, 80, SYN, "");
            dropped += director.take(WAN, frame).isEmpty() ? 1 : 0;
        }
        assertThat(dropped).isEqualTo(10);
        assertThat(director.count(Counter.DROPPED_BY_DEFENCE)).isEqualTo(10);
        director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
    }

    @Test
    void dropEntryGivesUpHalfOpenConnectionsAndKeepsEstablishedOnes() {
        director.ipvs = ipvs("dropEntry", 3);
        director.configure(rr(tcp(80), A));
        director.connect(40000);
        for (int port = 40001; port < 40040; port++) {
            syn(port);
        }
        for (int second = 0; second < 50; second++) {
            pass(1);
            director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        }
        assertThat(director.count(Counter.EVICTED_BY_DEFENCE)).isGreaterThan(20);
        assertThat(director.knows(40000)).isTrue();
    }

    @Test
    void automaticDefenceBeginsWhenSlotsAreShortAndEndsWhenTheyAreNot() {
        var defence = new Defence();
        defence.configure(ipvs("dropPacket", 1, "secureTcp", 1, "amemthresh", 100));
        defence.step(101);
        assertThat(defence.dropsPacket()).isFalse();
        assertThat(defence.isSecure()).isFalse();
        defence.step(50); // a rate of 100 / (100 - 50)
        assertThat(List.of(defence.dropsPacket(), defence.dropsPacket(), defence.dropsPacket(), defence.dropsPacket()))
                .filteredOn(dropped -> dropped)
                .hasSize(2);
        assertThat(defence.isSecure()).isTrue();
        defence.step(100);
        assertThat(defence.dropsPacket()).isFalse();
        assertThat(defence.isSecure()).isFalse();
    }

    @Test
    void aFullTableGivesUpHalfOpenConnectionsForNewOnes() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(16, 16, 0, false), rr(tcp(80), A));
        director.connect(40000);
        for (int port = 40001; port < 40016; port++) {
            syn(port);
        }
        for (int port = 40016; port < 40030; port++) {
            syn(port);
        }
        assertThat(director.count(Counter.EVICTED_HALF_OPEN)).isEqualTo(14);
        assertThat(director.knows(40000)).isTrue();
        assertThat(director.tables.connections().size()).isEqualTo(16);
    }

    @Test
    void aTableFullOfEstablishedConnectionsRefusesNewOnes() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(16, 16, 0, false), rr(tcp(80), A));
        for (int port = 40000; port < 40016; port++) {
            director.connect(port);
        }
        director.client(40016, SYN, Counter.DROPPED_TABLE_FULL);
        close(REAL, 40003);
        syn(40016);
        assertThat(director.count(Counter.EVICTED_CLOSING)).isEqualTo(1);
        assertThat(director.knows(40003)).isFalse();
    }

    // What an operator does to templates

    private Outcome order(Action action, Selection selection, @Nullable Target to) {
        var outcome = director.tables.chores().order(action, selection, to, false);
        director.tables.turn(director.now, 256);
        return outcome.join();
    }

    @Test
    void aFlushedClientIsScheduledAnew() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = syn(40000);
        assertThat(order(Action.FLUSH, client(CLIENT), null)).isEqualTo(new Outcome(1, 1, 0));
        assertThat(syn(40001)).isNotEqualTo(first);
    }

    private static Selection prefix(String address, int length) {
        return new Selection(ip(address), -1 << (32 - length), Services.NONE, null);
    }

    @Test
    void aPrefixMeansEveryNetworkThatSharesAnAddressWithIt() { // 3.2: a template keeps what the netmask leaves
        serves(persistent(tcp(80), 300, "255.255.255.0", A, B));
        syn(40000);
        assertThat(order(Action.FLUSH, prefix("198.51.101.0", 25), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, prefix("198.51.100.128", 25), null)).isEqualTo(new Outcome(1, 1, 0));
    }

    @Test
    void aCallHasNoClientThatAnOrderCouldName() { // 3.11
        var persistence = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        serves(onePacket(Optional.of(persistence)));
        for (int call = 0; call < 8; call++) {
            sip(CLIENT, 5060, "Call-ID: " + call + "\r\n");
        }
        assertThat(order(Action.FLUSH, prefix("0.0.0.0", 1), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, prefix("128.0.0.0", 1), null)).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.PIN, client(CLIENT), new Target(REAL, 53))).isEqualTo(new Outcome(0, 0, 0));
        assertThat(order(Action.FLUSH, new Selection(0, 0, 0, null), null)).isEqualTo(new Outcome(8, 8, 0));
    }

    @Test
    void aMovedClientGoesToItsNewServerAndItsConnectionsStay() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        int first = director.connect(40000);
        var to = new Target(first == REAL ? REAL2 : REAL, 8080);
        assertThat(order(Action.MOVE, client(CLIENT), to)).isEqualTo(new Outcome(1, 1, 0));
        assertThat(order(Action.MOVE, client(CLIENT), to))
                .as("is there already")
                .isEqualTo(new Outcome(1, 0, 0));

        assertThat(syn(40001)).isEqualTo(to.address());
        var data = director.client(40000, ACK, Counter.FORWARDED_TO_SERVER);
        assertThat(destination(data.getFirst())).isEqualTo(first);
        assertThat(order(Action.MOVE, client(CLIENT), new Target(ip("10.0.0.99"), 8080)))
                .isEqualTo(new Outcome(1, 0, 1));
    }

    @Test
    void aClientIsNotMovedToAnAddressThatTwoRealServersHave() {
        serves(persistent(tcp(80), 300, HOST, A, real("10.0.0.12", 8080, 1), real("10.0.0.12", 8081, 1)));
        syn(40000);
        assertThat(order(Action.MOVE, client(CLIENT), new Target(REAL2, Target.ANY_PORT)))
                .isEqualTo(new Outcome(1, 0, 1));
    }

    @Test
    void aPinnedClientOutlivesItsTimeoutAndADrain() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        assertThat(order(Action.PIN, client(CLIENT), new Target(REAL2, 8080))).isEqualTo(new Outcome(1, 1, 0));
        pass(1000);
        director.tables.quiesce(director.tables.reals().address(0) == REAL2 ? 0 : 1, DrainMode.NOW, 0);
        pass(2);

        assertThat(syn(40000)).isEqualTo(REAL2);
        order(Action.UNPIN, client(CLIENT), null);
        pass(200);
        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void oneServersTemplatesAreFlushedAFewPerTurn() {
        serves(persistent(tcp(80), 300, HOST, A, B));
        for (int client = 0; client < 40; client++) {
            var frame = TestPacket.flow(Frame.TCP, CLIENT + client, 40000, VIP, 80, SYN, "");
            director.take(WAN, frame, Counter.FORWARDED_TO_SERVER);
        }
        var outcome = director.tables
                .chores()
                .order(Action.FLUSH, new Selection(0, 0, Services.NONE, new Target(REAL, 8080)), null, false);
        int turns = 0;
        for (; !outcome.isDone(); turns++) {
            director.tables.turn(director.now, 8);
        }
        assertThat(outcome.join()).isEqualTo(new Outcome(20, 20, 0));
        assertThat(turns).isGreaterThanOrEqualTo(3);
        var templates = director.tables.templates();
        int findable = 0;
        for (int slot = templates.next(0); slot != TemplateTable.MISSING; slot = templates.next(slot + 1)) {
            findable += templates.view().at(slot).isInvalid() ? 0 : 1;
        }
        assertThat(findable).isEqualTo(20);
    }

    @Test
    void aStandbyTakesNoOrders() {
        director.tables.demote();
        assertThat(director.tables.chores().order(Action.FLUSH, client(CLIENT), null, false))
                .isCompletedExceptionally();
    }
}
