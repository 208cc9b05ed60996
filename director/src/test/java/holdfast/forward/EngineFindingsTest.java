package holdfast.forward;

import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.client.ClientPrefix;
import holdfast.client.ClientRule;
import holdfast.client.ClientRules;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.TemplateTable;
import holdfast.table.Counter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The findings of [EnginePropertyTest] and of code reviews, as short tests.
class EngineFindingsTest {
    private static final String HOST = "255.255.255.255";

    @Test
    void aClientWhosePacketCannotBeSentKeepsTheTemplateThatItHad() {
        try (var director = new TestDirector(persistent(tcp(80), 300, HOST, real("10.0.0.11", 80, 1)))) {
            director.client(1025, TestDirector.SYN, Counter.FORWARDED_TO_SERVER);
            director.now += 100 * TestDirector.SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE); // a SYN that nobody answered is gone after 60 s
            director.nextHops(NextHops.none());

            director.client(1026, TestDirector.SYN, Counter.DROPPED_NO_ROUTE);

            assertThat(director.tables.templates().find(Frame.TCP, TestDirector.CLIENT, TestDirector.VIP, 80))
                    .isNotEqualTo(TemplateTable.MISSING);
        }
    }

    @Test
    void aDeadlineThatIsEditedDuringADrainCountsFromThen() {
        try (var director = new TestDirector(persistent(tcp(80), 300, HOST, quiescedUntil(1, 500)))) {
            director.client(1025, TestDirector.SYN, Counter.FORWARDED_TO_SERVER);
            director.configure(persistent(tcp(80), 300, HOST, quiescedUntil(0, 500)));
            director.now += 10 * TestDirector.SECOND;
            director.configure(persistent(tcp(80), 300, HOST, quiescedUntil(0, 20)));

            director.now += 21 * TestDirector.SECOND;
            director.tables.turn(director.now, Integer.MAX_VALUE);

            assertThat(director.tables.connections().size()).isZero();
        }
    }

    @Test
    void aDrainGoesOnInTheNextTurnUntilNothingIsLeft() { // and not a second later
        try (var director = new TestDirector(service(tcp(80), SchedulerName.RR, real("10.0.0.11", 80, 1)))) {
            clients(director, 60, 0);
            director.tables.quiesce(0, DrainMode.NOW, director.now);

            turns(director, 16, 10);

            assertThat(director.tables.connections().size()).isZero();
        }
    }

    @Test
    void pinnedTemplatesDoNotHideThoseBehindThemFromADrain() {
        try (var director = new TestDirector(sticky(real("10.0.0.11", 80, 1)))) {
            clients(director, 10, 0);
            clients(director, 20, 10);
            pin(director, 10, 30); // those made last stand first in the list
            director.tables.quiesce(0, DrainMode.NOW, director.now);

            turns(director, 16, 10);

            assertThat(director.tables.templates().size()).isEqualTo(20);
            director.tables.turn(director.now, 16);
            assertThat(director.tables.turn(director.now, 16))
                    .as("nothing left to do")
                    .isZero();
        }
    }

    @Test
    void templatesMovedAwayFromTheirConnectionsDoNotKeepADrainBusy() {
        try (var director = new TestDirector(sticky(real("10.0.0.11", 80, 1)))) {
            clients(director, 40, 0);
            director.configure(sticky(real("10.0.0.11", 80, 1), real("10.0.0.12", 80, 1)));
            for (int client = 0; client < 40; client++) {
                director.tables.moveTemplate(template(director, client), 1, director.now);
            }
            director.tables.quiesce(1, DrainMode.NOW, director.now);

            turns(director, 16, 10);

            assertThat(director.tables.turn(director.now, 16))
                    .as("nothing left to do")
                    .isZero();
            assertThat(template(director, 0)).isEqualTo(TemplateTable.MISSING);
            assertThat(director.tables.connections().size()).isEqualTo(40);
        }
    }

    @Test
    void aFullTableMakesRoomForAClientOfAServiceWithAShorterTimeout() {
        var limits = new Configuration.Datapath(64, 16, 0, false);
        var brief = persistent(tcp(443), 10, HOST, real("10.0.0.11", 443, 1));
        try (var director =
                new TestDirector(limits, persistent(tcp(80), 86_400, HOST, real("10.0.0.11", 80, 1)), brief)) {
            clients(director, 16, 0);
            director.now += 100 * TestDirector.SECOND;
            turns(director, 256, 10); // the connections are over, the templates are not

            for (int client = 100; client < 108; client++) {
                syn(director, client, 443, Counter.FORWARDED_TO_SERVER);
            }

            assertThat(director.count(Counter.EVICTED_TEMPLATE)).isEqualTo(8);
            assertThat(director.tables.templates().size()).isEqualTo(16);
        }
    }

    @Test
    void theSchedulerIsAskedOnceForAClientThatOthersMakeRoomFor() {
        var limits = new Configuration.Datapath(64, 4, 0, false);
        try (var director = new TestDirector(limits, sticky(real("10.0.0.11", 80, 1), real("10.0.0.12", 80, 1)))) {
            clients(director, 4, 0);
            director.now += 100 * TestDirector.SECOND;
            turns(director, 256, 10);

            int first = syn(director, 100, 80, Counter.FORWARDED_TO_SERVER);
            int second = syn(director, 101, 80, Counter.FORWARDED_TO_SERVER);

            assertThat(director.count(Counter.EVICTED_TEMPLATE)).isEqualTo(2);
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void aPinnedTemplateThatIsFlushedEndsWithItsConnections() { // 3.6
        try (var director = new TestDirector(sticky(real("10.0.0.11", 80, 1)))) {
            clients(director, 1, 0);
            pin(director, 0, 1);
            director.tables.dropTemplate(template(director, 0), director.now);
            assertThat(director.tables.templates().size()).isEqualTo(1);

            for (int seconds = 0; seconds < 500; seconds++) {
                director.now += TestDirector.SECOND;
                director.tables.turn(director.now, 256);
            }

            assertThat(director.tables.templates().size()).isZero();
        }
    }

    @Test
    void aServerRestoredAfterADrainAtOnceIsDrainedNextAsConfigured() {
        try (var director = new TestDirector(sticky(quiescedUntil(1, 500)))) {
            var reals = director.tables.reals();
            director.tables.quiesce(0, DrainMode.NOW, director.now);
            director.tables.restore(0);

            assertThat(reals.drain(0)).isEqualTo(DrainMode.UNTIL_DEADLINE);
            assertThat(reals.configuredDrainS(0)).isEqualTo(500);
        }
    }

    @Test
    void aConfiguredDeadlineHoldsAgainAfterADrainByHand() {
        try (var director = new TestDirector(sticky(quiescedUntil(0, 500)))) {
            var reals = director.tables.reals();
            long endsAt = reals.drainEndsAt(0);
            director.now += 100 * TestDirector.SECOND;
            director.tables.quiesce(0, DrainMode.KEEP_CONNECTIONS, director.now);
            director.tables.restore(0);

            assertThat(reals.weight(0)).isZero();
            assertThat(reals.drainEndsAt(0)).isEqualTo(endsAt);
            assertThat(reals.isToBeEmptied(0, director.now)).isFalse();
        }
    }

    @Test
    void aDeadlineThatComesWithAReloadDuringADrainByHandCountsFromThen() {
        try (var director = new TestDirector(sticky(quiescedUntil(1, 500)))) {
            director.now += 1000 * TestDirector.SECOND;
            director.tables.quiesce(0, DrainMode.UNTIL_DEADLINE, director.now + 500 * TestDirector.SECOND);
            director.configure(sticky(quiescedUntil(0, 500)));

            assertThat(director.tables.reals().isToBeEmptied(0, director.now)).isFalse();
        }
    }

    @Test
    void anIcmpErrorBeginsOnlyWhatAPacketMightBegin() { // 1.8 step 6
        try (var director = new TestDirector(onePacket(Optional.empty()))) {
            director.ipvs = ipvs("scheduleIcmp", true);
            director.configure(onePacket(Optional.empty()));
            director.take(TestDirector.WAN, error(Frame.UDP, 53), Counter.NOT_OURS);

            var calls = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
            director.configure(onePacket(Optional.of(calls)));
            director.take(TestDirector.WAN, error(Frame.UDP, 53), Counter.NOT_OURS);

            director.configure(sticky(real("10.0.0.11", 80, 1)));
            var block = new ClientRule.Block(ClientPrefix.v4(new Ipv4(TestDirector.CLIENT), 32), ClientRule.FOR_EVER);
            director.tables.clientRules(ClientRules.NONE.with(block, director.now));
            director.take(TestDirector.WAN, error(Frame.TCP, 80), Counter.DROPPED_CLIENT_BLOCKED);

            assertThat(director.tables.connections().size()).isZero();
            assertThat(director.tables.templates().size()).isZero();
        }
    }

    @Test
    void aConnectionThatAnIcmpErrorBeganIsAnnouncedAtOnce() {
        try (var director = new TestDirector(sticky(real("10.0.0.11", 80, 1)))) {
            director.ipvs = ipvs("scheduleIcmp", true);
            director.configure(sticky(real("10.0.0.11", 80, 1)));

            director.take(TestDirector.WAN, error(Frame.TCP, 80), Counter.FORWARDED_ICMP_ERROR);

            var connections = director.tables.connections();
            assertThat(connections.view().at(connections.next(0)).version())
                    .isEqualTo(director.tables.changes().version());
        }
    }

    /// About a packet of the VIP to the client from port 40009.
    private static long error(int protocol, int port) {
        long quoted = TestPacket.flow(protocol, TestDirector.VIP, port, TestDirector.CLIENT, 40009, 0, "");
        return TestPacket.icmpError(3, 4, TestDirector.ip("203.0.113.9"), TestDirector.VIP, quoted);
    }

    private static Configuration.Service sticky(Configuration.RealServer... reals) {
        return persistent(tcp(80), 300, HOST, reals);
    }

    private static Configuration.Service onePacket(Optional<Configuration.Persistence> persistence) {
        return new Configuration.Service(
                new ServiceKey(Protocol.UDP, new Ipv4(TestDirector.VIP), 53),
                SchedulerName.RR,
                Set.of(),
                persistence,
                true,
                Optional.empty(),
                List.of(real("10.0.0.11", 53, 1)));
    }

    @Test
    void anUpperThresholdBelowThePresentCountHoldsForTheNextClient() { // 4.8
        try (var director = new TestDirector(bounded(0, 0))) {
            clients(director, 4, 0);
            director.configure(bounded(2, 0));
            syn(director, 5, 80, Counter.DROPPED_NO_REAL_SERVER);
            director.configure(bounded(4, 0));
            syn(director, 5, 80, Counter.DROPPED_NO_REAL_SERVER);
            director.configure(bounded(0, 0));
            syn(director, 5, 80, Counter.FORWARDED_TO_SERVER);
        }
    }

    @Test
    void aLowerThresholdAboveThePresentCountRelievesAtOnce() { // 4.8
        try (var director = new TestDirector(bounded(4, 1))) {
            clients(director, 4, 0);
            end(director, 0);
            end(director, 1);
            syn(director, 5, 80, Counter.DROPPED_NO_REAL_SERVER);
            director.configure(bounded(4, 3));
            syn(director, 5, 80, Counter.FORWARDED_TO_SERVER);
        }
    }

    private static void end(TestDirector director, int client) {
        int address = TestDirector.ip("198.51.100.0") + client;
        int slot = director.tables.connections().find(Frame.TCP, address, 40000, TestDirector.VIP, 80);
        director.tables.end(slot, false, director.now);
    }

    private static Configuration.Service bounded(int upper, int lower) {
        return service(
                tcp(80),
                SchedulerName.RR,
                new Configuration.RealServer(
                        Ipv4.of("10.0.0.11"), 80, 1, ForwardingMethod.NAT, upper, lower, Optional.empty()));
    }

    /// So many clients open one connection each.
    private static void clients(TestDirector director, int count, int from) {
        for (int client = from; client < from + count; client++) {
            syn(director, client, 80, Counter.FORWARDED_TO_SERVER);
        }
    }

    /// @return the real server that it went to, or 0
    private static int syn(TestDirector director, int client, int port, Counter end) {
        int address = TestDirector.ip("198.51.100.0") + client;
        var frame = TestPacket.flow(Frame.TCP, address, 40000, TestDirector.VIP, port, TestDirector.SYN, "");
        var sent = director.take(TestDirector.WAN, frame, end);
        return sent.isEmpty() ? 0 : TestDirector.destination(sent.getFirst());
    }

    private static int template(TestDirector director, int client) {
        int address = TestDirector.ip("198.51.100.0") + client;
        return director.tables.templates().find(Frame.TCP, address, TestDirector.VIP, 80);
    }

    private static void pin(TestDirector director, int from, int to) {
        for (int client = from; client < to; client++) {
            director.tables.pinTemplate(template(director, client), true, director.now);
        }
    }

    private static void turns(TestDirector director, int budget, int turns) {
        for (int turn = 0; turn < turns; turn++) {
            director.tables.turn(director.now, budget);
        }
    }

    private static Configuration.RealServer quiescedUntil(int weight, long deadlineS) {
        return new Configuration.RealServer(
                Ipv4.of("10.0.0.11"),
                80,
                weight,
                ForwardingMethod.NAT,
                0,
                0,
                Optional.of(new Configuration.Drain(DrainMode.UNTIL_DEADLINE, deadlineS)));
    }
}
