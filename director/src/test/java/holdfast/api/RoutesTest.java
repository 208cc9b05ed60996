package holdfast.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.AdminPaths;
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
import holdfast.admin.Host;
import holdfast.admin.Impact;
import holdfast.admin.ImpactRequest;
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
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is asked reaches the director as it was meant, and every mistake is answered with what to do
/// instead.
class RoutesTest {
    private static final ServiceKey SERVICE = ServiceKey.of("tcp/192.0.2.10:80");
    private static final Host REAL = Host.of("10.0.0.11");
    private static final Endpoint ENDPOINT = Endpoint.of("10.0.0.11:8080");
    private static final MarkRule.Prefix CLIENT = MarkRule.Prefix.of("198.51.100.0/24");

    private final List<Object> asked = new ArrayList<>();
    private final Routes routes = new Routes(new Director());

    /// An answer as the client sees it.
    private record Answer(int status, String body) {}

    private final class Director extends NothingAsked {
        @Override
        public Connections connections(Optional<Connections.Kind> kind, EntryFilter filter, int limit) {
            asked.addAll(List.of(kind, filter, limit));
            return new Connections(0, false, List.of());
        }

        @Override
        public TemplateResult templates(TemplateRequest request) {
            asked.add(request);
            return new TemplateResult(request.action(), request.dryRun(), 0, 0, List.of());
        }

        @Override
        public DrainResult drain(DrainRequest request) {
            asked.add(request);
            if (request.off()) {
                throw Refusal.notNow("cannot end the drain", "there is none", "look with 'holdfast list'");
            }
            return new DrainResult(request.service(), ENDPOINT, DrainMode.NOW, 0, 0, 0, 0L, null);
        }

        @Override
        public AgentResult agent(AgentRequest request) {
            asked.add(request);
            throw Refusal.wrongInput("there is no 10.0.0.11", "the service has 10.0.0.12", "name that one");
        }

        @Override
        public WhereIs whereIs(WhereIsRequest request) {
            asked.add(request);
            return new WhereIs(
                    request.client(), request.service(), null, List.of(), new WhereIs.Pick(null, "none"), null);
        }

        @Override
        public Clients clients(Clients.By by, int limit) {
            asked.addAll(List.of(by, limit));
            return new Clients(by, List.of());
        }

        @Override
        public ClientRules clientRules() {
            return new ClientRules(List.of());
        }

        @Override
        public ClientRules changeClientRules(ClientRuleRequest request) {
            asked.add(request);
            return new ClientRules(List.of());
        }

        @Override
        public RehomeResult rehome(RehomeRequest request) {
            asked.add(request);
            return new RehomeResult(request.client(), request.service(), 0, 0L, List.of(), List.of());
        }

        @Override
        public Impact impact(ImpactRequest request) {
            asked.add(request);
            return new Impact(List.of(), List.of());
        }

        @Override
        public ZeroResult zero(ZeroRequest request) {
            asked.add(request);
            return new ZeroResult(0);
        }
    }

    @Test
    void everyWishReachesTheDirectorAsItWasSent() {
        var wishes = List.of(
                new TemplateRequest(TemplateRequest.Action.MOVE, new EntryFilter(CLIENT, REAL, SERVICE), REAL, false),
                new DrainRequest(SERVICE, REAL, DrainMode.UNTIL_DEADLINE, 60L, false),
                new WhereIsRequest(Host.of("198.51.100.7"), SERVICE, null),
                new ClientRuleRequest(ClientRuleRequest.Action.BLOCK, CLIENT, null, null, 60L),
                new RehomeRequest(CLIENT, SERVICE, REAL),
                new ImpactRequest("director.yaml", "services: []"),
                new ZeroRequest(SERVICE));
        var paths = List.of(
                AdminPaths.TEMPLATES,
                AdminPaths.DRAIN,
                AdminPaths.WHEREIS,
                AdminPaths.CLIENT_RULES,
                AdminPaths.REHOME,
                AdminPaths.IMPACT,
                AdminPaths.ZERO);
        for (int i = 0; i < wishes.size(); i++) {
            assertThat(post(paths.get(i), wishes.get(i)).status())
                    .as(paths.get(i))
                    .isEqualTo(200);
        }
        assertThat(asked).isEqualTo(wishes);
    }

    @Test
    void whatChangesSomethingIsNotForGet() {
        for (var path : List.of(
                AdminPaths.TEMPLATES,
                AdminPaths.DRAIN,
                AdminPaths.AGENT,
                AdminPaths.WHEREIS,
                AdminPaths.REHOME,
                AdminPaths.IMPACT,
                AdminPaths.ZERO)) {
            assertThat(get(path).status()).as(path).isEqualTo(405);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void connectionsAreFilteredByWhatTheQuerySays() {
        assertThat(get(AdminPaths.CONNECTIONS
                                + "?kind=template&client=198.51.100.0/24&real=10.0.0.11&service=tcp/192.0.2.10:80&limit=7")
                        .status())
                .isEqualTo(200);
        assertThat(asked)
                .containsExactly(Optional.of(Connections.Kind.TEMPLATE), new EntryFilter(CLIENT, REAL, SERVICE), 7);
        asked.clear();

        assertThat(get(AdminPaths.CONNECTIONS).status()).isEqualTo(200);
        assertThat(asked).containsExactly(Optional.empty(), EntryFilter.ALL, AdminPaths.ENTRIES_MAX);
    }

    @Test
    void aFilterThatIsNoneIs400() {
        for (var query : List.of("client=10.1.2.3/8", "client=x", "real=10.0.0.11:x", "service=80", "kind=all")) {
            var answer = get(AdminPaths.CONNECTIONS + "?" + query);
            assertThat(answer.status()).as(query).isEqualTo(400);
            assertThat(answer.body()).contains("\"remedy\"");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void clientsComeByConnectionsUnlessAskedOtherwise() {
        get(AdminPaths.CLIENTS);
        get(AdminPaths.CLIENTS + "?by=share&limit=3");
        assertThat(asked).containsExactly(Clients.By.CONNECTIONS, AdminPaths.CLIENTS_USUAL, Clients.By.SHARE, 3);
        assertThat(get(AdminPaths.CLIENTS + "?by=fame").status()).isEqualTo(400);
    }

    @Test
    void rulesAreReadByGetAndChangedByPost() {
        assertThat(get(AdminPaths.CLIENT_RULES)).isEqualTo(new Answer(200, "{\"rules\":[]}"));
        assertThat(asked).isEmpty();
    }

    @Test
    void whatTheDirectorRefusesIsAnsweredWithTheWayOut() {
        var wrong = post(AdminPaths.AGENT, new AgentRequest(SERVICE, REAL, 60));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("there is no 10.0.0.11", "name that one");

        var early = post(AdminPaths.DRAIN, new DrainRequest(SERVICE, REAL, null, null, true));
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.body()).contains("cannot end the drain");
    }

    @Test
    void aWishWithoutItsMembersIs400() {
        for (var path : List.of(
                AdminPaths.TEMPLATES,
                AdminPaths.DRAIN,
                AdminPaths.AGENT,
                AdminPaths.WHEREIS,
                AdminPaths.CLIENT_RULES,
                AdminPaths.REHOME,
                AdminPaths.IMPACT)) {
            assertThat(post(path, new ZeroRequest(null)).status()).as(path).isEqualTo(400);
        }
        assertThat(ask(HttpMethod.POST, AdminPaths.AGENT, """
                {"service": "mark/7", "real": "10.0.0.11", "percent": 101}""".getBytes(UTF_8)).status())
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
        isOutOfRange(AdminPaths.CLIENT_RULES, limit + "'connections': 0}", "connections 0 " + bound);
        isOutOfRange(AdminPaths.CLIENT_RULES, limit + "'newPerSecond': -5}", "newPerSecond -5 " + bound);
        isOutOfRange(AdminPaths.CLIENT_RULES, limit + "'forS': 0}", "forS 0 must be 1 to 4294967295");
        isOutOfRange(AdminPaths.CLIENT_RULES, limit + "'forS': 9300000000}", "leave it out for good");
        isOutOfRange(AdminPaths.DRAIN, drain + "'deadlineS': 0}", "deadlineS 0 must be 1 to 4294967295");
        isOutOfRange(AdminPaths.DRAIN, drain + "'deadlineS': 4294967296}", "the mode 'now' ends everything at once");
        isOutOfRange(
                AdminPaths.WHEREIS, whatIf + "'weight': -1}]}}", "change.added[0]: weight -1 must be 0 to 2147483647");
        assertThat(asked).isEmpty();
    }

    private void isOutOfRange(String path, String body, String why) {
        var answer = ask(HttpMethod.POST, path, body.replace('\'', '"').getBytes(UTF_8));
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.body()).contains(why, "send the JSON that " + path + " takes");
    }

    private Answer get(String uri) {
        return ask(HttpMethod.GET, uri, new byte[0]);
    }

    private Answer post(String path, Object request) {
        return ask(HttpMethod.POST, path, AdminJson.write(request));
    }

    private Answer ask(HttpMethod method, String uri, byte[] body) {
        var decoded = new QueryStringDecoder(uri);
        var response = routes.answer(new Routes.Asked(method, decoded.path(), decoded.parameters(), body, true));
        return new Answer(response.status().code(), response.content().toString(UTF_8));
    }
}
