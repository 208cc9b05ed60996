package holdfast.bench;

import holdfast.conf.Access;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.UsersFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Round trips through a director while nobody asks its admin API, and while twenty clients do, over TLS. The clients
/// use the CPUs of the director here.
@Command(
        name = "api",
        description = "Ping-pong of 64 bytes over TCP, beside requests to the admin API.",
        mixinStandardHelpOptions = true)
final class ApiSuite implements Callable<Integer>, Runner.Probe {
    private static final int PORT = 7009;
    private static final int API_PORT = 7680;
    private static final String API_ADDRESS = "192.0.2.1"; // of d1 on front
    private static final String TOKEN = "token-of-the-bench";
    private static final Path CERTIFICATE = Program.FILES.resolve("api.crt");
    private static final Path KEY = Program.FILES.resolve("api.key");
    private static final Path USERS = Program.FILES.resolve("users");
    private static final int WARM_UP_RATE = 1000;
    /// The API's code is compiled when it has run for some seconds.
    private static final int WARM_UP_S = 20;

    private static final String P50 = "p50";
    private static final String P99 = "p99";
    private static final String ANSWERS = "answers";
    private static final String ANSWER_P50 = "answer p50";
    private static final String ANSWER_P99 = "answer p99";

    @Mixin
    private Suite suite = new Suite();

    @Override
    public Integer call() {
        var unit = new LinkedHashMap<String, String>();
        unit.put(P50, "us of round trip through the director");
        unit.put(P99, "us of round trip through the director");
        unit.put(ANSWERS, "a second");
        unit.put(ANSWER_P50, "ms from the time when the request was due");
        unit.put(ANSWER_P99, "ms from the time when the request was due");
        return suite.with("""
                api:
                  listen: %s:%d
                  certificate: %s
                  private-key: %s
                  users-file: %s
                """.formatted(API_ADDRESS, API_PORT, CERTIFICATE, KEY, USERS))
                .only("holdfast")
                .run(
                        "api",
                        PORT,
                        List.of(
                                new Cell(ForwardingMethod.NAT, "nobody asks", 0, false),
                                new Cell(ForwardingMethod.NAT, "500/s", 500, false),
                                new Cell(ForwardingMethod.NAT, "1000/s", 1000, false),
                                new Cell(ForwardingMethod.NAT, "2000/s", 2000, false)),
                        this,
                        ApiSuite::prepare,
                        unit,
                        Map.of(
                                "load",
                                "one client, one message of 64 bytes at a time; GET /v1/status on 20 connections",
                                "warm-up",
                                WARM_UP_S + " s of " + WARM_UP_RATE + " requests a second"));
    }

    private static Optional<Process> prepare() {
        Program.run(
                Duration.ofSeconds(10),
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=d1",
                "-addext",
                "subjectAltName=IP:" + API_ADDRESS,
                "-keyout",
                KEY.toString(),
                "-out",
                CERTIFICATE.toString());
        Program.run(Duration.ofSeconds(1), "chmod", "o=", KEY.toString());
        Program.write(USERS, UsersFile.line("bench", Access.VIEWER, TOKEN) + "\n");
        return Optional.of(LoadProcess.responder("echo", PORT));
    }

    @Override
    public void warmUp(Target target, int seconds) {
        var asker = ask(WARM_UP_RATE, 0, WARM_UP_S);
        pingPong(target, 0, WARM_UP_S);
        asker.values(Duration.ofSeconds(20));
    }

    @Override
    public Runner.Measured measure(Target target, Cell cell) {
        double warmUpS = 2;
        int seconds = suite.isQuick() ? 3 : 8;
        var told = new LinkedHashMap<String, Double>();
        told.put(ANSWERS, 0.0);
        if (cell.parallel() == 0) {
            putRoundTrips(told, pingPong(target, warmUpS, seconds));
            told.put(ANSWER_P50, 0.0);
            told.put(ANSWER_P99, 0.0);
        } else {
            var asker = ask(cell.parallel(), warmUpS, seconds);
            putRoundTrips(told, pingPong(target, warmUpS, seconds));
            var asked = asker.values(Duration.ofSeconds(20));
            told.put(ANSWERS, asked.getOrDefault("answersPerSecond", Double.NaN));
            told.put(ANSWER_P50, asked.getOrDefault("p50Ms", Double.NaN));
            told.put(ANSWER_P99, asked.getOrDefault("p99Ms", Double.NaN));
        }
        return new Runner.Measured(told, 1);
    }

    private static void putRoundTrips(Map<String, Double> told, Map<String, Double> values) {
        told.put(P50, values.getOrDefault("p50Us", Double.NaN));
        told.put(P99, values.getOrDefault("p99Us", Double.NaN));
    }

    private static LoadProcess.Client ask(int perSecond, double warmUpS, int seconds) {
        return LoadProcess.start(
                "Asker",
                List.of(
                        API_ADDRESS,
                        "" + API_PORT,
                        CERTIFICATE.toString(),
                        TOKEN,
                        "" + perSecond,
                        "" + warmUpS,
                        "" + seconds));
    }

    private static Map<String, Double> pingPong(Target target, double warmUpS, double seconds) {
        return LoadProcess.client(
                "PingPong",
                Duration.ofSeconds(60),
                List.of(
                        Network.CLIENT_ADDRESS,
                        target.address(ForwardingMethod.NAT),
                        "" + PORT,
                        "" + warmUpS,
                        "" + seconds));
    }
}
