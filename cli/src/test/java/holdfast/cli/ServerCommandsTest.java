package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.AgentResult;
import holdfast.admin.ApiError;
import holdfast.admin.ConfigState;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.ImpactResult;
import holdfast.admin.ServiceList;
import holdfast.admin.ZeroResult;
import holdfast.conf.DrainMode;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The commands for services and real servers: their requests, output and exit codes.
class ServerCommandsTest extends AgainstASocket {
    private static final ServiceKey SERVICE = ServiceKey.of("tcp/192.0.2.10:80");
    private static final Endpoint REAL = Endpoint.of("10.0.0.11:8080");

    @Test
    void aDrainSaysWhatIsLeftAndEndsWithThreeUntilNothingIs() throws IOException {
        assertThat(drain(drained(DrainMode.KEEP_CONNECTIONS, 3, 1, 288_000L, null), "--mode", "keep-connections"))
                .isEqualTo(new Ended(
                        3,
                        "10.0.0.11:8080 of tcp/192.0.2.10:80 is drained (keep-connections); left are 3 connections and "
                                + "1 template; the last template goes in 4m48s at the latest\n",
                        ""));
        assertThat(drain(drained(DrainMode.KEEP_ALL, 0, 1, null, null)).out())
                .endsWith("sticky clients may renew their templates without end\n");
        assertThat(drain(drained(DrainMode.KEEP_CONNECTIONS, 1, 1, null, null)).out())
                .endsWith("a template stays while connections go through it, and a pinned one until it is unpinned\n");
        assertThat(drain(drained(DrainMode.KEEP_CONNECTIONS, 1, 0, 0L, null)).out())
                .endsWith("it is empty when they end\n");
        assertThat(drain(drained(DrainMode.KEEP_CONNECTIONS, 0, 0, 0L, null)))
                .isEqualTo(new Ended(
                        0, "10.0.0.11:8080 of tcp/192.0.2.10:80 is drained (keep-connections) and empty\n", ""));
    }

    @Test
    void aDrainThatEndsConnectionsAsksFirst() throws IOException {
        var asked = new ArrayList<String>();
        var result = drained(DrainMode.UNTIL_DEADLINE, 3, 1, 1_800_000L, 1_800_000L);
        try (var server = new TinyServer(
                socket(),
                request -> request.startsWith("GET") ? answer(200, Samples.connections(true)) : answer(200, result))) {
            String[] drain = {"drain", "tcp/192.0.2.10:80", "10.0.0.11", "--mode=until-deadline", "--deadline=30m"};
            assertThat(run(
                            question -> {
                                asked.add(question);
                                return Optional.of("n");
                            },
                            drain))
                    .isEqualTo(new Ended(3, "", "Nothing was done\n"));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .startsWith("GET /v1/connections?limit=1000&real=10.0.0.11&service=tcp/192.0.2.10:80 HTTP/1.1\r\n");
            assertThat(run(drain))
                    .isEqualTo(
                            new Ended(
                                    2,
                                    "",
                                    "A drain that ends connections asks first, but there is no terminal; say --yes to go ahead\n"));

            assertThat(run(_ -> Optional.of("y"), drain).out()).endsWith("; they are ended in 30m0s\n");
            assertThat(server.requests().getLast())
                    .endsWith("{\"service\":\"tcp/192.0.2.10:80\",\"real\":\"10.0.0.11\",\"mode\":\"until-deadline\","
                            + "\"deadlineS\":1800,\"off\":false}");
        }
        assertThat(asked)
                .containsExactly(
                        "10.0.0.11 of tcp/192.0.2.10:80 has 1000 or more connections and templates, which end in 30m0s at "
                                + "the latest. Go ahead? [y/N] ");
    }

    @Test
    void aDrainWithoutAModeAsksFirstWhereTheConfigurationEndsConnections() throws IOException {
        assertThat(asked(Samples.services(DrainMode.NOW, 1)))
                .containsExactly("10.0.0.11 of tcp/192.0.2.10:80 has 3 connections and templates, which end at once. "
                        + "Go ahead? [y/N] ");
        assertThat(asked(Samples.services(DrainMode.UNTIL_DEADLINE, 1)))
                .containsExactly("10.0.0.11 of tcp/192.0.2.10:80 has 3 connections and templates, which end when the "
                        + "deadline of the configuration has passed. Go ahead? [y/N] ");
    }

    @Test
    void aDrainWithoutAModeDoesNotAskWhereItEndsNothingMore() throws IOException {
        assertThat(asked(Samples.services(DrainMode.KEEP_CONNECTIONS, 1))).isEmpty();
        assertThat(asked(Samples.services(DrainMode.NOW, 0))).isEmpty();
        assertThat(asked(Samples.services())).isEmpty(); // the director says that it is not there
        assertThat(asked(Samples.services(DrainMode.NOW, 1), "--yes")).isEmpty();
        assertThat(asked(Samples.services(DrainMode.NOW, 1), "--off")).isEmpty();
    }

    /// What is asked of whoever says no; whether the director is told of the wish is as it must be.
    private List<String> asked(ServiceList services, String... options) throws IOException {
        var asked = new ArrayList<String>();
        var args = new ArrayList<>(List.of("drain", "tcp/192.0.2.10:80", "10.0.0.11"));
        args.addAll(List.of(options));
        Files.deleteIfExists(socket());
        try (var server = new TinyServer(socket(), request -> {
            if (request.startsWith("GET /v1/services ")) {
                return answer(200, services);
            }
            var result = args.contains("--off")
                    ? new DrainResult(SERVICE, REAL, null, 2, 0, 0, null, null)
                    : drained(DrainMode.NOW, 0, 0, 0L, null);
            return answer(200, request.startsWith("GET") ? Samples.connections(false) : result);
        })) {
            var ended = run(
                    question -> {
                        asked.add(question);
                        return Optional.of("n");
                    },
                    args.toArray(String[]::new));
            assertThat(ended.exit()).isEqualTo(asked.isEmpty() ? 0 : 3);
            assertThat(server.requests().stream().filter(request -> request.startsWith("POST /v1/drain ")))
                    .hasSize(asked.isEmpty() ? 1 : 0);
        }
        return asked;
    }

    @Test
    void drainListShowsWhatIsDrainedAndBeginsNothing() throws IOException {
        var drained = with("/v1/services", 200, Samples.services(DrainMode.KEEP_CONNECTIONS, 0), "drain", "list");
        assertThat(drained).isEqualTo(new Ended(3, """
                        SERVICE            REAL            MODE              CONNECTIONS  TEMPLATES  ENDS
                        tcp/192.0.2.10:80  10.0.0.11:8080  keep-connections  3            5          -
                        """, ""));
        assertThat(with("/v1/services", 200, Samples.services(DrainMode.KEEP_ALL, 1), "drain", "list"))
                .isEqualTo(new Ended(0, "No real server is drained\n", ""));
    }

    @Test
    void aRealServerIsDrainedInEveryServiceThatHasIt() throws IOException {
        var services = Samples.services();
        try (var server = new TinyServer(
                socket(),
                request -> answer(
                        200,
                        request.startsWith("GET /v1/services ")
                                ? services
                                : drained(DrainMode.KEEP_CONNECTIONS, 0, 0, 0L, null)))) {
            assertThat(run("drain", "--all-services", "10.0.0.11", "--mode", "keep-connections"))
                    .isEqualTo(new Ended(
                            0, "10.0.0.11:8080 of tcp/192.0.2.10:80 is drained (keep-connections) and empty\n", ""));
            assertThat(server.requests())
                    .filteredOn(request -> request.startsWith("POST /v1/drain "))
                    .singleElement()
                    .asString()
                    .contains("tcp/192.0.2.10:443", "10.0.0.11");
        }
    }

    @Test
    void aRealServerThatNoServiceHasIsNamed() throws IOException {
        assertThat(with("/v1/services", 200, Samples.services(), "drain", "--all-services", "10.0.0.99"))
                .isEqualTo(new Ended(2, "", "No service has 10.0.0.99; see 'holdfast list'\n"));
    }

    @Test
    void aDrainIsTakenBack() throws IOException {
        var result = new DrainResult(SERVICE, REAL, null, 2, 3, 1, null, null);
        assertThat(drain(result, "--off"))
                .isEqualTo(new Ended(
                        0, "10.0.0.11:8080 of tcp/192.0.2.10:80 is not drained any more; its weight is 2\n", ""));
    }

    @Test
    void aServerThatIsConfiguredWithWeightZeroCannotBeGivenAnother() throws IOException {
        assertThat(drain(drained(DrainMode.KEEP_ALL, 0, 0, 0L, null), "--off"))
                .isEqualTo(new Ended(
                        3,
                        "10.0.0.11:8080 of tcp/192.0.2.10:80 is drained (keep-all) and empty\n",
                        "The configuration gives it weight 0; another weight is set there: see 'holdfast config'\n"));
    }

    @Test
    void whatDoesNotFitTogetherIsNotSent() {
        for (var wrong : List.of(
                "drain tcp/192.0.2.10:80 10.0.0.11 --off --mode now",
                "drain tcp/192.0.2.10:80 10.0.0.11 --mode until-deadline",
                "drain tcp/192.0.2.10:80 10.0.0.11 --deadline 5m",
                "drain tcp/192.0.2.10:80 10.0.0.11 --mode gently",
                "drain tcp/192.0.2.10:80 10.0.0.11 --mode until-deadline --deadline 300",
                "drain tcp/192.0.2.10:80 10.0.0.11 --mode until-deadline --deadline 99999d99999h --yes",
                "drain tcp/192.0.2.10:80",
                "drain",
                "drain tcp/192.0.2.10:80 10.0.0.11 --all-services 10.0.0.12",
                "drain 192.0.2.10:80 10.0.0.11",
                "agent tcp/192.0.2.10:80 10.0.0.11 101",
                "agent tcp/192.0.2.10:80 10.0.0.11 -1",
                "zero 80")) {
            var ended = run(wrong.split(" "));
            assertThat(ended.exit()).as(wrong).isEqualTo(2);
            assertThat(ended.err()).as(wrong).isNotEmpty();
        }
        assertThat(run("drain", "tcp/192.0.2.10:80", "10.0.0.11", "--mode", "gently")
                        .err())
                .startsWith(
                        "Invalid value for option '--mode': 'gently' must be one of keep-all, keep-connections, now, "
                                + "until-deadline; write one of these words\n");
    }

    @Test
    void aRealServerThatIsNotThereIsWrongInput() throws IOException {
        var error =
                new ApiError("there is no 10.0.0.19 in tcp/192.0.2.10:80", "it has 10.0.0.11:8080", "name that one");
        assertThat(with("/v1/drain", 400, error, "drain", "tcp/192.0.2.10:80", "10.0.0.19", "--yes"))
                .isEqualTo(new Ended(
                        2, "", "There is no 10.0.0.19 in tcp/192.0.2.10:80: it has 10.0.0.11:8080; name that one\n"));
    }

    @Test
    void anAgentIsHeardAndToldWhereNobodyHeeds() throws IOException {
        var heeded = new AgentResult(SERVICE, REAL, 60, SchedulerName.LEAST_LOAD, true);
        assertThat(with("/v1/agent", 200, heeded, "agent", "tcp/192.0.2.10:80", "10.0.0.11", "60"))
                .isEqualTo(new Ended(0, "10.0.0.11:8080 of tcp/192.0.2.10:80 says that it can take 60 %\n", ""));

        var ignored = new AgentResult(SERVICE, REAL, 60, SchedulerName.WLC, false);
        assertThat(with("/v1/agent", 200, ignored, "agent", "tcp/192.0.2.10:80", "10.0.0.11", "60")
                        .err())
                .isEqualTo("The scheduler wlc does not ask for that; only least-load does, so nothing changes\n");
    }

    @Test
    void numbersBeginAnew() throws IOException {
        try (var server = new TinyServer(socket(), _ -> answer(200, new ZeroResult(1)))) {
            assertThat(run("zero", "mark/7")).isEqualTo(new Ended(0, "The numbers of 1 service begin anew\n", ""));
            assertThat(run("zero").exit()).isZero();
            assertThat(server.requests().getFirst()).endsWith("{\"service\":\"mark/7\"}");
            assertThat(server.requests().getLast()).endsWith("{\"service\":null}");
        }
    }

    @Test
    void theImpactOfAFileHasALineForEachServiceAndItsCauses() throws IOException {
        var file = configuration("vrid: 51", "[]");
        var impact = new ImpactResult(
                List.of(
                        new ImpactResult.OnService(
                                SERVICE,
                                ImpactResult.Change.CHANGED,
                                12,
                                11,
                                1,
                                0,
                                List.of("the netmask changes from /32 to /24", "10.0.0.12:8080 is removed")),
                        new ImpactResult.OnService(
                                ServiceKey.of("mark/7"), ImpactResult.Change.UNCHANGED, 0, 0, 0, 0, List.of())),
                List.of("ipvs.expire-nodest-conn becomes true"));
        try (var server = new TinyServer(socket(), _ -> answer(200, impact))) {
            assertThat(run("config", "impact", file.toString())).isEqualTo(new Ended(0, """
                    tcp/192.0.2.10:80 changed: 12 templates orphaned, 11 clients re-homed, 1 connection affected, no VIP moved
                      - the netmask changes from /32 to /24
                      - 10.0.0.12:8080 is removed
                    - ipvs.expire-nodest-conn becomes true
                    1 service unchanged
                    """, ""));
            assertThat(server.requests())
                    .singleElement()
                    .asString()
                    .startsWith("POST /v1/config/impact HTTP/1.1\r\n")
                    .contains("services: []\\n");
        }
    }

    @Test
    void theImpactOfAWrongFileIsItsMistakesAndNobodyIsAsked() throws IOException {
        var file = configuration("vrid: 51", "7");
        assertThat(run("config", "impact", file.toString()))
                .isEqualTo(new Ended(
                        2,
                        "",
                        file + ":4:11: services: '7' must be a list; see docs/operating/configuration.md\n1 mistake in "
                                + file + "\n"));
    }

    @Test
    void aRollbackThatMovesClientsAsksFirst() throws IOException {
        var state = new ConfigState(
                "d1", "17.6", null, false, "services: []", "/etc/holdfast/director.yaml", null, List.of());
        var impact = new ImpactResult(
                List.of(new ImpactResult.OnService(
                        SERVICE, ImpactResult.Change.REMOVED, 12, 0, 0, 0, List.of("it is removed"))),
                List.of());
        try (var server = new TinyServer(
                socket(), request -> answer(200, request.startsWith("GET /v1/config") ? state : impact))) {
            var asked = new ArrayList<String>();
            var ended = run(
                    question -> {
                        asked.add(question);
                        return Optional.of("n");
                    },
                    "config",
                    "rollback",
                    "16");
            assertThat(ended).isEqualTo(new Ended(3, "", "Nothing was done\n"));
            assertThat(asked).singleElement().asString().contains("12 templates orphaned", "Go ahead?");
            assertThat(server.requests()).noneMatch(request -> request.startsWith("POST /v1/config "));
        }
    }

    @Test
    void jsonIsTheAnswerItself() throws IOException {
        var result = drained(DrainMode.KEEP_ALL, 0, 1, null, null);
        var out = drain(result, "--output=json").out();
        assertThat(result(out, DrainCommand.Results.class).drains()).containsExactly(result);
    }

    @Test
    void helpSaysWhatAnOperatorNeeds() throws IOException {
        assertThat(runBare("drain", "--help")).isEqualTo(new Ended(0, golden("help-drain"), ""));
    }

    private static DrainResult drained(
            DrainMode mode, long connections, long templates, @Nullable Long goneMs, @Nullable Long deadlineMs) {
        return new DrainResult(SERVICE, REAL, mode, 0, connections, templates, goneMs, deadlineMs);
    }

    private Ended drain(DrainResult result, String... options) throws IOException {
        var args = new ArrayList<>(List.of("drain", "tcp/192.0.2.10:80", "10.0.0.11", "--yes"));
        args.addAll(List.of(options));
        return with("/v1/drain", 200, result, args.toArray(String[]::new));
    }
}
