package holdfast.persist;

import static holdfast.testing.Fixtures.TCP;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conn.FlowHash;
import holdfast.conn.Width;
import holdfast.persist.Persistence.Verdict;
import holdfast.schedule.Schedulers;
import holdfast.service.Flow;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// IPVS-REF 1.4 and 3.3 to 3.9. The scheduler is rr and real servers are listed newest first, so picks run from the
/// last to the first named server.
class PersistenceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CLIENT = ip("198.51.100.7");
    private static final String HOST = "255.255.255.255";
    private static final Ipvs EXPIRE_QUIESCENT =
            new Ipvs(false, true, 1, false, false, false, false, 0, 0, 0, 10, 1024, 86_400, 86_400, 900, 120, 300);

    private final RealServerTable reals = new RealServerTable(16);
    private Services services = new Services(reals);
    private final TemplateTable templates = new TemplateTable(8, reals, new FlowHash(5, 6), 0, Arena.ofAuto());
    private final Persistence persistence =
            new Persistence(services, new Schedulers(services, Ipvs.DEFAULT), templates, new FlowHash(7, 8));
    private final Template template = templates.view();
    private final Flow flow = new Flow();
    private long now;

    @Test
    void clientKeepsItsRealServerAndOthersDoNotFollow() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 8080, 1), real("10.0.0.2", 8080, 1)));

        assertThat(connect(CLIENT, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.2:8080");
        assertThat(connect(CLIENT, 80)).isEqualTo("KEPT 10.0.0.2:8080");
        assertThat(connect(CLIENT + 1, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.1:8080");
        assertThat(reals.persistent(services.reals(0).id(0))).isEqualTo(1);
    }

    @Test
    void netmaskJoinsANetworkAndMayHaveHoles() {
        configure(persistent(tcp(80), 300, "255.255.0.255", real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));

        connect(ip("198.51.100.7"), 80);
        assertThat(template.at(persistence.template()).client()).isEqualTo(ip("198.51.0.7"));
        assertThat(connect(ip("198.51.200.7"), 80)).startsWith("KEPT");
        assertThat(connect(ip("198.51.100.8"), 80)).startsWith("TEMPLATE_CREATED");
    }

    @Test
    void eachServiceHasItsOwnTemplates() {
        configure(
                persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)),
                persistent(tcp(443), 300, HOST, real("10.0.0.1", 443, 1)));

        assertThat(connect(CLIENT, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.2:80");
        assertThat(connect(CLIENT, 443)).isEqualTo("TEMPLATE_CREATED 10.0.0.1:443");
    }

    @Test
    void portZeroServiceHasOneTemplateForAllPortsAndKeepsThePacketsPort() {
        configure(persistent(tcp(0), 300, HOST, real("10.0.0.1", 0, 1), real("10.0.0.2", 0, 1)));

        assertThat(connect(CLIENT, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.2:80");
        assertThat(connect(CLIENT, 443)).isEqualTo("KEPT 10.0.0.2:443");
        assertThat(template.at(persistence.template()).virtualPort()).isZero();
    }

    @Test
    void ftpServiceHasOneTemplateForControlAndData() {
        configure(persistent(tcp(21), 300, HOST, real("10.0.0.1", 21, 1), real("10.0.0.2", 21, 1)));

        assertThat(connect(CLIENT, 21)).isEqualTo("TEMPLATE_CREATED 10.0.0.2:21");
        assertThat(connect(CLIENT, 50000)).isEqualTo("KEPT 10.0.0.2:50000");
        assertThat(template.at(persistence.template()).virtualPort()).isZero();
    }

    @Test
    void serviceWithoutPersistenceAnswersOnlyAtItsOwnPort() {
        configure(service(tcp(80), SchedulerName.RR, real("10.0.0.1", 8080, 1)), service(tcp(0), SchedulerName.RR));

        assertThat(connect(CLIENT, 80)).isEqualTo("SCHEDULED 10.0.0.1:8080");
        assertThat(connect(CLIENT, 81)).isEqualTo("LEAVE");
        assertThat(templates.size()).isZero();
    }

    @Test
    void nobodyToPickLeaves() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 0)));

        assertThat(connect(CLIENT, 80)).isEqualTo("LEAVE");
        assertThat(templates.size()).isZero();
    }

    @Test
    void fullTemplateTableDrops() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        for (int i = 0; i < 8; i++) {
            connect(CLIENT + i, 80);
        }
        assertThat(connect(CLIENT + 8, 80)).isEqualTo("DROP");
        assertThat(connect(CLIENT + 7, 80)).startsWith("KEPT");
        assertThat(templates.refusedFull()).isEqualTo(1);
    }

    @Test
    void quiescedAndOverloadedRealServersKeepTheirClients() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        connect(CLIENT, 80);
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 0)));
        reals.overloaded(services.reals(0).id(0), true);

        assertThat(connect(CLIENT, 80)).isEqualTo("KEPT 10.0.0.2:80");
        assertThat(connect(CLIENT + 1, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.1:80");
    }

    @Test
    void expireQuiescentTemplateMovesNewConnectionsAndLeavesOldOnes() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        connect(CLIENT, 80);
        int old = persistence.template();
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 0)));
        persistence.update(services, EXPIRE_QUIESCENT);

        assertThat(connect(CLIENT, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.1:80");
        assertThat(persistence.invalidated()).isEqualTo(old);
        assertThat(template.at(old).isInvalid()).isTrue();
        assertThat(template.controlled()).isEqualTo(1);
        assertThat(templates.size())
                .as("the old one is listed until its timer ends")
                .isEqualTo(2);
        assertThat(template.expiresAt()).as("its timer is not restarted").isEqualTo(300 * SECOND);
        assertThat(templates.digest()).isEqualTo(templates.recomputedDigest());
    }

    @Test
    void templateOfADroppedRealServerIsInvalidAtItsNextUse() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        connect(CLIENT, 80);
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));

        assertThat(connect(CLIENT, 80)).isEqualTo("TEMPLATE_CREATED 10.0.0.1:80");
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        assertThat(connect(CLIENT, 80)).as("an invalid one does not revive").isEqualTo("KEPT 10.0.0.1:80");
    }

    @Test
    void templateOfARealServerThatComesBackUnusedMeanwhileIsValid() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        connect(CLIENT, 80);
        configure();
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));

        assertThat(connect(CLIENT, 80)).isEqualTo("KEPT 10.0.0.2:80");
    }

    @Test
    void invalidTemplateWithoutSuccessorIsReported() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int old = persistence.template();
        configure(persistent(tcp(80), 300, HOST));

        assertThat(connect(CLIENT, 80)).isEqualTo("LEAVE");
        assertThat(persistence.invalidated()).isEqualTo(old);
        assertThat(persistence.template()).isEqualTo(Persistence.NO_TEMPLATE);
    }

    @Test
    void changedTimeoutIsForNewTemplatesOnly() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        configure(persistent(tcp(80), 600, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        assertThat(template.at(persistence.template()).timeoutS()).isEqualTo(300);
        connect(CLIENT + 1, 80);
        assertThat(template.at(persistence.template()).timeoutS()).isEqualTo(600);
    }

    /// IPVS-REF 3.6, worked timeline 1.
    @Test
    void longConnectionsLeaveAMinute() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int slot = persistence.template();
        at(100);
        connect(CLIENT, 80);
        assertThat(ends(slot)).isEqualTo(400);
        at(400);
        assertThat(ends(slot)).isEqualTo(460);
        assertThat(template.at(slot).timeoutS()).isEqualTo(60);
        at(430);
        assertThat(connect(CLIENT, 80)).startsWith("KEPT");
        assertThat(ends(slot)).isEqualTo(490);
        at(490);
        assertThat(ends(slot)).isEqualTo(550);
        at(550);
        assertThat(ends(slot)).isEqualTo(610);
        at(560);
        for (int i = 0; i < 3; i++) {
            assertThat(persistence.release(slot, false)).isFalse();
        }
        assertThat(ends(slot)).isEqualTo(610);
        at(609);
        assertThat(templates.isLive(slot)).isTrue();
        at(610);
        assertThat(templates.isLive(slot)).isFalse();
        assertThat(connect(CLIENT, 80)).startsWith("TEMPLATE_CREATED");
        assertThat(template.at(persistence.template()).timeoutS()).isEqualTo(300);
    }

    /// IPVS-REF 3.6, worked timeline 2.
    @Test
    void shortConnectionLeavesTheWholeTimeoutFromItsStart() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int slot = persistence.template();
        at(121);
        persistence.release(slot, false);
        at(299);
        connect(CLIENT, 80);
        assertThat(ends(slot)).isEqualTo(599);
        persistence.release(slot, false);
        at(598);
        assertThat(templates.isLive(slot)).isTrue();
        at(599);
        assertThat(templates.isLive(slot)).isFalse();
    }

    /// IPVS-REF 3.6, worked timeline 3.
    @Test
    void timeoutShorterThanTimeWaitIsRoundedUpByMinutes() {
        configure(persistent(tcp(80), 30, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int slot = persistence.template();
        at(30);
        assertThat(ends(slot)).isEqualTo(90);
        at(90);
        assertThat(ends(slot)).isEqualTo(150);
        at(121);
        persistence.release(slot, false);
        at(149);
        assertThat(templates.isLive(slot)).isTrue();
        at(150);
        assertThat(templates.isLive(slot)).isFalse();
    }

    @Test
    void lastConnectionEndedByForceTakesAnUnassuredTemplateWithIt() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        connect(CLIENT, 80);
        int slot = persistence.template();

        assertThat(persistence.release(slot, true)).isFalse();
        assertThat(persistence.release(slot, true)).isTrue();
    }

    @Test
    void assuredTemplateOutlivesForce() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int slot = persistence.template();

        assertThat(persistence.assure(slot)).isTrue();
        assertThat(persistence.assure(slot)).isFalse();
        assertThat(persistence.release(slot, true)).isFalse();
    }

    @Test
    void droppedTemplateStaysUnfindableWhileConnectionsAreLinkedToIt() {
        configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        connect(CLIENT, 80);
        int slot = persistence.template();
        persistence.drop(slot);

        assertThat(templates.isLive(slot)).isTrue();
        assertThat(templates.digest()).isZero();
        assertThat(connect(CLIENT, 80)).startsWith("TEMPLATE_CREATED");
        persistence.release(slot, false);
        persistence.drop(slot);
        assertThat(templates.isLive(slot)).isFalse();
        assertThat(templates.size()).isEqualTo(1);
    }

    @Test
    void clientsOfOneIpv6PrefixAreOneClient() { // 3.2
        var wide = new TemplateTable(Width.IPV6, 8, reals, new FlowHash(5, 6), 0, Arena.ofAuto());
        var wideView = wide.view();
        for (int length : new int[] {1, 48, 63, 64, 65, 127, 128}) {
            var rule = new Configuration.Persistence(300, -1, length, RearmPolicy.IPVS, Optional.empty());
            var one = new Configuration.Service(
                    tcp(80), SchedulerName.RR, Optional.of(rule), List.of(real("10.0.0.1", 80, 1)));
            configure(one);
            var decision = new Persistence(services, new Schedulers(services, Ipvs.DEFAULT), wide, new FlowHash(7, 8));
            long hi = 0xffff_ffff_ffff_ffffL;
            long lo = 0xffff_ffff_ffff_ffffL;
            decision.assign(0, flow.v6(TCP, hi, lo, 40000, VIP, 80, VIP), now);
            int slot = decision.template();
            for (int bit = 0; bit < 128; bit++) { // each other address that differs in one bit
                long otherHi = bit < 64 ? hi ^ (1L << (63 - bit)) : hi;
                long otherLo = bit < 64 ? lo : lo ^ (1L << (127 - bit));
                var verdict = decision.assign(0, flow.v6(TCP, otherHi, otherLo, 1, VIP, 80, VIP), now);
                assertThat(verdict == Verdict.KEPT)
                        .as("/%d, bit %d", length, bit)
                        .isEqualTo(bit >= length);
                if (verdict == Verdict.TEMPLATE_CREATED) {
                    wide.remove(decision.template());
                }
            }
            assertThat(wideView.at(slot).clientLo()).isEqualTo(length <= 64 ? 0 : lo << (128 - length));
            wide.remove(slot);
        }
    }

    private void configure(Configuration.Service... wanted) {
        services = services.rebuild(List.of(wanted), now);
        persistence.update(services, Ipvs.DEFAULT);
    }

    private String connect(int client, int port) {
        int service = services.find(TCP, VIP, port);
        if (service == Services.NONE) {
            return "no service";
        }
        var verdict = persistence.assign(service, flow.v4(TCP, client, 40000, VIP, port), now);
        if (verdict == Verdict.KEPT || verdict == Verdict.TEMPLATE_CREATED) {
            persistence.attach(persistence.template(), now);
        }
        return persistence.real() == RealServerTable.NONE
                ? verdict.name()
                : verdict + " " + Ipv4.text(reals.address(persistence.real())) + ":" + persistence.realPort();
    }

    /// Goes to a second (a hair later, since the wheel never fires early) with its timers run, as the worker does.
    private void at(long second) {
        now = second * SECOND;
        templates.advance(now + 2_000_000, 1000, (slot, _) -> {
            if (!persistence.rearm(slot, now)) {
                templates.remove(slot);
            }
        });
    }

    private long ends(int slot) {
        return template.at(slot).expiresAt() / SECOND;
    }
}
