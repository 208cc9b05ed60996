package holdfast.explain;

import static holdfast.explain.Situation.SECOND;
import static holdfast.explain.Situation.draining;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.SchedulerName;
import holdfast.service.RealServerTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// SEED 28.4: which real server will the client get next; and 28.5.2, 28.21: why that one.
class WhereisTest {
    private static final String HOST = "255.255.255.255";
    private static final int CLIENT = ip("198.51.100.7");

    private final Situation live = new Situation(8);

    @Test
    void newClientOfAPersistentServiceIsScheduled() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 8080, 1), real("10.0.0.2", 8080, 1)));

        var answer = live.ask(CLIENT, 80);

        assertThat(answer)
                .isEqualTo(new Answer(
                        "tcp/192.0.2.10:80",
                        "198.51.100.7",
                        Optional.empty(),
                        Optional.of("10.0.0.2:8080"),
                        new Reason.Scheduled("rr", "10.0.0.2:8080")));
        assertThat(answer.sentences())
                .containsExactly(
                        "The next connection of 198.51.100.7 to tcp/192.0.2.10:80 goes to 10.0.0.2:8080.",
                        "The scheduler (rr) picks 10.0.0.2:8080, and a new template holds the client there.");
    }

    @Test
    void whoIsUnreachableIsNamedAndPassedOver() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 8080, 1), real("10.0.0.2", 8080, 1)));
        live.connect(CLIENT, 80); // gets the newest
        live.reals.unreachable(1, true);

        assertThat(live.ask(CLIENT + 1, 80).sentences())
                .containsExactly(
                        "The next connection of 198.51.100.8 to tcp/192.0.2.10:80 goes to 10.0.0.1:8080.",
                        "Unreachable, so passed over for new clients: 10.0.0.2:8080. The scheduler (rr) picks"
                                + " 10.0.0.1:8080, and a new template holds the client there.");
        assertThat(live.ask(CLIENT, 80).reason())
                .as("a sticky client stays")
                .isEqualTo(new Reason.Unreachable(
                        "10.0.0.2:8080", new Reason.KeptByTemplate("10.0.0.2:8080", false, false)));

        live.reals.unreachable(0, true);
        assertThat(live.ask(CLIENT + 1, 80).sentences().getLast())
                .endsWith("is unreachable: the client is told so after 3 s, unless it answers by then.");
    }

    @Test
    void clientWithATemplateIsToldAllAboutIt() {
        live.configure(persistent(tcp(80), 300, "255.255.255.0", real("10.0.0.1", 8080, 1)));
        live.connect(CLIENT, 80);
        live.connect(CLIENT + 1, 80);
        live.persistence.assure(live.persistence.template());
        live.templates.view().at(live.persistence.template()).version(77);
        live.now = 100 * SECOND;

        var answer = live.ask(CLIENT + 2, 80);

        assertThat(answer.template())
                .contains(new TemplateFound("198.51.100.0", "10.0.0.1:8080", 200, 300, 100, false, true, 2, 77, ""));
        assertThat(answer.reason()).isEqualTo(new Reason.KeptByTemplate("10.0.0.1:8080", false, false));
        assertThat(answer.sentences())
                .contains(
                        "Client 198.51.100.0 has a template to 10.0.0.1:8080, which ends in 200 s unless a new"
                                + " connection renews it to 300 s.",
                        "A connection of the client renewed it 100 s ago.",
                        "It controls 2 connections and is assured; its version is 77.");
    }

    @Test
    void rearmedTemplateDoesNotClaimToKnowItsLastRenewal() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 8080, 1)));
        live.connect(CLIENT, 80);
        live.now = 300 * SECOND;
        live.persistence.rearm(live.persistence.template(), live.now);

        var found = live.ask(CLIENT, 80).template().orElseThrow();

        assertThat(found.timeoutS()).isEqualTo(60);
        assertThat(found.renewedAgoS()).isEqualTo(TemplateFound.UNKNOWN);
    }

    @Test
    void weightZeroStillGainsConnectionsAndTheAnswerSaysWhy() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        live.connect(CLIENT, 80);
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 0)));

        var answer = live.ask(CLIENT, 80);

        assertThat(answer.next()).contains("10.0.0.1:80");
        assertThat(answer.reason()).isEqualTo(new Reason.KeptByTemplate("10.0.0.1:80", true, false));
        assertThat(answer.reason().sentence())
                .contains("a real server of weight 0 still gains connections", "expire_quiescent_template");
    }

    @Test
    void overloadDoesNotMatterToATemplate() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        live.connect(CLIENT, 80);
        live.reals.overloaded(live.id(0, "10.0.0.1", 80), true);

        assertThat(live.ask(CLIENT, 80).reason()).isEqualTo(new Reason.KeptByTemplate("10.0.0.1:80", false, true));
        assertThat(live.ask(CLIENT + 1, 80).reason().sentence()).contains("10.0.0.1:80 is over its threshold");
    }

    @Test
    void pinnedTemplateIsNamedSo() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        live.connect(CLIENT, 80);
        live.templates.view().at(live.persistence.template()).pinned(true);

        assertThat(live.ask(CLIENT, 80).reason()).isEqualTo(new Reason.PinnedByTemplate("10.0.0.1:80", false, false));
    }

    @Test
    void removedRealServerMakesTheTemplateInvalid() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        live.connect(CLIENT, 80);
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.2", 80, 1)));

        var answer = live.ask(CLIENT, 80);

        assertThat(answer.template().orElseThrow().valid()).isFalse();
        assertThat(answer.reason())
                .isEqualTo(new Reason.TemplateInvalid(
                        "10.0.0.1:80 is not a real server of the service any more",
                        new Reason.Scheduled("rr", "10.0.0.2:80")));
        assertThat(answer.next()).contains("10.0.0.2:80");
    }

    @Test
    void quiescedRealServerMakesTheTemplateInvalidInEveryModeButKeepAll() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        live.connect(CLIENT, 80);
        for (var mode : DrainMode.values()) {
            live.configure(persistent(tcp(80), 300, HOST, draining("10.0.0.1", 80, mode, 0), real("10.0.0.2", 80, 1)));
            assertThat(live.ask(CLIENT, 80).next())
                    .as("%s", mode)
                    .contains(mode == DrainMode.KEEP_ALL ? "10.0.0.1:80" : "10.0.0.2:80");
        }
    }

    @Test
    void theDrainOfAServerCountsWhereAnotherServiceSharesItsTemplates() { // 3.3: FTP and port 0 have one key
        var any = persistent(tcp(0), 300, HOST, real("10.0.0.2", 0, 1));
        live.configure(persistent(tcp(21), 300, HOST, real("10.0.0.1", 21, 1)), any);
        live.connect(CLIENT, 21);
        assertThat(live.ask(CLIENT, 80).next()).contains("10.0.0.1:80");
        live.configure(persistent(tcp(21), 300, HOST, draining("10.0.0.1", 21, DrainMode.KEEP_CONNECTIONS, 0)), any);

        var answer = live.ask(CLIENT, 80);

        assertThat(answer.reason())
                .isEqualTo(new Reason.TemplateInvalid(
                        "the weight of 10.0.0.1:21 is 0 and its drain mode, keep-connections, keeps no client",
                        new Reason.Scheduled("rr", "10.0.0.2:80")));
        assertThat(live.connect(CLIENT, 80)).isEqualTo("10.0.0.2:80");
    }

    @Test
    void serviceWithoutPersistenceSchedulesEachConnectionAtItsOwnPort() {
        live.configure(
                service(tcp(80), SchedulerName.RR, real("10.0.0.1", 8080, 1)),
                service(tcp(0), SchedulerName.RR, real("10.0.0.1", 0, 1)));

        assertThat(live.ask(CLIENT, 80).reason()).isEqualTo(new Reason.NotPersistent("rr", "10.0.0.1:8080"));
        assertThat(live.ask(CLIENT, 81).reason()).isEqualTo(new Reason.OtherPort(0, 81));
        assertThat(live.ask(CLIENT, 81).next()).isEmpty();
    }

    @Test
    void portZeroServiceKeepsThePacketsPort() {
        live.configure(persistent(tcp(0), 300, HOST, real("10.0.0.1", 0, 1)));
        live.connect(CLIENT, 443);

        assertThat(live.ask(CLIENT, 8443).next()).contains("10.0.0.1:8443");
    }

    @Test
    void nobodyToPickSaysOfEachWhy() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 0), real("10.0.0.2", 80, 1)));
        live.reals.overloaded(live.id(0, "10.0.0.2", 80), true);

        assertThat(live.ask(CLIENT, 80).reason().sentence())
                .isEqualTo("The scheduler (rr) finds no real server, so the client is refused:"
                        + " 10.0.0.2:80 is over its threshold with 0 connections, 10.0.0.1:80 has weight 0.");

        live.configure(persistent(tcp(80), 300, HOST));
        assertThat(live.ask(CLIENT, 80).reason()).isEqualTo(new Reason.NoRealServer("rr", List.of()));
    }

    @Test
    void onlyLeastLoadIsSaidToHeedTheWordOfAnAgent() {
        for (var scheduler : List.of(SchedulerName.SH, SchedulerName.LEAST_LOAD)) {
            live.configure(service(tcp(80), scheduler, real("10.0.0.1", 80, 0), real("10.0.0.2", 80, 1)));
            live.reals.agentPercent(live.id(0, "10.0.0.2", 80), 0);
            int refused = CLIENT;
            while (live.ask(refused, 80).next().isPresent()) {
                refused++; // to the bucket of the one without weight
            }

            assertThat(live.ask(refused, 80).reason().sentence().contains("through its agent"))
                    .as("%s", scheduler)
                    .isEqualTo(scheduler == SchedulerName.LEAST_LOAD);
        }
    }

    @Test
    void aClientForWhomATemplateHasToMakeRoomIsScheduledAndToldSo() { // ADR 0019
        var small = new Situation(1);
        small.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1)));
        small.connect(CLIENT, 80);

        var answer = small.ask(CLIENT + 1, 80);

        assertThat(answer.next()).contains("10.0.0.1:80");
        assertThat(answer.reason())
                .isEqualTo(new Reason.TemplateTableFull(1, new Reason.Scheduled("rr", "10.0.0.1:80")));
        assertThat(answer.reason().sentence())
                .isEqualTo("All 1 templates are in use, so one that no client relies on has to make room; where none is"
                        + " found, the packet is dropped. The scheduler (rr) picks 10.0.0.1:80, and a new template"
                        + " holds the client there.");
        assertThat(small.ask(CLIENT, 80).next()).contains("10.0.0.1:80");
    }

    @Test
    void hypotheticalChangesAreAnsweredAsIfTheyWereMade() {
        live.configure(persistent(tcp(80), 300, HOST, real("10.0.0.1", 80, 1), real("10.0.0.2", 80, 1)));
        live.connect(CLIENT, 80);
        live.expireQuiescentTemplate();

        assertThat(live.ask(CLIENT, 80).next()).contains("10.0.0.2:80");
        assertThat(live.ask(CLIENT, 80, weight("10.0.0.2", 0)).reason())
                .isEqualTo(new Reason.TemplateInvalid(
                        "the weight of 10.0.0.2:80 is 0 and its drain mode, keep-connections, keeps no client",
                        new Reason.Scheduled("rr", "10.0.0.1:80")));
        assertThat(live.ask(CLIENT, 80, removed("10.0.0.2")).next()).contains("10.0.0.1:80");
        assertThat(live.ask(CLIENT + 1, 80, added("10.0.0.3")).next())
                .as("rr goes on after the one picked last, to which the newcomer is no neighbour")
                .contains("10.0.0.1:80");
        assertThat(live.ask(CLIENT, 80, netmask("255.255.255.0")).template()).isEmpty();
    }

    @Test
    void hypothesesWithPersistenceAndWithoutSpeakOfWhatDoesNotExistYet() {
        live.configure(service(tcp(80), SchedulerName.WLC));

        assertThat(live.ask(CLIENT, 80, added("10.0.0.3")).next()).contains("10.0.0.3:80");
        assertThat(live.reals.find(6, live.reals.virtualAddress(0), 80, ip("10.0.0.3"), 80))
                .as("asking makes nothing known")
                .isEqualTo(RealServerTable.NONE);
    }

    private static Hypothesis weight(String address, int weight) {
        return new Hypothesis(Map.of(named(address), weight), OptionalInt.empty(), Set.of(), List.of());
    }

    private static Hypothesis removed(String address) {
        return new Hypothesis(Map.of(), OptionalInt.empty(), Set.of(named(address)), List.of());
    }

    private static Hypothesis added(String address) {
        return new Hypothesis(Map.of(), OptionalInt.empty(), Set.of(), List.of(real(address, 80, 1)));
    }

    private static Hypothesis netmask(String mask) {
        return new Hypothesis(Map.of(), OptionalInt.of(ip(mask)), Set.of(), List.of());
    }

    private static Hypothesis.Real named(String address) {
        return new Hypothesis.Real(Ipv4.of(address), 80);
    }
}
