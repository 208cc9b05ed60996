package holdfast.forward;

import static holdfast.testing.Fixtures.ipvs;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.packet.Frame;
import holdfast.packet.TestPacket;
import holdfast.persist.TemplateTable;
import holdfast.service.Traffic;
import holdfast.table.Counter;
import holdfast.table.TemplateOrders;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// With `expire_nodest_conn` nothing remains of a removed real server or service, even if the same one is added again
/// before the last entry was removed (IPVS-REF 1.7).
class ForgottenServerTest {
    private static final Configuration.RealServer A = real("10.0.0.11", 80, 1);
    private static final Configuration.RealServer B = real("10.0.0.12", 80, 1);
    private static final int TO_A = TestDirector.REAL;
    private static final int TO_B = TestDirector.REAL2;
    private static final int BUDGET = 16;

    private TestDirector director;

    @BeforeEach
    void start() {
        director = new TestDirector();
        start(director);
    }

    @AfterEach
    void stop() {
        director.close();
    }

    @Test
    void templatesGoWithTheConnectionsOfARemovedServer() {
        clients(20);
        director.configure(sticky(A));
        turnUntilSwept();

        assertThat(director.tables.templates().size()).isEqualTo(10);
        assertThat(director.tables.connections().size()).isEqualTo(10);
        assertThat(director.tables.reals().persistent(0)).isEqualTo(10);
    }

    @Test
    void aClientOfAServerThatIsAddedAgainAtOnceIsScheduledAnew() {
        assertThat(syn(1, 40000)).isEqualTo(TO_B);
        director.configure(sticky(A));
        director.configure(sticky(A, B));

        assertThat(syn(2, 40000)).isEqualTo(TO_B);
        assertThat(syn(1, 40001)).as("by rr, not by its old template").isEqualTo(TO_A);
        assertThat(syn(3, 40000)).isEqualTo(TO_B);
    }

    @Test
    void anOpenConnectionToAServerThatIsAddedAgainAtOnceHasEnded() {
        assertThat(syn(1, 40000)).isEqualTo(TO_B);
        director.configure(sticky(A));
        director.configure(sticky(A, B));

        send(1, 40000, TestDirector.ACK, Counter.DROPPED_NO_CONNECTION);
    }

    @Test
    void theSameHoldsForAServiceThatIsRemovedAndAddedAgainAtOnce() {
        clients(20);
        director.configure();
        director.configure(sticky(A, B));

        send(1, 40000, TestDirector.ACK, Counter.DROPPED_NO_CONNECTION);
        turnUntilSwept();
        assertThat(director.tables.templates().size()).isZero();
        assertThat(director.tables.connections().size()).isZero();
    }

    @Test
    void whatIsNotSweptYetIsVoidAndASweepCostsNoMoreThanItsBudget() {
        clients(40);
        director.configure(sticky(A));
        director.configure(sticky(A, B));
        director.tables.turn(director.now, BUDGET);

        assertThat(director.tables.connections().size()).isBetween(40 - BUDGET, 39);
        for (int client = 0; client < 40; client++) {
            int slot = find(client);
            boolean isOfA = client % 2 == 1;
            assertThat(slot != TemplateTable.MISSING
                            && director.tables
                                    .reals()
                                    .isAvailable(director.tables
                                            .templates()
                                            .view()
                                            .at(slot)
                                            .real()))
                    .isEqualTo(isOfA);
        }
        turnUntilSwept();
        assertThat(director.tables.templates().size()).isEqualTo(20);
    }

    @Test
    void aPinnedTemplateGoesToo() {
        syn(1, 40000);
        director.tables.pinTemplate(find(1), true, director.now);
        director.configure(sticky(A));
        turnUntilSwept();

        assertThat(director.tables.templates().size()).isZero();
    }

    @Test
    void anOrderForAClientMakesANewTemplateInPlaceOfTheVoidOne() {
        syn(1, 40000);
        director.configure(sticky(A));
        director.configure(sticky(A, B));
        var client = new TemplateOrders.Selection(address(1), -1, 0, null);
        var to = new TemplateOrders.Target(TestDirector.ip("10.0.0.12"), 80);
        var outcome = director.tables.chores().order(TemplateOrders.Action.PIN, client, to, false);
        director.tables.chores().run(director.now, 100);
        assertThat(outcome.join().done()).isEqualTo(1);
        turnUntilSwept();

        assertThat(director.tables.templates().view().at(find(1)).isPinned()).isTrue();
        assertThat(syn(1, 40001)).isEqualTo(TO_B);
    }

    @Test
    void anOrderToMoveAllBringsNoVoidTemplateBack() {
        clients(20);
        director.configure(sticky(A));
        var all = new TemplateOrders.Selection(0, 0, 0, null);
        var to = new TemplateOrders.Target(TestDirector.ip("10.0.0.11"), 80);
        var outcome = director.tables.chores().order(TemplateOrders.Action.MOVE, all, to, false);
        director.tables.chores().run(director.now, 100);

        assertThat(outcome.join().done()).isZero();
    }

    @Test
    void whereTheSysctlIsSwitchedOffMeanwhileTheRestGoesAllTheSame() {
        clients(20);
        director.configure(sticky(A));
        director.ipvs = ipvs("expireNodestConn", false);
        director.configure(sticky(A, B));
        turnUntilSwept();

        assertThat(director.tables.templates().size()).isEqualTo(10);
    }

    @Test
    void whereTheSysctlIsSwitchedOffBeforeTheSweepAClientIsScheduledAnew() {
        assertThat(syn(1, 40000)).isEqualTo(TO_B);
        director.crowd(); // nothing is swept
        director.configure(sticky(A));
        director.ipvs = ipvs("expireNodestConn", false);
        director.configure(sticky(A, B));

        assertThat(syn(2, 40000)).isEqualTo(TO_B);
        assertThat(syn(1, 40000)).as("the same connection, begun anew").isEqualTo(TO_A);
    }

    @Test
    void whereTheSysctlIsSwitchedOnLaterWhatWasRemovedBeforeGoes() {
        director.ipvs = ipvs("expireNodestConn", false);
        director.configure(sticky(A, B));
        clients(20);
        director.configure(sticky(A));
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(sticky(A));
        turnUntilSwept();

        assertThat(director.tables.templates().size()).isEqualTo(10);
    }

    @Test
    void theSumsOfAServerThatIsAddedAgainGoOn() { // 3.9
        clients(20);
        director.configure(sticky(A));
        director.configure(sticky(A, B));

        int added = director.tables.services().reals(0).id(0);
        assertThat(director.tables.reals().traffic().total(added, Traffic.Unit.CONNECTIONS))
                .isEqualTo(10);
    }

    @Test
    void aServerThatComesAndGoesAgainAndAgainUsesNoIdsUp() {
        for (int i = 0; i < 300; i++) {
            director.configure(sticky(A, B));
            syn(1, 40000);
            director.configure(sticky(A));
            turnUntilSwept();
        }
        assertThat(director.tables.reals().size()).isLessThan(8);
    }

    @Test
    void theStandbyHearsOfEachTemplateThatGoes() {
        try (var standby = new TestDirector()) {
            standby.configure(sticky(A, B)); // nobody has told it that the server is gone
            standby.tables.demote();
            clients(40);
            director.configure(sticky(A));
            director.configure(sticky(A, B));
            while (director.isSweeping()) {
                director.tables.turn(director.now, BUDGET);
                deliver(standby);
            }

            assertThat(standby.tables.templates().size()).isEqualTo(20);
            assertThat(standby.tables.connections().size()).isEqualTo(20);
            assertThat(standby.tables.digest()).isEqualTo(director.tables.digest());
        }
    }

    @Test
    void aSweepWaitsWhileTheStreamIsCrowdedSoThatNoDeleteIsLost() {
        director.close();
        director = new TestDirector(new Configuration.Datapath(64, 64, 0, false), 32);
        start(director);
        for (int client = 0; client < 40; client++) {
            syn(client, 40000);
            director.forgetChanges();
        }
        director.configure(sticky(A));
        for (int turn = 0; turn < 20; turn++) {
            director.tables.turn(director.now, 4);
        }
        assertThat(director.isSweeping()).isTrue();

        turnUntilSwept();
        assertThat(director.count(Counter.LOST_DELTA)).isZero();
    }

    private static void start(TestDirector director) {
        director.ipvs = ipvs("expireNodestConn", true);
        director.configure(sticky(A, B));
    }

    private static Configuration.Service sticky(Configuration.RealServer... reals) {
        return persistent(tcp(80), 300, "255.255.255.255", reals);
    }

    private void clients(int count) {
        for (int client = 0; client < count; client++) {
            syn(client, 40000);
        }
    }

    private int syn(int client, int port) {
        return TestDirector.destination(send(client, port, TestDirector.SYN, Counter.FORWARDED_TO_SERVER)
                .getFirst());
    }

    private List<TestDirector.Sent> send(int client, int port, int flags, Counter end) {
        var frame = TestPacket.flow(Frame.TCP, address(client), port, TestDirector.VIP, 80, flags, "");
        return director.take(TestDirector.WAN, frame, end);
    }

    private static int address(int client) {
        return TestDirector.ip("198.51.100.0") + client;
    }

    private int find(int client) {
        return director.tables.templates().find(Frame.TCP, address(client), TestDirector.VIP, 80);
    }

    private void turnUntilSwept() {
        for (int turn = 0; director.isSweeping() && turn < 100; turn++) {
            director.forgetChanges();
            director.tables.turn(director.now, 4);
        }
        assertThat(director.isSweeping()).isFalse();
    }

    private void deliver(TestDirector standby) {
        var out = director.tables.changes().ring();
        for (var delta = out.peek(); delta != null; delta = out.peek()) {
            requireNonNull(standby.replica.ring().claim()).copyOf(delta);
            standby.replica.ring().publish();
            out.release();
            standby.replicate();
        }
    }
}
