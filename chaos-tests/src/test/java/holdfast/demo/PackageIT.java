package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The page `docs/operating/packages.md`: each of its commands runs on two machines with Debian and systemd, from the
/// installation to the removal, while clients are served.
///
/// `bin/lib/package-test` makes the packages and the Debian. Only root can boot machines.
@Timeout(600)
final class PackageIT {
    private static final Path HOME = Path.of(System.getenv("HOLDFAST_HOME"));
    private static final Path PARTS = HOME.resolve("build/package/test");
    private static final Path PAGE = HOME.resolve("docs/operating/packages.md");
    private static final Pattern SCP = Pattern.compile("scp (/\\S+) (d[12]):(/\\S+)");
    /// CAP_NET_ADMIN and CAP_NET_RAW (capability.h).
    private static final String TWO_CAPABILITIES = "0000000000003000";

    private static final Duration JOINED_MAX = Duration.ofSeconds(60);

    private final Lab lab = Lab.around();
    private final Map<String, LabMachine> machines = new TreeMap<>();
    private final Map<String, Runnable> events = Map.ofEntries(
            Map.entry("both machines are new", this::bootBoth),
            Map.entry("the unit is right", this::checkUnit),
            Map.entry("the caches are used", this::checkCaches),
            Map.entry("the files have the services of the clients too", this::addServices),
            Map.entry("the directors run as holdfast", this::checkUser),
            Map.entry("clients are served", this::startClients),
            Map.entry("d1 still runs the old release", () -> checkRelease("d1", "old.deb")),
            Map.entry("d2 still runs the old release", () -> checkRelease("d2", "old.deb")),
            Map.entry("d1 runs the new release", () -> checkNewRelease("d1")),
            Map.entry("d2 runs the new release", () -> checkNewRelease("d2")),
            Map.entry("no client has noticed", this::stopClients),
            Map.entry("d1 runs nothing", this::checkGone));
    private @Nullable Traffic traffic;

    @Test
    void thePackageInstallsUpgradesAndGoesAsThePageSays() throws IOException {
        lab.startRealServers();
        var wrongs = new PageRun(this::type, events, PackageIT::report).play(PAGE);
        if (!wrongs.isEmpty()) {
            printJournals();
        }
        assertThat(wrongs).as("answers that the page shows wrongly").isEmpty();
    }

    @AfterEach
    void endMachines() {
        machines.values().forEach(LabMachine::close);
    }

    private LabMachine machine(String name) {
        return Objects.requireNonNull(machines.get(name), name);
    }

    private String type(String director, String command) {
        var scp = SCP.matcher(command);
        return scp.matches()
                ? copy(
                        machine(director).file(scp.group(1)),
                        machine(scp.group(2)).file(scp.group(3)))
                : machine(director).type(command).text();
    }

    /// The machines have no ssh.
    private static String copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bootBoth() {
        for (var name : new String[] {"d1", "d2"}) {
            var machine = LabMachine.boot(lab, HOME, name, PARTS.resolve("root"));
            machines.put(name, machine);
            copy(PARTS.resolve("old.deb"), machine.file("/root").resolve("holdfast_0.1.0_amd64.deb"));
            copy(PARTS.resolve("new.deb"), machine.file("/root").resolve("holdfast_0.2.0_amd64.deb"));
        }
    }

    private void checkUnit() {
        assertThat(machine("d1").ask("systemd-analyze verify holdfast.service")).isEmpty();
    }

    /// The log of the JVM itself says which classes it did not have to read from a jar.
    private void checkCaches() {
        var loaded = "JDK_JAVA_OPTIONS=-Xlog:class+load holdfast ";
        assertThat(machine("d1").ask(loaded + "--version"))
                .contains("holdfast.cli.Main source: shared objects file")
                .contains("picocli.CommandLine source: shared objects file");
        assertThat(machine("d1").ask(loaded + "director --help"))
                .contains("holdfast.boot.Main source: shared objects file");
    }

    /// Those of `bin/lib/topology` that the examples do not have: echo, for a connection that lasts and for probes.
    /// Also metrics and a fleet, so that all libraries run from the modules of the package's runtime.
    private void addServices() {
        var services = new StringBuilder();
        for (var protocol : new String[] {"tcp", "udp"}) {
            addService(services, protocol + "/192.0.2.10:7", "nat", "10.0.0.1");
            addService(services, protocol + "/192.0.2.11:7", "dr", "192.0.2.2");
        }
        for (var machine : machines.values()) {
            try {
                Files.writeString(
                        machine.file("/etc/holdfast/director.yaml"),
                        services + fleet(machine.name()),
                        StandardOpenOption.APPEND);
                Files.writeString(machine.file("/etc/holdfast/fleet.key"), "0f".repeat(32) + "\n");
                machine.ask("chmod 600 /etc/holdfast/fleet.key");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String fleet(String name) {
        int number = name.equals("d1") ? 1 : 2;
        return """
                metrics:
                  listen: 10.255.0.%d:9640
                fleet:
                  members: [10.255.0.%d:7700]
                """.formatted(number, 3 - number);
    }

    private static void addService(StringBuilder services, String key, String forwarding, String real) {
        services.append("  - service: %s%n    scheduler: wlc%n    forwarding: %s%n    real-servers:%n"
                .formatted(key, forwarding));
        for (int n = 1; n <= 3; n++) {
            services.append("      - {address: %s%d, port: 7}%n".formatted(real, n));
        }
    }

    private void checkUser() {
        for (var machine : machines.values()) {
            var status = machine.ask("cat /proc/$(systemctl show -P MainPID holdfast)/status");
            var user = machine.ask("id --user holdfast");
            assertThat(status)
                    .contains("Uid:\t" + user + "\t" + user + "\t" + user + "\t" + user)
                    .contains("CapEff:\t" + TWO_CAPABILITIES)
                    .contains("CapBnd:\t" + TWO_CAPABILITIES);
            Lab.await(
                    machine + " has joined the fleet",
                    JOINED_MAX,
                    () -> journal(machine).contains("fleet joined"));
            assertThat(journal(machine)).doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
        }
    }

    private static String journal(LabMachine machine) {
        return machine.ask("journalctl --no-pager --unit holdfast");
    }

    private void startClients() {
        try {
            traffic = Traffic.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void stopClients() {
        try {
            var result = Objects.requireNonNull(traffic).stop();
            report(result.toString());
            result.assertHitless();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// By the file that the director's process runs, which may be of a release that dpkg no longer knows.
    private void checkRelease(String name, String deb) {
        var version = lab.run("dpkg-deb", "--field", PARTS.resolve(deb).toString(), "Version")
                .strip();
        assertThat(machine(name).ask("readlink /proc/$(systemctl show -P MainPID holdfast)/exe"))
                .matches("/usr/lib/holdfast/releases/" + Pattern.quote(version) + "-[0-9a-z]+/runtime/bin/java");
    }

    private void checkNewRelease(String name) {
        checkRelease(name, "new.deb");
        assertThat(machine(name).ask("ls /usr/lib/holdfast/releases").lines())
                .as("releases that are still there")
                .hasSize(1);
    }

    private void checkGone() {
        assertThat(machine("d1").type("pgrep --list-full java").text()).isEmpty();
        assertThat(machine("d1").ask("nft list ruleset")).isEmpty();
    }

    private void printJournals() {
        machines.values()
                .forEach(machine -> report(
                        machine.type("journalctl --no-pager --unit holdfast").text()));
    }

    /// A measurement, for whoever reads the log of a run that was green.
    private static void report(String measured) {
        System.out.println("PackageIT: " + measured);
    }
}
