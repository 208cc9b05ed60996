package holdfast.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.AgentRequest;
import holdfast.admin.Bounds;
import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientsRequest;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.admin.json.AdminJson;
import holdfast.conf.DrainMode;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Requests reach the director unchanged, and every mistake is answered with the way out.
class RoutesTest {
    private static final ServiceKey SERVICE = ServiceKey.of("tcp/192.0.2.10:80");
    private static final Host REAL = Host.of("10.0.0.11");
    private static final Endpoint ENDPOINT = Endpoint.of("10.0.0.11:8080");
    private static final MarkRule.Prefix CLIENT = MarkRule.Prefix.of("198.51.100.0/24");

    private final List<Object> asked = new ArrayList<>();
    private final Routes routes = new Routes(
            "d1",
            new Handlers()
                    .on(Operations.CONNECTIONS, asked(_ -> new Connections(0, false, List.of())))
                    .on(
                            Operations.TEMPLATES,
                            asked(request -> new TemplateResult(request.action(), request.dryRun(), 0, 0, List.of())))
                    .on(Operations.DRAIN, asked(RoutesTest::drain))
                    .on(Operations.AGENT, asked(_ -> {
                        throw RefusedException.wrongInput(
                                "there is no 10.0.0.11", "the service has 10.0.0.12", "name that one");
                    }))
                    .on(
                            Operations.WHEREIS,
                            asked(request -> new WhereIs(
                                    request.client(),
                                    request.service(),
                                    null,
                                    List.of(),
                                    new WhereIs.Pick(null, List.of(WhereIs.Cause.NO_REAL_SERVER), "none"),
                                    null)))
                    .on(Operations.CLIENTS, asked(request -> new ClientList(request.by(), List.of())))
                    .on(Operations.CLIENT_RULES, _ -> new ClientRuleList(List.of()))
                    .on(Operations.CHANGE_CLIENT_RULES, asked(_ -> new ClientRuleList(List.of())))
                    .on(
                            Operations.REHOME,
                            asked(request ->
                                    new RehomeResult(request.client(), request.service(), 0, 0L, List.of(), List.of())))
                    .on(Operations.IMPACT, asked(_ -> new ImpactResult(List.of(), List.of())))
                    .on(Operations.ZERO, asked(_ -> new ZeroResult(0))),
            AuditTrail.NONE);

    /// An answer as the client sees it.
    private record Answer(int status, String body) {}

    private <Q, A> Function<Q, A> asked(Function<Q, A> answer) {
        return request -> {
            asked.add(request);
            return answer.apply(request);
        };
    }

    private static DrainResult drain(DrainRequest request) {
        if (request.off()) {
            throw RefusedException.notNow("cannot end the drain", "there is none", "look with 'holdfast list'");
        }
        return new DrainResult(request.service(), ENDPOINT, DrainMode.NOW, 0, 0, 0, 0L, null);
    }

    @Test
    void everyWishReachesTheDirectorAsItWasSent() {
        isTaken(
                Operations.TEMPLATES,
                new TemplateRequest(TemplateRequest.Action.MOVE, new EntryFilter(CLIENT, REAL, SERVICE), REAL, false));
        isTaken(Operations.DRAIN, new DrainRequest(SERVICE, REAL, DrainMode.UNTIL_DEADLINE, 60L, false));
        isTaken(Operations.WHEREIS, new WhereIsRequest(Host.of("198.51.100.7"), SERVICE, null));
        isTaken(
                Operations.CHANGE_CLIENT_RULES,
                new ClientRuleRequest(ClientRuleRequest.Action.BLOCK, CLIENT, null, null, 60L));
        isTaken(Operations.REHOME, new RehomeRequest(CLIENT, SERVICE, REAL));
        isTaken(Operations.IMPACT, new ImpactRequest("director.yaml", "services: []"));
        isTaken(Operations.ZERO, new ZeroRequest(SERVICE));
    }

    private <Q> void isTaken(Operation<Q, ?> operation, Q request) {
        asked.clear();
        assertThat(post(operation, request).status()).as(operation.toString()).isEqualTo(200);
        assertThat(asked).containsExactly(request);
    }

    @Test
    void anOperationThatNobodyAnswersIsABug() {
        var answer = ask(HttpMethod.GET, Operations.STATUS.path(), new byte[0]);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("nobody answers GET /v1/status");
    }

    @Test
    void handlersThatLeaveAnOperationOutAreNotComplete() {
        var handlers = new Handlers().on(Operations.STATUS, _ -> {
            throw new AssertionError("nobody asked");
        });
        assertThatThrownBy(handlers::complete).hasMessage("nobody answers GET /v1/services");
    }

    @TestFactory
    Stream<DynamicTest> anotherMethodIs405WithTheRightOne() {
        return Operations.ALL.stream()
                .map(operation -> DynamicTest.dynamicTest(operation.toString(), () -> {
                    var answer = ask(HttpMethod.PUT, operation.path(), new byte[0]);
                    assertThat(answer.status()).isEqualTo(405);
                    assertThat(answer.body())
                            .contains(
                                    "PUT is not for " + operation.path(),
                                    operation.method().name());
                    assertThat(asked).isEmpty();
                }));
    }

    @Test
    void whatChangesSomethingIsNotForGet() {
        for (var operation : List.of(
                Operations.TEMPLATES,
                Operations.DRAIN,
                Operations.AGENT,
                Operations.WHEREIS,
                Operations.REHOME,
                Operations.IMPACT,
                Operations.ZERO)) {
            assertThat(get(operation.path()).status()).as(operation.toString()).isEqualTo(405);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void connectionsAreFilteredByWhatTheQuerySays() {
        assertThat(get(Operations.CONNECTIONS.path()
                                + "?kind=template&client=198.51.100.0/24&real=10.0.0.11&service=tcp/192.0.2.10:80&limit=7")
                        .status())
                .isEqualTo(200);
        assertThat(asked)
                .containsExactly(
                        new ConnectionsRequest(Connections.Kind.TEMPLATE, new EntryFilter(CLIENT, REAL, SERVICE), 7));
        asked.clear();

        assertThat(get(Operations.CONNECTIONS.path()).status()).isEqualTo(200);
        assertThat(asked).containsExactly(ConnectionsRequest.ALL);
    }

    @Test
    void aFilterThatIsNoneIs400() {
        for (var query : List.of("client=10.1.2.3/8", "client=x", "real=10.0.0.11:x", "service=80", "kind=all")) {
            var answer = get(Operations.CONNECTIONS.path() + "?" + query);
            assertThat(answer.status()).as(query).isEqualTo(400);
            assertThat(answer.body()).contains("\"remedy\"");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void clientsComeByConnectionsUnlessAskedOtherwise() {
        get(Operations.CLIENTS.path());
        get(Operations.CLIENTS.path() + "?by=share&limit=3");
        assertThat(asked)
                .containsExactly(
                        new ClientsRequest(ClientList.By.CONNECTIONS, Bounds.CLIENTS_USUAL),
                        new ClientsRequest(ClientList.By.SHARE, 3));
        assertThat(get(Operations.CLIENTS.path() + "?by=fame").status()).isEqualTo(400);
    }

    @Test
    void rulesAreReadByGetAndChangedByPost() {
        assertThat(get(Operations.CLIENT_RULES.path())).isEqualTo(new Answer(200, "{\"rules\":[]}"));
        assertThat(asked).isEmpty();
    }

    @Test
    void whatTheDirectorRefusesIsAnsweredWithTheWayOut() {
        var wrong = post(Operations.AGENT, new AgentRequest(SERVICE, REAL, 60));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("there is no 10.0.0.11", "name that one");

        var early = post(Operations.DRAIN, new DrainRequest(SERVICE, REAL, null, null, true));
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.body()).contains("cannot end the drain");
    }

    @Test
    void aWishWithoutItsMembersIs400() {
        for (var operation : List.of(
                Operations.TEMPLATES,
                Operations.DRAIN,
                Operations.AGENT,
                Operations.WHEREIS,
                Operations.CHANGE_CLIENT_RULES,
                Operations.REHOME,
                Operations.IMPACT)) {
            assertThat(ask(HttpMethod.POST, operation.path(), AdminJson.write(new ZeroRequest(null)))
                            .status())
                    .as(operation.toString())
                    .isEqualTo(400);
        }
        assertThat(ask(HttpMethod.POST, Operations.AGENT.path(), """
                {"service": "mark/7", "real": "10.0.0.11", "percent": 101}""".getBytes(UTF_8))
                        .status())
                .isEqualTo(400);
        assertThat(asked).isEmpty();
    }

    @Test
    void aNumberOutOfItsRangeIs400WithTheRangeAndTheWayOut() {
        var limit = "{'action': 'limit', 'client': '198.51.100.7', ";
        var drain = "{'service': 'mark/7', 'real': '10.0.0.11', 'mode': 'until-deadline', 'off': false, ";
        var whatIf = "{'client': '198.51.100.7', 'service': 'mark/7', 'change': {'weights': [], 'removed': [], "
                + "'added': [{'real': '10.0.0.12', ";
        var bound = "must be 1 to 2147483647; leave it out for no bound, or block the client to let nothing in";
        isOutOfRange(Operations.CHANGE_CLIENT_RULES, limit + "'connections': 0}", "connections 0 " + bound);
        isOutOfRange(Operations.CHANGE_CLIENT_RULES, limit + "'newPerSecond': -5}", "newPerSecond -5 " + bound);
        isOutOfRange(Operations.CHANGE_CLIENT_RULES, limit + "'forS': 0}", "forS 0 must be 1 to 4294967295");
        isOutOfRange(Operations.CHANGE_CLIENT_RULES, limit + "'forS': 9300000000}", "leave it out for good");
        isOutOfRange(Operations.DRAIN, drain + "'deadlineS': 0}", "deadlineS 0 must be 1 to 4294967295");
        isOutOfRange(Operations.DRAIN, drain + "'deadlineS': 4294967296}", "the mode 'now' ends everything at once");
        isOutOfRange(
                Operations.WHEREIS, whatIf + "'weight': -1}]}}", "change.added[0]: weight -1 must be 0 to 2147483647");
        assertThat(asked).isEmpty();
    }

    private void isOutOfRange(Operation<?, ?> operation, String body, String why) {
        var answer =
                ask(HttpMethod.POST, operation.path(), body.replace('\'', '"').getBytes(UTF_8));
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.body()).contains(why, "send the JSON that " + operation.path() + " takes");
    }

    private Answer get(String uri) {
        return ask(HttpMethod.GET, uri, new byte[0]);
    }

    private <Q> Answer post(Operation<Q, ?> operation, Q request) {
        return ask(HttpMethod.POST, operation.path(), AdminJson.write(request));
    }

    private Answer ask(HttpMethod method, String uri, byte[] body) {
        var decoded = new QueryStringDecoder(uri);
        var response = routes.answer(
                new Routes.Asked(method, decoded.path(), decoded.parameters(), EmptyHttpHeaders.INSTANCE, body, true),
                Caller.DIRECTOR);
        return new Answer(response.status().code(), response.content().toString(UTF_8));
    }
}
