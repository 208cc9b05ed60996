package holdfast.admin.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.Endpoint;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Host;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.conf.DrainMode;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import holdfast.conf.RearmPolicy;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminJsonTest {
    private static final ServiceList.Totals NONE = ServiceList.Totals.ZERO;

    @Test
    void servicesReadBackAsWritten() {
        var services = new ServiceList(
                1_000_000,
                new ServiceList.Timeouts(900, 120, 300),
                List.of(new ServiceList.Service(
                        ServiceKey.of("mark/7"),
                        SchedulerName.LEAST_LOAD,
                        List.of(SchedulerFlag.PORT, SchedulerFlag.FALLBACK),
                        new ServiceList.Persistence(300, "255.255.255.0", RearmPolicy.FROM_LAST_CLOSE, null),
                        true,
                        new ServiceList.ClientLimit(100, 0),
                        List.of(new ServiceList.RealServer(
                                "10.0.0.11",
                                8080,
                                ForwardingMethod.NAT,
                                1,
                                ServiceList.State.UP,
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
                                ServiceList.Rates.ZERO)),
                        new ServiceList.Totals(1, 2, 3, 4, 5),
                        new ServiceList.Rates(1, 2, 3, 4, 5))),
                NONE,
                ServiceList.Rates.ZERO);

        var json = AdminJson.write(services);

        assertThat(new String(json, UTF_8))
                .contains(
                        "\"service\":\"mark/7\"",
                        "\"scheduler\":\"least-load\"",
                        "\"flags\":[\"fallback\",\"port\"]",
                        "\"rearm\":\"from-last-close\"",
                        "\"drain\":\"keep-connections\"",
                        "\"method\":\"nat\"");
        assertThat(AdminJson.answer(json, ServiceList.class)).isEqualTo(services);
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
                List.of("198.51.100.128/25"),
                1_000_000,
                null);
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
                new Status.Datapath(0, 0, Map.of(), Map.of(), null, null, null, false, null),
                new Status.Config("17.6", false, true, 2, 1, 3));

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
        assertThatThrownBy(() -> AdminJson.answer(less, ServiceList.Totals.class))
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
