package holdfast.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An operator's shells on the two directors of the lab.
///
/// The directors share one file system, without systemd and without ssh. So a path of a director's machine is another
/// path here, in commands and in their answers, and `systemctl` and `scp` are done by this class.
final class OperatorShells {
    private static final Pattern SYSTEMCTL = Pattern.compile("systemctl (enable --now|start|stop|restart) holdfast");
    private static final Pattern SCP = Pattern.compile("scp (\\S+) (\\S+)");
    private static final Duration STARTED_MAX = Duration.ofMinutes(1);
    /// A third host, which `scp` knows.
    private static final String BACKUP = "backup";

    private static final String SHARED = "/usr/share/holdfast";
    private static final String EXAMPLES = "examples";

    private final Lab lab;
    private final Path home;
    private final Path machines;

    /// @param machines  an empty directory for the machines' files
    OperatorShells(Lab lab, Path home, Path machines) {
        this.lab = lab;
        this.home = home;
        this.machines = machines;
    }

    /// Leaves nothing on the director's machine but what the package brings: no configuration, no key, no state.
    void empty(Director director) {
        try {
            delete(machine(director));
            delete(director.stateDirectory());
            delete(director.configuration());
            Files.createDirectories(machines.resolve(BACKUP));
            Files.createDirectories(Path.of(here(director, "/tmp")));
            Files.createDirectories(Path.of(here(director, "/etc/holdfast")));
            Files.createDirectories(director.stateDirectory());
            var examples = Path.of(here(director, SHARED)).resolve(EXAMPLES);
            Files.createDirectories(examples);
            for (var name : List.of("d1.yaml", "d2.yaml")) {
                var text =
                        Files.readString(home.resolve("conf").resolve(EXAMPLES).resolve(name));
                Files.writeString(examples.resolve(name), here(director, text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (var files = Files.walk(path)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    /// Types a command, and waits until it ends.
    ///
    /// @return what it prints
    String type(Director director, String command) {
        var systemctl = SYSTEMCTL.matcher(command);
        var scp = SCP.matcher(command);
        if (systemctl.matches()) {
            systemctl(director, systemctl.group(1));
            return "";
        }
        return scp.matches() ? scp(director, scp.group(1), scp.group(2)) : bash(director, command);
    }

    private static void systemctl(Director director, String verb) {
        if (verb.equals("stop") || verb.equals("restart")) {
            director.stop();
        }
        if (!verb.equals("stop")) {
            director.start();
            Lab.await(
                    director + " has started",
                    STARTED_MAX,
                    () -> director.is(Role.ACTIVE) || director.is(Role.STANDBY));
        }
    }

    private String scp(Director director, String from, String to) {
        try {
            Files.copy(
                    file(director, from),
                    file(director, to),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
            return "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path file(Director director, String operand) {
        int colon = operand.indexOf(':');
        var host = colon < 0 ? director.name() : operand.substring(0, colon);
        var path = operand.substring(colon + 1);
        return switch (host) {
            case "d1" -> Path.of(here(lab.d1(), path));
            case "d2" -> Path.of(here(lab.d2(), path));
            case BACKUP -> machines.resolve(BACKUP).resolve(path);
            default -> throw new IllegalArgumentException("no host " + host);
        };
    }

    private String bash(Director director, String command) {
        var folder = Path.of("").toAbsolutePath();
        return there(
                director,
                run(lab, home, director, folder, here(director, command)).text());
    }

    /// Runs a command of an operator's shell on a director, without a terminal.
    static Lab.Said run(Lab lab, Path home, Director director, Path folder, String command) {
        try {
            var builder = lab.in(director.name(), "bash", "-o", "pipefail", "-c", command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            builder.environment().merge("PATH", home.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
            builder.environment().put("HOLDFAST_SOCKET", "/run/holdfast/" + director.name() + ".sock");
            var process = builder.start();
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Lab.Said(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Path machine(Director director) {
        return machines.resolve(director.name());
    }

    /// By the path on the director's machine, the path here.
    private Map<String, String> paths(Director director) {
        var machine = machine(director);
        return Map.of(
                "/etc/holdfast/director.yaml",
                director.configuration().toString(),
                "/etc/holdfast",
                machine.resolve("etc").toString(),
                "/var/lib/holdfast",
                director.stateDirectory().toString(),
                SHARED,
                machine.resolve("share").toString(),
                "/tmp",
                machine.resolve("tmp").toString());
    }

    private String here(Director director, String text) {
        return replace(text, paths(director));
    }

    private String there(Director director, String text) {
        var back = new HashMap<String, String>();
        paths(director).forEach((there, here) -> back.put(here, there));
        return replace(text, back);
    }

    /// In one pass, because a new path may contain an old one.
    private static String replace(String text, Map<String, String> paths) {
        var alternatives = paths.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?:", ")(?![\\w.-])"));
        return Pattern.compile(alternatives)
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(paths.getOrDefault(found.group(), found.group())));
    }
}
