package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.json.AdminJson;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Every command that has `--output` prints JSON of one shape.
class JsonShapeTest extends AgainstASocket {
    private static final String SERVICE = "tcp/192.0.2.10:80";
    private static final String REAL = "10.0.0.11";

    /// The commands that ask no director.
    private static final List<String> ALONE = List.of(
            "config check",
            "key generate",
            "token generate",
            "import keepalived",
            "import ldirectord",
            "import ipvsadm");

    /// A use of each command.
    private Map<String, List<String>> uses() throws IOException {
        var file = configuration("vrid: 51", "[]").toString();
        var shared = Files.writeString(folder.resolve("shared.yaml"), "services: []\n")
                .toString();
        var rules = Files.writeString(folder.resolve("rules"), "-A -t 192.0.2.10:80 -s wlc\n")
                .toString();
        var uses = new TreeMap<String, List<String>>();
        uses.put("status", List.of());
        uses.put("list", List.of());
        uses.put("service list", List.of());
        uses.put("service show", List.of(SERVICE));
        uses.put("service add", List.of("tcp/192.0.2.10:81"));
        uses.put("service edit", List.of(SERVICE, "--scheduler", "rr"));
        uses.put("service remove", List.of(SERVICE, "--yes"));
        uses.put("real list", List.of());
        uses.put("real add", List.of(SERVICE, "10.0.0.19:8080"));
        uses.put("real edit", List.of(SERVICE, REAL, "--weight", "3"));
        uses.put("real remove", List.of(SERVICE, REAL, "--yes"));
        uses.put("vip list", List.of());
        uses.put("vip add", List.of("192.0.2.12"));
        uses.put("vip remove", List.of("192.0.2.11"));
        uses.put("connection list", List.of());
        uses.put("connection count", List.of());
        uses.put("whereis", List.of("198.51.100.7", SERVICE));
        uses.put("clients", List.of());
        uses.put("clients rules", List.of());
        uses.put("clients limit", List.of("198.51.100.7", "--connections", "5", "--yes"));
        uses.put("clients block", List.of("198.51.100.7", "--yes"));
        uses.put("clients unblock", List.of("198.51.100.7"));
        uses.put("clients rehome", List.of("198.51.100.7", SERVICE, "--yes"));
        uses.put("template list", List.of());
        uses.put("template flush", List.of("--service", SERVICE, "--yes"));
        uses.put("template move", List.of("--service", SERVICE, "--to", REAL, "--yes"));
        uses.put("template pin", List.of("--service", SERVICE, "--yes"));
        uses.put("template unpin", List.of("--service", SERVICE, "--yes"));
        uses.put("drain", List.of(SERVICE, REAL));
        uses.put("drain list", List.of());
        uses.put("agent", List.of(SERVICE, REAL, "50"));
        uses.put("zero", List.of());
        uses.put("sync status", List.of());
        uses.put("fleet", List.of());
        uses.put("fleet history", List.of());
        uses.put("key list", List.of());
        uses.put("key reload", List.of());
        uses.put("key generate", List.of(folder.resolve("new.key").toString()));
        uses.put("version", List.of());
        uses.put("failover", List.of("--yes"));
        uses.put("failover plan", List.of());
        uses.put("failover last", List.of());
        uses.put("failover history", List.of());
        uses.put("maintenance on", List.of("--yes"));
        uses.put("maintenance off", List.of());
        uses.put("maintenance status", List.of());
        uses.put("events", List.of());
        uses.put("audit", List.of());
        uses.put("token generate", List.of("prometheus", "--role", "viewer"));
        uses.put("log level", List.of("debug"));
        uses.put("config compare", List.of());
        uses.put("config check", List.of(file));
        uses.put("config show", List.of());
        uses.put("config export", List.of());
        uses.put("config diff", List.of(shared));
        uses.put("config impact", List.of(shared));
        uses.put("config apply", List.of(shared, "--yes"));
        uses.put("config history", List.of());
        uses.put("config rollback", List.of("1", "--yes"));
        uses.put("config reload", List.of("--yes"));
        uses.put("import keepalived", List.of(rules));
        uses.put("import ldirectord", List.of(rules));
        uses.put("import ipvsadm", List.of(rules));
        return uses;
    }

    @Test
    void everyCommandIsTried() throws IOException {
        assertThat(uses().keySet())
                .containsExactlyInAnyOrderElementsOf(withOutput(
                                new Main(environment(AgainstASocket::nobody, Writer.nullWriter(), Writer.nullWriter()))
                                        .line())
                        .map(name -> name.replaceFirst("^holdfast ", ""))
                        .toList());
    }

    private static Stream<String> withOutput(CommandLine command) {
        var spec = command.getCommandSpec();
        var below = spec.subcommands().values().stream().flatMap(JsonShapeTest::withOutput);
        return spec.findOption("--output") == null ? below : Stream.concat(Stream.of(spec.qualifiedName()), below);
    }

    @Test
    void everyResultIsAnObjectInTheSameEnvelope() throws IOException {
        for (var use : uses().entrySet()) {
            var director = new DirectorInMemory();
            director.revisions.file = folder.resolve("director.yaml").toString();
            Files.deleteIfExists(socket());
            try (var _ = new TinyServer(socket(), director::answer)) {
                run("clients", "block", "198.51.100.7", "--yes");
                run("real", "add", SERVICE, "10.0.0.18:8080");
                var printed = json(use.getKey(), use.getValue());
                assertThat(printed).as(use.getKey()).containsOnlyKeys("schemaVersion", "time", "director", "result");
                assertThat(printed)
                        .as(use.getKey())
                        .containsEntry("schemaVersion", 1)
                        .containsEntry("director", ALONE.contains(use.getKey()) ? null : "d1");
                assertThat(Instant.parse(String.valueOf(printed.get("time"))))
                        .as(use.getKey())
                        .isEqualTo("2026-11-30T15:00:40.123Z");
                assertThat(printed.get("result")).as(use.getKey()).isInstanceOf(Map.class);
            }
        }
    }

    @Test
    void aListWithOneThingIsAList() throws IOException {
        var director = new DirectorInMemory();
        try (var _ = new TinyServer(socket(), director::answer)) {
            assertThat(result("list", "--service", SERVICE))
                    .extractingByKey("services")
                    .isInstanceOf(List.class);
            assertThat(result("drain", SERVICE, REAL)).extractingByKey("drains").isInstanceOf(List.class);
            assertThat(result("drain", "--all-services", REAL))
                    .extractingByKey("drains")
                    .isInstanceOf(List.class);
            assertThat(result("real", "list", SERVICE))
                    .extractingByKey("realServers")
                    .isInstanceOf(List.class);
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> result(String... command) {
        var printed = json(command[0], List.of(command).subList(1, command.length));
        return (Map<String, Object>) Objects.requireNonNull(printed.get("result"));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> json(String command, List<String> more) {
        var args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(more);
        args.add("--output=json");
        if (!ALONE.contains(command)) {
            args.addAll(List.of("--socket", socket().toString()));
        }
        var ended = runWith(AgainstASocket::nobody, args);
        assertThat(ended.out()).as("%s printed %s", args, ended.err()).startsWith("{");
        return AdminJson.answer(ended.out().getBytes(UTF_8), Map.class);
    }
}
