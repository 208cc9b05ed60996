package holdfast.admin.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientRules;
import holdfast.admin.Clients;
import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Host;
import holdfast.admin.Impact;
import holdfast.admin.ImpactRequest;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.Role;
import holdfast.admin.Services;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.MarkRule;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminJsonTest {
    private static final Services.Totals NONE = Services.Totals.ZERO;

    @Test
    void servicesReadBackAsWritten() {
        var services = new Services(
                1_000_000,
                new Services.Timeouts(900, 120, 300),
                List.of(new Services.Service(
                        ServiceKey.of("mark/7"),
                        SchedulerName.LEAST_LOAD,
                        List.of(SchedulerFlag.PORT, SchedulerFlag.FALLBACK),
                        new Services.Persistence(300, "255.255.255.0", RearmPolicy.FROM_LAST_CLOSE, null),
                        true,
                        new Services.ClientLimit(100, 0),
                        List.of(new Services.RealServer(
                                "10.0.0.11",
                                8080,
                                ForwardingMethod.NAT,
                                1,
                                Services.State.UP,
                                3,
                                12,
                                5,
                                200,
                                150,
                                false,
                                DrainMode.KEEP_CONNECTIONS,
                                null,
                                60,
                                NONE,
                                Services.Rates.ZERO)),
                        new Services.Totals(1, 2, 3, 4, 5),
                        new Services.Rates(1, 2, 3, 4, 5))),
                NONE,
                Services.Rates.ZERO);

        var json = AdminJson.write(services);

        assertThat(new String(json, UTF_8))
                .contains(
                        "\"service\":\"mark/7\"",
                        "\"scheduler\":\"least-load\"",
                        "\"flags\":[\"fallback\",\"port\"]",
                        "\"rearm\":\"from-last-close\"",
                        "\"drain\":\"keep-connections\"",
                        "\"method\":\"nat\"");
        assertThat(AdminJson.answer(json, Services.class)).isEqualTo(services);
    }

    @Test
    void connectionsReadBackAsWrittenWithVersionsBeyondADouble() {
        var connections = new Connections(
                1,
                false,
                List.of(new Connections.Entry(
                        Connections.Kind.TEMPLATE,
                        Protocol.TCP,
                        Endpoint.of("198.51.100.7:0"),
                        Endpoint.of("192.0.2.10:80"),
                        Endpoint.of("10.0.0.11:8080"),
                        ForwardingMethod.NAT,
                        "NONE",
                        299_000,
                        4_294_967_295L,
                        7,
                        (1L << 48) - 1,
                        2,
                        true,
                        "a84b4c76e66710@pc33.example.com")));

        assertThat(AdminJson.answer(AdminJson.write(connections), Connections.class))
                .isEqualTo(connections);
    }

    @Test
    void everyAnswerReadsBackAsWritten() {
        var service = ServiceKey.of("tcp/192.0.2.10:80");
        var real = Endpoint.of("10.0.0.11:8080");
        var client = MarkRule.Prefix.of("198.51.100.0/24");
        for (var message : List.of(
                new TemplateResult(
                        TemplateRequest.Action.MOVE,
                        false,
                        3,
                        1,
                        List.of(new TemplateResult.Refused(2, "10.0.0.12 is not in their service"))),
                new DrainResult(service, real, DrainMode.UNTIL_DEADLINE, 0, 2, 3, null, 60_000L),
                new AgentResult(service, real, 60, SchedulerName.LEAST_LOAD, true),
                new WhereIs(
                        Host.of("198.51.100.7"),
                        service,
                        new WhereIs.Template(Endpoint.of("198.51.100.0:0"), real, 12_000, 288_000, 300, false, 2),
                        List.of(new WhereIs.Copy("d2", WhereIs.Held.UNKNOWN)),
                        new WhereIs.Pick(real, "its template says so"),
                        new WhereIs.Pick(null, "every real server has weight 0")),
                new Clients(
                        Clients.By.SHARE,
                        List.of(new Clients.Client(Ipv4.of("198.51.100.7"), service, 900, 3, 20, 0.75, null))),
                new ClientRules(List.of(new ClientRules.Rule(client, false, 10, null, 60_000L))),
                new RehomeResult(client, service, 2, 1L, List.of(real), List.of()),
                new Impact(
                        List.of(new Impact.OnService(
                                service, Impact.Change.CHANGED, 12, 11, 3, 0, List.of("the netmask changes"))),
                        List.of("mark rules change")),
                new ZeroResult(3))) {
            assertThat(AdminJson.answer(AdminJson.write(message), message.getClass()))
                    .isEqualTo(message);
        }
    }

    @Test
    void everyRequestReadsBackAsWritten() {
        var service = ServiceKey.of("mark/7");
        var client = MarkRule.Prefix.of("198.51.100.7");
        var real = Host.of("10.0.0.11");
        for (var message : List.of(
                new TemplateRequest(
                        TemplateRequest.Action.PIN,
                        new EntryFilter(client, null, service),
                        Host.of("10.0.0.12:80"),
                        true),
                new DrainRequest(service, real, DrainMode.KEEP_ALL, null, false),
                new AgentRequest(service, real, 60),
                new WhereIsRequest(
                        Host.of("198.51.100.7:40000"),
                        service,
                        new WhereIsRequest.Change(
                                List.of(new WhereIsRequest.Weighted(real, 0)),
                                List.of(),
                                List.of(Host.of("10.0.0.12")),
                                Ipv4.of("255.255.255.0"))),
                new ClientRuleRequest(ClientRuleRequest.Action.LIMIT, client, 10, null, 60L),
                new RehomeRequest(client, service, null),
                new ImpactRequest("director.yaml", "director: {name: d1}\n"),
                new ZeroRequest(null))) {
            assertThat(AdminJson.request(AdminJson.write(message), message.getClass()))
                    .isEqualTo(message);
        }
    }

    @Test
    void wordsAndHostsReadAsAnOperatorWritesThem() {
        var drain = "{\"service\":\"mark/7\",\"real\":\"10.0.0.11\",\"mode\":\"keep-connections\",\"off\":false}";
        assertThat(AdminJson.request(drain.getBytes(UTF_8), DrainRequest.class))
                .isEqualTo(new DrainRequest(
                        ServiceKey.of("mark/7"), Host.of("10.0.0.11"), DrainMode.KEEP_CONNECTIONS, null, false));
        for (var wrong : List.of(
                drain.replace("keep-connections", "keep"),
                drain.replace("mark/7", "mark/0"),
                drain.replace("10.0.0.11", "10.0.0.11:70000"),
                drain.replace("\"real\":\"10.0.0.11\",", ""))) {
            assertThatThrownBy(() -> AdminJson.request(wrong.getBytes(UTF_8), DrainRequest.class))
                    .as(wrong)
                    .isInstanceOf(UnreadableJsonException.class);
        }
    }

    @Test
    void unknownIsWrittenAsNull() {
        var peer = new Sync.Peer(
                "d2",
                Sync.State.UNKNOWN,
                true,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        var sync = new Sync(Role.ACTIVE, 7, null, null, List.of(peer), Map.of());

        assertThat(new String(AdminJson.write(sync), UTF_8))
                .contains("\"state\":\"unknown\"", "\"lagP50Micros\":null", "\"position\":null", "\"word\":null");
        assertThat(AdminJson.answer(AdminJson.write(sync), Sync.class)).isEqualTo(sync);
    }

    @Test
    void whatADatapathDoesNotAnswerIsNullAndTheRestReadsBack() {
        var word = new Sync.Word(
                80,
                Sync.Standing.FAULT,
                List.of("front has no carrier"),
                List.of("10.0.0.12"),
                List.of("198.51.100.0/24"),
                List.of("198.51.100.128/25"));
        var peer = new Sync.Peer(
                "d2",
                Sync.State.EQUAL,
                true,
                word,
                Map.of("interconnect", 40L, "front", 90L),
                40L,
                210L,
                1320L,
                4100L,
                40L,
                0L,
                0L,
                0L,
                0L,
                0L);
        var status = new Status(
                "d1",
                "0.1.0",
                "2026-03-01T12:00:00.250Z",
                4711,
                60_000,
                Role.ACTIVE,
                7,
                "shop",
                51,
                200,
                List.of("datapath: unknown, it has not answered for 1 s"),
                List.of("192.0.2.66 answers for 192.0.2.10"),
                List.of(new Status.Vip("192.0.2.10", "front", true)),
                new Status.Adverts(100, 1, 0, Map.of(), Map.of("pauses", 1L), null, null),
                null,
                new FailoverReadiness(
                        FailoverReadiness.Safe.NO,
                        "d2",
                        "d1",
                        List.of("d2 cannot take over: front has no carrier"),
                        0L,
                        0L,
                        0L,
                        null),
                new Sync(Role.ACTIVE, 7, "the sync thread has ended", null, List.of(peer), Map.of()),
                new Status.Datapath(0, 0, Map.of(), Map.of(), null, null, null));

        var json = AdminJson.write(status);

        assertThat(new String(json, UTF_8))
                .contains("\"connections\":null", "\"standing\":\"fault\"", "\"at\":\"2026-03-01T12:00:00.250Z\"");
        assertThat(AdminJson.answer(json, Status.class)).isEqualTo(status);
    }

    @Test
    void anAnswerMayHaveMoreButNotLessThanWeKnow() {
        var more =
                "{\"role\":\"STANDBY\",\"term\":null,\"trouble\":null,\"position\":null,\"peers\":[],\"counters\":{},\"mood\":1}";
        assertThat(AdminJson.answer(more.getBytes(UTF_8), Sync.class).role()).isEqualTo(Role.STANDBY);

        var less = "{\"templates\":1}".getBytes(UTF_8);
        assertThatThrownBy(() -> AdminJson.answer(less, Services.Totals.class))
                .isInstanceOf(UnreadableJsonException.class);
        var nothing = "{\"batch\":null,\"sequence\":1,\"digest\":null}".getBytes(UTF_8);
        assertThatThrownBy(() -> AdminJson.answer(nothing, Sync.Position.class))
                .isInstanceOf(UnreadableJsonException.class)
                .hasMessageContaining("batch");
    }

    @Test
    void aRequestMayHaveLessButNotMoreThanWeKnow() {
        assertThat(AdminJson.request(new byte[0], FailoverRequest.class)).isEqualTo(new FailoverRequest(null));
        assertThat(AdminJson.request("{\"reason\":\"kernel\"}".getBytes(UTF_8), FailoverRequest.class))
                .isEqualTo(new FailoverRequest("kernel"));

        var forced = "{\"reason\":\"x\",\"force\":true}".getBytes(UTF_8);
        assertThatThrownBy(() -> AdminJson.request(forced, FailoverRequest.class))
                .isInstanceOf(UnreadableJsonException.class)
                .hasMessageContaining("force");
    }

    @Test
    void garbageIsOneKindOfException() {
        for (var body : List.of("", "null", "[]", "{", "<html>", "{} {}", "{\"done\":\"yes\"}")) {
            assertThatThrownBy(() -> AdminJson.answer(body.getBytes(UTF_8), FailoverResult.class))
                    .as(body)
                    .isInstanceOf(UnreadableJsonException.class)
                    .hasMessageNotContaining("\n");
        }
    }
}
