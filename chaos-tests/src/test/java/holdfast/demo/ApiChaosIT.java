package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The admin API on TCP beside a pair that works: operators on other machines, crowds, and requests that make no sense.
final class ApiChaosIT extends PairUnderTest {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration STRETCH = Duration.ofSeconds(12);
    private static final Duration ASKED_EACH = Duration.ofSeconds(2);
    private static final int FUZZED = 3000;

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private RemoteApi api;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @BeforeEach
    void listen() throws Exception {
        api = RemoteApi.in(folder, lab);
        for (var director : List.of(lab.other(active()), active())) {
            var file = Files.readString(director.configuration());
            afterwards(() -> restart(director, file));
            restart(director, api.enabled(file, director));
        }
        lab.awaitEqualPair();
    }

    private void restart(Director director, String file) {
        if (director.isRunning()) {
            director.stop();
        }
        lab.configure(director, file);
        director.start();
        lab.awaitEqualPair();
    }

    /// What the command line says on a machine that is no director.
    private Lab.Said elsewhere(Director director, String token, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(HOME.resolve("bin/holdfast").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--director", RemoteApi.address(director)));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOLDFAST_CREDENTIALS", api.credentials(token).toString());
        builder.environment().remove("HOLDFAST_SOCKET");
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Lab.Said(process.exitValue(), said);
    }

    @Test
    void anOperatorOnAnotherMachineDoesWhatItsRoleAllowsAndTheAuditNamesIt() throws IOException {
        var active = active();
        var standby = lab.other(active);
        assertThat(elsewhere(active, RemoteApi.VIEWER, "status").text()).contains("ACTIVE");
        var refused = elsewhere(active, RemoteApi.VIEWER, "failover", "--yes");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text()).contains("watcher is viewer, and it takes operator");
        assertThat(elsewhere(active, "no such token", "status").text()).contains("does not know you");
        assertThat(active.is(Role.ACTIVE)).isTrue();

        var service = "tcp/192.0.2.10:80";
        assertThat(elsewhere(active, RemoteApi.OPERATOR, "drain", service, "10.0.0.11:80", "--reason", "disk")
                        .text())
                .doesNotContain("takes");
        var added = elsewhere(active, RemoteApi.OPERATOR, "service", "add", "tcp/192.0.2.10:8081", "--scheduler", "rr");
        assertThat(added.text()).contains("oncall is operator, and it takes admin");
        assertThat(elsewhere(active, RemoteApi.ADMIN, "service", "add", "tcp/192.0.2.10:8081", "--reason", "a test")
                        .exit())
                .isZero();
        var change = active.configHistory().changes().getFirst();
        assertThat(change.author())
                .as("the login counts, not what the client says")
                .startsWith("boss");

        var moved = elsewhere(active, RemoteApi.OPERATOR, "failover", "--yes", "--reason", "a drill");
        assertThat(moved.exit()).as(moved.text()).isZero();
        awaitTakeover(standby);
        var audit = lab.holdfast(active, "audit");
        assertThat(audit.exit()).isZero();
        assertThat(audit.text())
                .contains("oncall from 192.0.2.254: POST /v1/failover {")
                .contains("boss from 192.0.2.254: POST /v1/config")
                .doesNotContain("watcher")
                .doesNotContain("token");
        assertThat(Files.readString(active.log()))
                .doesNotContain(RemoteApi.VIEWER)
                .doesNotContain(RemoteApi.OPERATOR)
                .doesNotContain(RemoteApi.ADMIN);
        awaitWhole("a failover from another machine");
    }

    @Test
    void anAuditThatWasChangedIsFound() throws IOException {
        var active = active();
        assertThat(elsewhere(active, RemoteApi.OPERATOR, "maintenance", "off").exit())
                .isZero();
        assertThat(lab.holdfast(active, "audit").exit()).isZero();
        try (var files = Files.list(active.stateDirectory().resolve("audit"))) {
            var file = files.sorted().toList().getLast();
            var text = Files.readString(file);
            Files.writeString(file, text.replace("\"user\":\"oncall\"", "\"user\":\"nobody\""));
            var found = lab.holdfast(active, "audit");
            assertThat(found.exit()).isEqualTo(1);
            assertThat(found.text()).contains("is not what was written");
            Files.writeString(file, text);
        }
        assertThat(lab.holdfast(active, "audit").exit()).isZero();
    }

    @Test
    void everyAnswerIsAsTheServedDescriptionSays() throws IOException {
        var active = active();
        var described = api.ask(active, "GET", Operations.DESCRIPTION, RemoteApi.VIEWER, new byte[0]);
        assertThat(described.status()).isEqualTo(200);
        var document = JSON.readTree(described.body());
        for (var operation : Operations.ALL) {
            if (operation.method() == Operation.Method.GET) {
                var answer = api.ask(active, "GET", operation.path(), RemoteApi.VIEWER, new byte[0]);
                boolean hasNoFleet = operation.path().startsWith("/v1/fleet");
                assertThat(answer.status()).as(operation.toString()).isEqualTo(hasNoFleet ? 409 : 200);
                var reference = document.get("paths")
                        .get(operation.path())
                        .at("/get/responses/" + answer.status() + "/content/application~1json/schema");
                var schema = ((ObjectNode) reference).deepCopy();
                schema.set("components", document.get("components"));
                assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                                .getSchema(schema)
                                .validate(JSON.readTree(answer.body())))
                        .as(operation.toString())
                        .isEmpty();
            }
        }
    }

    @Test
    void aCrowdTakesNoPacketAndNoLocalAnswer() throws Exception {
        var active = active();
        Crowd.warmUp(api, active);
        var probers = new ArrayList<Prober>();
        for (var target : Target.values()) {
            probers.add(Prober.start(target.client(9), target.echo()));
        }
        TimeUnit.MILLISECONDS.sleep(STRETCH.toMillis());
        long from = System.nanoTime();
        long seed = new Random().nextLong();
        report("crowd of seed " + seed);
        long slowest = 0;
        String crowded;
        try (var crowd = Crowd.start(api, active, seed)) {
            while (System.nanoTime() - from < STRETCH.toNanos()) {
                long asked = System.nanoTime();
                assertThat(lab.holdfast(active, "status").exit()).isZero();
                slowest = Math.max(slowest, System.nanoTime() - asked);
                LockSupport.parkNanos(ASKED_EACH.toNanos()); // each start of a JVM takes CPU from what is measured
            }
            crowded = "%.0f a second, %s".formatted(crowd.answered.get() * 1e9 / (System.nanoTime() - from), crowd);
            assertThat(crowd.failed()).as(crowded).isZero();
            assertThat(crowd.answered.get()).as(crowded).isPositive();
        }
        long to = System.nanoTime();
        report("%s; the slowest 'holdfast status' took %d ms".formatted(crowded, slowest / 1_000_000));
        for (var prober : probers) {
            var outage = prober.stop();
            var without = prober.latencies(at -> at - from < 0);
            var with = prober.latencies(at -> at - from >= 0 && at - to <= 0);
            report("round trip without a crowd p50 %.3f p99 %.3f ms, with it p50 %.3f p99 %.3f ms: ratio of p99 %.2f"
                    .formatted(
                            at(without, 0.5),
                            at(without, 0.99),
                            at(with, 0.5),
                            at(with, 0.99),
                            at(with, 0.99) / at(without, 0.99)));
            assertThat(outage.lost()).as("probes lost").isZero();
        }
        assertThat(active.is(Role.ACTIVE)).isTrue();
        guard().forgiveResets(Crowd.IDLE); // of its own API, to clients that were too many
        awaitWhole("a crowd");
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    /// Requests of every operation, right ones cut and mixed, and bytes that are no HTTP.
    @Test
    void noRequestMakesADirectorFail() throws IOException {
        var active = active();
        long seed = new Random().nextLong();
        report("fuzz of seed " + seed);
        var random = new Random(seed);
        var seen = new TreeMap<Integer, Integer>();
        for (int i = 0; i < FUZZED; i++) {
            try (var socket = api.connect(active)) {
                socket.setSoTimeout(20_000);
                for (int n = 0; n < 20 && i < FUZZED; n++, i++) {
                    var request = Fuzz.request(random);
                    socket.getOutputStream().write(request);
                    var answer = RemoteApi.read(socket.getInputStream());
                    seen.merge(answer.status(), 1, Integer::sum);
                    assertThat(answer.status())
                            .as("seed %d, request %d: %s", seed, i, new String(request, StandardCharsets.ISO_8859_1))
                            .isLessThan(500);
                    if (answer.status() == 0) {
                        break;
                    }
                }
            }
        }
        report("answers to %d fuzzed requests, by status: %s".formatted(FUZZED, seen));
        assertThat(seen).containsKeys(200, 400, 404, 405);
        assertThat(Files.readString(active.log())).doesNotContain("api request failed");
        assertThat(lab.holdfast(active, "maintenance", "off").exit()).isZero();
        lab.awaitEqualPair();
    }
}
