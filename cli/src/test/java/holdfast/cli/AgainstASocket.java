package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;

/// The common part of command line tests: a real server on a real Unix socket, and a run against it.
abstract class AgainstASocket {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-30T15:00:40.123456Z"));

    @TempDir
    Path folder;

    final Map<String, String> variables = new HashMap<>();

    boolean isTerminal;
    /// The waits of a command that is watched.
    Predicate<Duration> pause = _ -> false;
    /// The standard input of a run.
    String typed = "";

    /// The result of a run.
    record Ended(int exit, String out, String err) {}

    static Optional<String> nobody(String question) {
        return Optional.empty();
    }

    /// A configuration file that stands on four lines.
    ///
    /// @param vrid      the key and the number
    /// @param services  a list in brackets
    Path configuration(String vrid, String services) throws IOException {
        var key = Files.writeString(folder.resolve("k"), "0123456789abcdef".repeat(4));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(folder.resolve("director.yaml"), """
                director: {name: d1, state-dir: %s}
                cluster: {bind-address: 10.255.0.1, key-file: %s}
                vip-groups: [ {%s, interface: eth0, vips: [192.0.2.10]}]
                services: %s
                """.formatted(folder, key, vrid, services));
    }

    Path socket() {
        return folder.resolve("api.sock");
    }

    Ended with(String uri, int status, Object message, String... args) throws IOException {
        Files.deleteIfExists(socket());
        try (var server = new TinyServer(socket(), _ -> answer(status, message))) {
            var ended = run(args);
            assertThat(server.requests()).singleElement().asString().contains(" " + uri + " HTTP/1.1\r\n");
            return ended;
        }
    }

    static String answer(int status, Object message) {
        return TinyServer.http(status, AdminJson.write(message));
    }

    Ended run(String... args) {
        return run(AgainstASocket::nobody, args);
    }

    Ended run(Function<String, Optional<String>> ask, String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--socket", socket().toString()));
        return runWith(ask, all);
    }

    Ended runBare(String... args) {
        return runWith(AgainstASocket::nobody, List.of(args));
    }

    Ended runWith(Function<String, Optional<String>> ask, List<String> args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = new Main(environment(ask, out, err)).run(args.toArray(String[]::new));
        return new Ended(exit, out.toString(), err.toString());
    }

    Environment environment(Function<String, Optional<String>> ask, Writer out, Writer err) {
        return new Environment(
                new BufferedReader(new StringReader(typed)),
                new PrintWriter(out),
                new PrintWriter(err),
                variables,
                folder,
                CLOCK,
                ask,
                isTerminal,
                pause);
    }

    /// The message in what a command printed as JSON.
    static <T> T result(String json, Class<T> type) {
        var envelope = AdminJson.answer(json.getBytes(UTF_8), Console.Envelope.class);
        return AdminJson.answer(AdminJson.write(envelope.result()), type);
    }

    static String golden(String name) throws IOException {
        try (var in = AgainstASocket.class.getResourceAsStream("/golden/" + name + ".txt")) {
            assertThat(in).as("golden file " + name).isNotNull();
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
