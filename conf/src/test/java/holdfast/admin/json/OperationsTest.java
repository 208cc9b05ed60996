package holdfast.admin.json;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientsRequest;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigComparison;
import holdfast.admin.ConfigHistory;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.FleetHistory;
import holdfast.admin.FleetHistoryRequest;
import holdfast.admin.FleetView;
import holdfast.admin.Host;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Keys;
import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.admin.MaintenanceRequest;
import holdfast.admin.MaintenanceState;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.ReloadRequest;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
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
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The list of operations is complete, without repetition and on the operator's page, and each of its messages is
/// readable.
class OperationsTest {
    private static final Path DOCS = Path.of("../docs");
    private static final Pattern PATH = Pattern.compile("/v1(?:/[a-z.]*[a-z])+");
    private static final ServiceKey SERVICE = ServiceKey.of("tcp/192.0.2.10:80");
    private static final MarkRule.Prefix CLIENTS = MarkRule.Prefix.of("198.51.100.0/24");
    private static final Host REAL = Host.of("10.0.0.11");
    private static final Endpoint ENDPOINT = Endpoint.of("10.0.0.11:8080");
    private static final Sync SYNC = new Sync(Role.ACTIVE, 7, null, null, List.of(), Map.of());
    private static final Keys KEYS = new Keys("00000000000000aa", List.of("00000000000000aa"), List.of());

    private static final ConfigState.Change CHANGE =
            new ConfigState.Change("17.6", "16.6", "2026-11-30T12:00:00Z", "d1", "root", "a third server", true);
    private static final ConfigState CONFIG = new ConfigState(
            "d1",
            "17.6",
            CHANGE,
            false,
            "services: []",
            "/etc/holdfast/director.yaml",
            null,
            List.of(new ConfigState.Elsewhere("d2", "17.6", true)));

    /// A request and an answer of an operation, with as many members as they can have.
    record Sample<Q, A>(Operation<Q, A> operation, Q request, A answer) {}

    static final List<Sample<?, ?>> SAMPLES = List.of(
            new Sample<>(
                    Operations.STATUS,
                    new Nothing(),
                    new Status(
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
                            List.of("the disk is full"),
                            List.of("192.0.2.66 answers for 192.0.2.10"),
                            List.of(new Status.Vip("192.0.2.10", "front", true)),
                            new Status.Adverts(
                                    100, 1, 0, Map.of("checksum", 2L), Map.of("pauses", 1L), "192.0.2.2", 40L),
                            new Status.Transition(Role.STANDBY, Role.ACTIVE, "advert timeout", 5000),
                            new FailoverReadiness(FailoverReadiness.Safe.YES, "d2", "d1", List.of(), 0L, 0L, 0L, null),
                            SYNC,
                            new Status.Datapath(
                                    9,
                                    900,
                                    Map.of("no-service", 1L),
                                    Map.of(),
                                    new Status.Table(1, 64),
                                    new Status.Table(0, 64),
                                    List.of("10.0.0.12"),
                                    true,
                                    "198.51.100.7"),
                            new Status.Config("17.6", false, true, 2, 1, 3))),
            new Sample<>(
                    Operations.SERVICES,
                    new Nothing(),
                    new ServiceList(
                            64,
                            new ServiceList.Timeouts(900, 120, 300),
                            List.of(),
                            new ServiceList.Totals(1, 2, 3, 4, 5),
                            new ServiceList.Rates(1, 2, 3, 4, 5))),
            new Sample<>(
                    Operations.CONNECTIONS,
                    new ConnectionsRequest(
                            Connections.Kind.TEMPLATE, new EntryFilter(CLIENTS, REAL, SERVICE), "none", 7),
                    new Connections(
                            1,
                            false,
                            List.of(new Connections.Entry(
                                    Connections.Kind.CONNECTION,
                                    Protocol.TCP,
                                    Endpoint.of("198.51.100.7:40000"),
                                    Endpoint.of("192.0.2.10:80"),
                                    ENDPOINT,
                                    ForwardingMethod.NAT,
                                    "ESTABLISHED",
                                    299_000,
                                    900,
                                    7,
                                    12,
                                    null,
                                    false,
                                    null)))),
            new Sample<>(Operations.SYNC, new Nothing(), SYNC),
            new Sample<>(
                    Operations.FAILOVER,
                    new FailoverRequest("kernel update", "the third server follows"),
                    new FailoverResult(
                            false,
                            FailoverResult.Outcome.ABORTED,
                            List.of("d2 did not answer"),
                            List.of("-  scheduler: wlc"),
                            "kernel update",
                            "d1",
                            "d2",
                            List.of(new FailoverResult.Step("prepare", 120)),
                            null)),
            new Sample<>(
                    Operations.TEMPLATES,
                    new TemplateRequest(
                            TemplateRequest.Action.PIN, new EntryFilter(CLIENTS, null, SERVICE), REAL, true),
                    new TemplateResult(
                            TemplateRequest.Action.MOVE,
                            false,
                            3,
                            1,
                            List.of(new TemplateResult.Refused(2, "10.0.0.12 is not in their service")))),
            new Sample<>(
                    Operations.DRAIN,
                    new DrainRequest(SERVICE, REAL, DrainMode.UNTIL_DEADLINE, 60L, false),
                    new DrainResult(SERVICE, ENDPOINT, DrainMode.UNTIL_DEADLINE, 0, 2, 3, null, 60_000L)),
            new Sample<>(
                    Operations.AGENT,
                    new AgentRequest(SERVICE, REAL, 60),
                    new AgentResult(SERVICE, ENDPOINT, 60, SchedulerName.LEAST_LOAD, true)),
            new Sample<>(
                    Operations.WHEREIS,
                    new WhereIsRequest(
                            Host.of("198.51.100.7:40000"),
                            ServiceKey.of("mark/7"),
                            new WhereIsRequest.Change(
                                    List.of(new WhereIsRequest.Weighted(REAL, 0)),
                                    List.of(),
                                    List.of(Host.of("10.0.0.12")),
                                    Ipv4.of("255.255.255.0"))),
                    new WhereIs(
                            Host.of("198.51.100.7"),
                            SERVICE,
                            new WhereIs.Template(
                                    Endpoint.of("198.51.100.0:0"), ENDPOINT, 12_000, 288_000, 300, false, 2),
                            List.of(new WhereIs.Copy("d2", WhereIs.Held.UNKNOWN)),
                            new WhereIs.Pick(ENDPOINT, List.of(WhereIs.Cause.KEPT_BY_TEMPLATE), "its template says so"),
                            new WhereIs.Pick(
                                    null, List.of(WhereIs.Cause.NO_REAL_SERVER), "every real server has weight 0"))),
            new Sample<>(
                    Operations.CLIENTS,
                    new ClientsRequest(ClientList.By.SHARE, 3),
                    new ClientList(
                            ClientList.By.SHARE,
                            List.of(new ClientList.Client(Ipv4.of("198.51.100.7"), SERVICE, 900, 3, 20, 0.75, null)))),
            new Sample<>(Operations.CLIENT_RULES, new Nothing(), new ClientRuleList(List.of())),
            new Sample<>(
                    Operations.CHANGE_CLIENT_RULES,
                    new ClientRuleRequest(ClientRuleRequest.Action.LIMIT, CLIENTS, 10, null, 60L),
                    new ClientRuleList(List.of(new ClientRuleList.Rule(CLIENTS, false, 10, null, 60_000L)))),
            new Sample<>(
                    Operations.REHOME,
                    new RehomeRequest(CLIENTS, SERVICE, null),
                    new RehomeResult(CLIENTS, SERVICE, 2, 1L, List.of(ENDPOINT), List.of())),
            new Sample<>(
                    Operations.IMPACT,
                    new ImpactRequest("director.yaml", "director: {name: d1}\n"),
                    new ImpactResult(
                            List.of(new ImpactResult.OnService(
                                    SERVICE,
                                    ImpactResult.Change.CHANGED,
                                    12,
                                    11,
                                    3,
                                    0,
                                    List.of("the netmask changes"))),
                            List.of("mark rules change"))),
            new Sample<>(Operations.CONFIG, new ConfigRequest("17.6"), CONFIG),
            new Sample<>(
                    Operations.CHANGE_CONFIG,
                    new ConfigChange("services: []", "shared.yaml", "16.6", "root", "no service", true),
                    new ConfigResult(
                            true, "17.6", List.of("-  - service: tcp/192.0.2.10:80"), List.of("d2"), List.of())),
            new Sample<>(Operations.CONFIG_HISTORY, new Nothing(), new ConfigHistory(List.of(CHANGE))),
            new Sample<>(
                    Operations.COMPARE_CONFIG,
                    new Nothing(),
                    new ConfigComparison(
                            "d1",
                            List.of(
                                    new ConfigComparison.Other("d2", List.of("-  scheduler: wlc")),
                                    new ConfigComparison.Other("d3", null)))),
            new Sample<>(
                    Operations.RELOAD_CONFIG,
                    new ReloadRequest("root", null),
                    new ConfigResult(false, "17.6", List.of(), List.of(), List.of("mark 7 is idle"))),
            new Sample<>(Operations.ZERO, new ZeroRequest(null), new ZeroResult(3)),
            new Sample<>(Operations.KEYS, new Nothing(), KEYS),
            new Sample<>(Operations.RELOAD_KEYS, new Nothing(), KEYS),
            new Sample<>(Operations.LOG, new Nothing(), new LogState(LogLevel.INFO, LogLevel.INFO, null)),
            new Sample<>(
                    Operations.CHANGE_LOG,
                    new LogRequest(LogLevel.DEBUG, 60),
                    new LogState(LogLevel.DEBUG, LogLevel.INFO, 60)),
            new Sample<>(
                    Operations.EVENTS,
                    new EventsRequest(3L, Instant.parse("2026-11-30T16:00:00Z"), 10),
                    new EventList(
                            List.of(Event.of(
                                    4,
                                    "2026-11-30T16:00:01.250Z",
                                    LogLevel.INFO,
                                    "role changed to=active term=7 cause=\"two words\"")),
                            4,
                            1)),
            new Sample<>(
                    Operations.AUDIT,
                    new AuditRequest(7),
                    new AuditList(
                            List.of(new AuditList.Entry(
                                    4,
                                    3L,
                                    "2026-11-30T16:00:01.250Z",
                                    "d1",
                                    "alice",
                                    "10.0.0.5",
                                    "POST /v1/failover",
                                    "{}",
                                    "kernel update",
                                    "200",
                                    "0".repeat(64))),
                            4,
                            "000000000001:3 is no entry")),
            new Sample<>(Operations.MAINTENANCE, new Nothing(), new MaintenanceState(false, null, null, null, null)),
            new Sample<>(
                    Operations.CHANGE_MAINTENANCE,
                    new MaintenanceRequest(true, "root", "kernel update"),
                    new MaintenanceState(true, "2026-11-30T16:00:00Z", "root", "kernel update", "d2")),
            new Sample<>(
                    Operations.FLEET,
                    new Nothing(),
                    new FleetView(
                            "north",
                            List.of("the clock of d2 of front is 12 s ahead of ours"),
                            List.of(new FleetView.Member(
                                    "d2",
                                    "front",
                                    "shop",
                                    51,
                                    Role.STANDBY,
                                    null,
                                    FailoverReadiness.Safe.UNKNOWN,
                                    null,
                                    List.of("nothing is known of d1"),
                                    List.of("the disk is full"),
                                    List.of(),
                                    List.of(new FleetView.Standby("d1", Sync.State.UNKNOWN, null, null, null)),
                                    "17.6",
                                    false,
                                    new FleetView.Follows("back", "16.6 (1a2b3c4d)", null),
                                    "0.1.0",
                                    4711,
                                    12_000,
                                    true)),
                            Map.of("members", 2L))),
            new Sample<>(
                    Operations.FLEET_HISTORY,
                    new FleetHistoryRequest(20),
                    new FleetHistory(
                            List.of(new FleetHistory.Change(
                                    "d1",
                                    "front",
                                    Event.of(4, "2026-11-30T16:00:01.250Z", LogLevel.INFO, "role changed to=active"))),
                            List.of(),
                            List.of("entry 4 of the audit log of d1 of front is not the one that it sent before"))));

    @Test
    void everyConstantIsInTheListAndHasASample() {
        var constants = Arrays.stream(Operations.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Operation.class)
                .map(OperationsTest::value)
                .toList();
        assertThat(Operations.ALL).isEqualTo(constants);
        assertThat(SAMPLES).extracting(sample -> (Object) sample.operation()).isEqualTo(constants);
    }

    private static Object value(Field constant) {
        try {
            return constant.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noTwoOperationsHaveOneMethodAndPath() {
        assertThat(Operations.ALL).extracting(Operation::toString).doesNotHaveDuplicates();
    }

    @Test
    void everyDescriptionIsOneSentence() {
        assertThat(Operations.ALL)
                .extracting(Operation::description)
                .allMatch(text -> text.matches("[A-Z][^.]*\\."))
                .doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> everyRequestAndEveryAnswerReadsBackAsWritten() {
        return SAMPLES.stream()
                .map(sample -> DynamicTest.dynamicTest(sample.operation().toString(), () -> readsBack(sample)));
    }

    private static <Q, A> void readsBack(Sample<Q, A> sample) {
        var operation = sample.operation();
        var request = switch (operation.input()) {
            case Operation.Body<Q>(var type) -> AdminJson.request(AdminJson.write(sample.request()), type);
            case Query<Q> query -> query.read(parsed(query.write(sample.request())));
        };
        assertThat(request).isEqualTo(sample.request());
        assertThat(AdminJson.answer(AdminJson.write(sample.answer()), operation.answer()))
                .isEqualTo(sample.answer());
    }

    private static Map<String, List<String>> parsed(String query) {
        return Pattern.compile("[?&]([a-z]+)=([^&]+)")
                .matcher(query)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> List.of(found.group(2))));
    }

    @Test
    void aRefusedFailoverIsTheOnlyAnswerThatIsNotASuccess() {
        assertThat(SAMPLES.stream().filter(sample -> !isDone(sample)).map(Sample::operation))
                .singleElement()
                .isSameAs(Operations.FAILOVER);
    }

    private static <Q, A> boolean isDone(Sample<Q, A> sample) {
        return sample.operation().isDone().test(sample.answer());
    }

    @Test
    void aQueryLeavesOutWhatIsNotAskedFor() {
        var everything = Operations.CONNECTIONS.input() instanceof Query<ConnectionsRequest> query
                ? query.write(ConnectionsRequest.ALL)
                : "a body";
        assertThat(everything).isEqualTo("?limit=100000");
        assertThat(Query.NONE.write(new Nothing())).isEmpty();
    }

    /// An operator may type anything, and the director is to say what is wrong with it.
    @Test
    void aQueryEscapesWhatIsNoPartOfAUri() {
        var written = Operations.CONFIG.input() instanceof Query<ConfigRequest> query
                ? query.write(new ConfigRequest("1&a=b c+d%/:\u00e9"))
                : "a body";
        assertThat(written).isEqualTo("?revision=1%26a%3Db%20c%2Bd%25/:%C3%A9");
    }

    /// The tables of the operator's page are this list.
    @Test
    void thePageOfTheApiShowsEveryOperationAndNoOther() {
        var rows = Stream.concat(
                Operations.ALL.stream().map(OperationsTest::row),
                Operations.ALL.stream().flatMap(OperationsTest::parameters));
        assertThat(read(DOCS.resolve("operating/api.md")).lines().filter(line -> line.startsWith("| `")))
                .containsExactlyElementsOf(rows.toList());
    }

    private static String row(Operation<?, ?> operation) {
        return "| `%s` | %s | %s |".formatted(operation, operation.access().word(), operation.description());
    }

    private static Stream<String> parameters(Operation<?, ?> operation) {
        return operation.input() instanceof Query<?> query
                ? query.parameters().stream()
                        .map(parameter ->
                                "| `%s` | `%s` | %s |".formatted(operation, parameter.name(), parameter.meaning()))
                : Stream.empty();
    }

    @Test
    void everyPathThatAPageNamesIsOneOfTheList() throws IOException {
        var paths = Stream.concat(Operations.ALL.stream().map(Operation::path), Stream.of(Operations.DESCRIPTION))
                .collect(Collectors.toSet());
        try (var pages = Files.walk(DOCS)) {
            var named = Stream.concat(
                            pages.filter(page -> page.toString().endsWith(".md")), Stream.of(Path.of("../README.md")))
                    .flatMap(page -> PATH.matcher(read(page)).results().map(found -> found.group()))
                    .toList();
            assertThat(named).isNotEmpty().isSubsetOf(paths);
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
