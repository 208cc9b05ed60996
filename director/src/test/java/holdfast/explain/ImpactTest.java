package holdfast.explain;

import static holdfast.explain.Situation.draining;
import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conf.PersistenceEngine;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// IPVS-REF 3.9 row by row, and 1.7. Three clients have templates, two of them to 10.0.0.2; of five connections three
/// are to 10.0.0.2.
class ImpactTest {
    private static final String HOST = "255.255.255.255";
    private static final Configuration.RealServer FIRST = real("10.0.0.1", 80, 1);
    private static final Configuration.RealServer SECOND = real("10.0.0.2", 80, 1);

    private final Situation live = new Situation(100);
    private Ipvs wantedIpvs = Ipvs.DEFAULT;

    @BeforeEach
    void serveThreeClients() {
        live.configure(persistent(tcp(80), 300, HOST, FIRST, SECOND));
        for (int client = 0; client < 3; client++) {
            live.connect(ip("198.51.100.1") + client, 80);
        }
        connections("10.0.0.1", 1, 1);
        connections("10.0.0.2", 2, 1);
    }

    @Test
    void nothingChanges() {
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, SECOND));

        assertThat(impact.services()).isEmpty();
        assertThat(impact.sentences())
                .containsExactly(
                        "VIP 192.0.2.10 on wan stays where it is.", "No client and no connection is affected.");
    }

    @Test
    void timeoutEdited() {
        var impact = impact(persistent(tcp(80), 60, HOST, FIRST, SECOND));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(impact.sentences())
                .contains("tcp/192.0.2.10:80: present templates keep their timeout of 300 s; only new ones get 60 s.");
    }

    @Test
    void netmaskEdited() {
        var impact = impact(persistent(tcp(80), 300, "255.255.255.0", FIRST, SECOND));

        assertThat(numbers(impact)).isEqualTo("orphaned 3, rehomed 3, ended 0, black-holed 0");
        assertThat(impact.services().getFirst().reals())
                .extracting(RealImpact::real, RealImpact::templatesOrphaned)
                .containsExactly(tuple("10.0.0.1:80", 1L), tuple("10.0.0.2:80", 2L));
        assertThat(impact.sentences())
                .anyMatch(sentence -> sentence.contains("whose address both masks leave the same"))
                .contains("tcp/192.0.2.10:80: 10.0.0.2:80 loses 2 templates, which no packet will find any more.");
    }

    @Test
    void schedulerEdited() {
        var impact = impact(new Configuration.Service(
                tcp(80),
                SchedulerName.WLC,
                Optional.of(new Configuration.Persistence(300, -1)),
                List.of(FIRST, SECOND)));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(impact.sentences()).anyMatch(sentence -> sentence.contains("from rr to wlc"));
    }

    @Test
    void persistenceSwitchedOff() {
        var impact = impact(service(tcp(80), SchedulerName.RR, FIRST, SECOND));

        assertThat(numbers(impact)).isEqualTo("orphaned 3, rehomed 3, ended 0, black-holed 0");
        assertThat(impact.sentences()).anyMatch(sentence -> sentence.contains("connections go on"));
    }

    @Test
    void persistenceSwitchedOnAgainInTime() {
        live.configure(service(tcp(80), SchedulerName.RR, FIRST, SECOND));

        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, SECOND));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(effect(impact, "10.0.0.2:80").templatesRevived()).isEqualTo(2);
    }

    @Test
    void engineAdded() {
        var engine = new Configuration.Persistence(300, -1, RearmPolicy.IPVS, Optional.of(PersistenceEngine.SIP));
        var impact = impact(
                new Configuration.Service(tcp(80), SchedulerName.RR, Optional.of(engine), List.of(FIRST, SECOND)));

        assertThat(numbers(impact)).isEqualTo("orphaned 3, rehomed 3, ended 0, black-holed 0");
    }

    @Test
    void weightZeroKeepsAllAsInIpvs() {
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, real("10.0.0.2", 80, 0)));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(impact.sentences())
                .contains("tcp/192.0.2.10:80: 10.0.0.2:80 has weight 0 and keeps 3 connections and 2 templates:"
                        + " clients come back by them, so it still gains connections.");
    }

    @Test
    void weightZeroWithExpireQuiescentTemplateMovesClients() {
        wantedIpvs = Situation.ipvs(false, true);
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, real("10.0.0.2", 80, 0)));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 2, ended 0, black-holed 0");
        assertThat(impact.sentences())
                .contains("tcp/192.0.2.10:80: 10.0.0.2:80 has weight 0 and keeps 3 connections;"
                        + " 2 clients with a template will move with their next connection.");
    }

    @Test
    void weightZeroUnderEachDrainMode() {
        assertThat(drained(DrainMode.KEEP_ALL)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(drained(DrainMode.KEEP_CONNECTIONS)).isEqualTo("orphaned 0, rehomed 2, ended 0, black-holed 0");
        assertThat(drained(DrainMode.UNTIL_DEADLINE)).isEqualTo("orphaned 0, rehomed 2, ended 3, black-holed 0");
        assertThat(drained(DrainMode.NOW)).isEqualTo("orphaned 0, rehomed 2, ended 3, black-holed 0");
        assertThat(impact(persistent(tcp(80), 300, HOST, FIRST, draining("10.0.0.2", 80, DrainMode.UNTIL_DEADLINE, 90)))
                        .sentences())
                .anyMatch(sentence -> sentence.contains("3 connections will end after 90 s at the latest"));
    }

    @Test
    void anotherDrainModeOfOneThatIsQuiescedAlreadyCountsToo() {
        live.configure(persistent(tcp(80), 300, HOST, FIRST, real("10.0.0.2", 80, 0)));
        assertThat(drained(DrainMode.NOW)).isEqualTo("orphaned 0, rehomed 2, ended 3, black-holed 0");
        assertThat(drained(DrainMode.KEEP_ALL)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");

        live.configure(persistent(tcp(80), 300, HOST, FIRST, draining("10.0.0.2", 80, DrainMode.KEEP_CONNECTIONS, 0)));
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, SECOND));
        assertThat(effect(impact, "10.0.0.2:80").templatesRevived()).isEqualTo(2);
        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
    }

    @Test
    void weightEditedToAnotherWeight() {
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, real("10.0.0.2", 80, 7)));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(impact.sentences())
                .contains("tcp/192.0.2.10:80: 10.0.0.2:80 has weight 7 instead of 1 for clients without a template.");
    }

    @Test
    void thresholdThatOverloadsKeepsTemplates() {
        var limited =
                new Configuration.RealServer(Ipv4.of("10.0.0.2"), 80, 1, ForwardingMethod.NAT, 2, 1, Optional.empty());
        assertThat(numbers(impact(persistent(tcp(80), 300, HOST, FIRST, limited))))
                .isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
    }

    @Test
    void realServerRemovedBlackHolesItsConnections() {
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST));

        assertThat(numbers(impact)).isEqualTo("orphaned 2, rehomed 2, ended 0, black-holed 3");
        assertThat(impact.sentences()).anyMatch(sentence -> sentence.contains("dropped without a word"));
    }

    @Test
    void realServerRemovedWithExpireNodestConnEndsItsConnections() {
        wantedIpvs = Situation.ipvs(true, false);
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST));

        assertThat(numbers(impact)).isEqualTo("orphaned 2, rehomed 2, ended 3, black-holed 0");
        assertThat(impact.sentences())
                .anyMatch(sentence -> sentence.endsWith(
                        "2 templates and 3 connections will end at once, and stay gone when it comes back."));
    }

    @Test
    void realServerAddedAgainInTimeRevives() {
        live.configure(persistent(tcp(80), 300, HOST, FIRST));
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, SECOND, real("10.0.0.3", 80, 1)));

        assertThat(effect(impact, "10.0.0.2:80").templatesRevived()).isEqualTo(2);
        assertThat(effect(impact, "10.0.0.2:80").connectionsRevived()).isEqualTo(3);
        assertThat(effect(impact, "10.0.0.3:80").sentence()).isEqualTo("is added.");
        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
    }

    @Test
    void serviceRemoved() {
        var impact = impact();

        assertThat(numbers(impact)).isEqualTo("orphaned 3, rehomed 0, ended 0, black-holed 5");
        assertThat(impact.sentences())
                .contains(
                        "tcp/192.0.2.10:80: the service is removed; its clients have nowhere to come back to.",
                        "VIP 192.0.2.10 on wan stays where it is.");
    }

    @Test
    void serviceAddedAgainWithTheSameRealServersRevives() {
        live.configure();
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, SECOND));

        assertThat(impact.services().getFirst().reals())
                .extracting(RealImpact::templatesRevived)
                .containsExactly(1L, 2L);
    }

    @Test
    void allClearedAndRestored() {
        live.configure(persistent(tcp(80), 300, HOST, FIRST, SECOND), service(tcp(81), SchedulerName.RR, FIRST));
        assertThat(numbers(impact())).isEqualTo("orphaned 3, rehomed 0, ended 0, black-holed 5");
        live.configure();
        assertThat(impact(persistent(tcp(80), 300, HOST, FIRST, SECOND), service(tcp(81), SchedulerName.RR, FIRST))
                        .services())
                .hasSize(2)
                .allMatch(one -> one.changes().equals(List.of("the service is new.")));
    }

    @Test
    void forwardingMethodEdited() {
        var direct = new Configuration.RealServer(Ipv4.of("10.0.0.2"), 80, 1, ForwardingMethod.DR);
        var impact = impact(persistent(tcp(80), 300, HOST, FIRST, direct));

        assertThat(numbers(impact)).isEqualTo("orphaned 0, rehomed 0, ended 0, black-holed 0");
        assertThat(impact.sentences())
                .contains(
                        "tcp/192.0.2.10:80: 10.0.0.2:80 keeps method NAT for 3 connections; new ones, of old templates"
                                + " too, take DR.");
    }

    @Test
    void nobodyLeftWithWeightIsSaid() {
        var impact = impact(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 0), real("10.0.0.2", 80, 0)));

        assertThat(impact.sentences())
                .contains("tcp/192.0.2.10:80: no real server has any weight left, so new clients are refused.");
    }

    @Test
    void manyRealServersAreCountedInSlicesAndNoneIsLeftOut() {
        var reals = IntStream.range(0, 200)
                .mapToObj(i -> real("10.0.1." + i, 80, 1))
                .toArray(Configuration.RealServer[]::new);
        live.configure(persistent(tcp(80), 300, HOST, reals));
        live.connect(ip("198.51.100.1"), 80);
        var present = configuration(100, List.of(new Ipv4(VIP)), live.present, live.ipvs);
        var wanted = configuration(100, List.of(new Ipv4(VIP)), List.of(), live.ipvs);
        var census = new Census(present, wanted);
        int slices = 1;
        while (census.read(live.reals)) {
            slices++;
        }
        assertThat(slices).isEqualTo(4);
        assertThat(Impact.of(census, present, wanted).services().getFirst().reals())
                .hasSize(200)
                .filteredOn(real -> real.templatesOrphaned() == 1)
                .hasSize(1);
    }

    @Test
    void vipsMoveOnlyWithTheirGroups() {
        var present = configuration(100, List.of(new Ipv4(VIP)), live.present, live.ipvs);
        var wanted = configuration(101, List.of(new Ipv4(VIP), Ipv4.of("192.0.2.11")), live.present, live.ipvs);
        var impact = impact(present, wanted);

        assertThat(impact.vipsUnmoved()).isFalse();
        assertThat(impact.vips())
                .containsExactly(
                        "VIP 192.0.2.10 on wan may move, because the way in which its group elects the active"
                                + " director changes.",
                        "VIP 192.0.2.11 on wan is new.");
        assertThat(impact(wanted, configuration(101, List.of(), live.present, live.ipvs))
                        .vips())
                .allMatch(sentence -> sentence.endsWith("is given up."));
        assertThat(impact(live.present.getFirst()).vipsUnmoved()).isTrue();
    }

    @Test
    void aMarkWithOtherRulesTakesOtherConnections() {
        assertThat(marked(List.of(rule(7, 80, 443)), List.of(rule(7, 80))))
                .containsExactly("mark/7: the rules of the mark change, so other new connections come to the service;"
                        + " open ones go on.");
        assertThat(marked(List.of(rule(7, 80)), List.of(rule(7, 80), rule(8, 443))))
                .isEmpty();
        assertThat(marked(List.of(rule(7, 80), rule(7, 443)), List.of(rule(7, 443), rule(7, 80))))
                .isEmpty();
    }

    @Test
    void ofMarksTheOrderOfRulesCountsWhereBothFitTheSamePackets() {
        assertThat(marked(List.of(rule(8, 443), rule(7)), List.of(rule(7), rule(8, 443))))
                .singleElement()
                .asString()
                .startsWith("mark/7: the rules of other marks that are tried before those of this one change");
        assertThat(marked(List.of(rule(7)), List.of(rule(8, 443), rule(7)))).hasSize(1);
        assertThat(marked(List.of(rule(8, 443), rule(7, 80)), List.of(rule(7, 80), rule(8, 443))))
                .isEmpty();
    }

    private static MarkRule rule(int mark, int... ports) {
        return new MarkRule(
                mark,
                Optional.empty(),
                Optional.of(MarkRule.Prefix.of("192.0.2.10")),
                Optional.of(Protocol.TCP),
                List.of(),
                Arrays.stream(ports)
                        .mapToObj(port -> new MarkRule.PortRange(port, port))
                        .toList(),
                Optional.empty());
    }

    /// What the service of mark 7 is told of other rules.
    private List<String> marked(List<MarkRule> present, List<MarkRule> wanted) {
        var services = List.of(persistent(ServiceKey.ofMark(7), 300, HOST, FIRST));
        var impact = impact(
                configuration(100, List.of(), services, Ipvs.DEFAULT, present),
                configuration(100, List.of(), services, Ipvs.DEFAULT, wanted));
        return impact.services().stream()
                .flatMap(service -> service.sentences().stream())
                .toList();
    }

    private String drained(DrainMode mode) {
        return numbers(impact(persistent(tcp(80), 300, HOST, FIRST, draining("10.0.0.2", 80, mode, 90))));
    }

    private Impact impact(Configuration present, Configuration wanted) {
        var census = new Census(present, wanted);
        while (census.read(live.reals)) {
            assertThat(wanted.services()).isNotEmpty();
        }
        return Impact.of(census, present, wanted);
    }

    private Impact impact(Configuration.Service... wanted) {
        return impact(
                configuration(100, List.of(new Ipv4(VIP)), live.present, live.ipvs),
                configuration(100, List.of(new Ipv4(VIP)), List.of(wanted), wantedIpvs));
    }

    private static String numbers(Impact impact) {
        return "orphaned %d, rehomed %d, ended %d, black-holed %d"
                .formatted(
                        impact.templatesOrphaned(),
                        impact.clientsRehomed(),
                        impact.connectionsEnded(),
                        impact.connectionsBlackHoled());
    }

    private static RealImpact effect(Impact impact, String name) {
        return impact.services().getFirst().reals().stream()
                .filter(one -> one.real().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void connections(String address, int active, int inactive) {
        int id = live.id(0, address, 80);
        for (int i = 0; i < active; i++) {
            live.reals.connectionBound(id, false);
        }
        for (int i = 0; i < inactive; i++) {
            live.reals.connectionBound(id, true);
        }
    }

    private static Configuration configuration(
            int priority, List<Ipv4> vips, List<Configuration.Service> services, Ipvs ipvs) {
        return configuration(priority, vips, services, ipvs, List.of());
    }

    private static Configuration configuration(
            int priority, List<Ipv4> vips, List<Configuration.Service> services, Ipvs ipvs, List<MarkRule> marks) {
        var group = new Configuration.VipGroup(
                "web",
                51,
                "wan",
                priority,
                false,
                100,
                Configuration.AdvertChecksum.RFC9568,
                Configuration.Trust.SEALED,
                new Configuration.Garp(List.of(), 0),
                vips.stream().map(vip -> new Configuration.Vip(vip, "wan")).toList());
        return new Configuration(
                new Configuration.Director("a", Path.of("state"), Path.of("socket")),
                new Configuration.Datapath(1, 1, 0, false),
                List.of("wan"),
                new Configuration.Cluster("c", Ipv4.of("10.1.0.1"), Ipv4.of("239.0.0.1"), 7000, Path.of("key"), true),
                List.of(group),
                ipvs,
                marks,
                services);
    }
}
