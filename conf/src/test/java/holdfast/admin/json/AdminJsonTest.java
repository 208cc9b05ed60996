package holdfast.admin.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.Connections;
import holdfast.admin.Endpoint;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Role;
import holdfast.admin.Services;
import holdfast.admin.Sync;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminJsonTest {
    private static final Services.Totals NONE = new Services.Totals(0, 0, 0, 0, 0);

    @Test
    void servicesReadBackAsWritten() {
        var services = new Services(
                1_000_000,
                List.of(new Services.Service(
                        ServiceKey.of("tcp/192.0.2.10:80"),
                        SchedulerName.WLC,
                        new Services.Persistence(300, "255.255.255.0"),
                        List.of(new Services.RealServer(
                                "10.0.0.11", 8080, ForwardingMethod.NAT, 1, Services.State.UP, 3, 12, 5, NONE)),
                        new Services.Totals(1, 2, 3, 4, 5))));

        var json = AdminJson.write(services);

        assertThat(new String(json, UTF_8))
                .contains("\"service\":\"tcp/192.0.2.10:80\"", "\"scheduler\":\"wlc\"", "\"method\":\"nat\"");
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
                        2)));

        assertThat(AdminJson.answer(AdminJson.write(connections), Connections.class))
                .isEqualTo(connections);
    }

    @Test
    void unknownIsWrittenAsNull() {
        var peer = new Sync.Peer("d2", Sync.State.UNKNOWN, null, null, null, null, null, null, null, null, null);
        var sync = new Sync(Role.ACTIVE, 7, null, List.of(peer), Map.of());

        assertThat(new String(AdminJson.write(sync), UTF_8))
                .contains("\"state\":\"unknown\"", "\"lagP50Micros\":null", "\"position\":null");
        assertThat(AdminJson.answer(AdminJson.write(sync), Sync.class)).isEqualTo(sync);
    }

    @Test
    void anAnswerMayHaveMoreButNotLessThanWeKnow() {
        var more = "{\"role\":\"STANDBY\",\"term\":null,\"position\":null,\"peers\":[],\"counters\":{},\"mood\":1}";
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
