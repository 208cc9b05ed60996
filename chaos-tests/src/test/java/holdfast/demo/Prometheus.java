package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Debian's Prometheus on the client's host. It scrapes both directors once a second, with the alert rules that
/// operators get, whose waits are three seconds here.
final class Prometheus implements AutoCloseable {
    /// Where a director serves its metrics in this test.
    static final int PORT = 9640;

    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final String RULES = "conf/prometheus/holdfast.rules.yaml";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI API = URI.create("http://127.0.0.1:9090/api/v1/");
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[0-9.]+,\"([^\"]+)\"]");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Process process;

    private Prometheus(Process process) {
        this.process = process;
    }

    /// @param targets  addresses of directors
    /// @param folder   for its data, which stays; what an earlier run left there is removed
    static Prometheus start(List<String> targets, Path folder) throws IOException {
        remove(folder);
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("rules.yaml"),
                Files.readString(HOME.resolve(RULES)).replaceAll("for: [0-9]+[smhd]", "for: 3s"));
        Files.writeString(folder.resolve("prometheus.yaml"), """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: [rules.yaml]
                scrape_configs:
                  - job_name: holdfast
                    static_configs: [{targets: [%s]}]
                """.formatted(String.join(", ", targets)));
        var process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + folder.resolve("prometheus.yaml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:9090")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var started = new Prometheus(process);
        Lab.await(
                "Prometheus answers", PATIENCE, () -> started.value("vector(1)").isPresent());
        return started;
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    /// The value of an expression that has one series now; empty if it has none.
    OptionalDouble value(String expression) {
        var answer = get("query?query=" + URLEncoder.encode(expression, UTF_8));
        var values = VALUE.matcher(answer)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .toArray();
        if (values.length > 1) {
            throw new IllegalArgumentException(expression + " has " + values.length + " series");
        }
        return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[0]);
    }

    boolean is(String expression, double value) {
        var now = value(expression);
        return now.isPresent() && now.getAsDouble() == value;
    }

    /// Waits until an expression has this value.
    void await(String expression, double value) {
        Lab.await("Prometheus has %s == %s".formatted(expression, value), PATIENCE, () -> is(expression, value));
    }

    /// Waits until an expression has no series.
    void awaitNone(String expression) {
        Lab.await(
                "Prometheus has no " + expression,
                PATIENCE,
                () -> value(expression).isEmpty());
    }

    /// Waits until an alert fires for one thing or more.
    void awaitAlert(String name) {
        Lab.await("the alert " + name + " fires", PATIENCE, () -> isFiring(name));
    }

    void awaitNoAlert(String name) {
        Lab.await("the alert " + name + " ends", PATIENCE, () -> !isFiring(name));
    }

    private boolean isFiring(String name) {
        return value("count(ALERTS{alertname=\"%s\",alertstate=\"firing\"})".formatted(name))
                .isPresent();
    }

    /// Whether an alert has fired in the last ten minutes.
    boolean hasFired(String name) {
        return value("count(max_over_time(ALERTS{alertname=\"%s\",alertstate=\"firing\"}[10m]))".formatted(name))
                .isPresent();
    }

    /// The page of a director.
    String page(String address) {
        return get(URI.create("http://" + address + "/metrics"));
    }

    private String get(String query) {
        return get(API.resolve(query));
    }

    private String get(URI uri) {
        try {
            var request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(uri + " answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join(); // its data is whole only then
        http.close();
    }
}
