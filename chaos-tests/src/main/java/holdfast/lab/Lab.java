package holdfast.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.Role;
import holdfast.admin.Sync;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// The lab in whose outer namespace this process runs: two directors and three real servers on the network of
/// `bin/lib/topology`. This class cleans up nothing, because all of it ends with the outer namespace.
public final class Lab {
    /// More frequent checks would be a load of their own on directors that share their machine.
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    /// The lab's configurations, sockets, process ids and logs; a file system of its own.
    static final Path RUN = Path.of("/run/holdfast");

    private static final int GUESTS_PRIORITY = 50;
    /// Two JVMs that start at once on a busy machine take most of this time.
    private static final Duration EQUAL_MAX = Duration.ofMinutes(1);

    private static final List<String> REAL_SERVERS = List.of("rs1", "rs2", "rs3");

    private final Path home;
    private final Director d1 = new Director(this, "d1");
    private final Director d2 = new Director(this, "d2");
    private final Director d3 = new Director(this, "d3");
    private final Director d4 = new Director(this, "d4");
    private final Director d5 = new Director(this, "d5");

    private Lab(Path home) {
        this.home = home;
    }

    /// The lab around this process, whose network must exist already.
    ///
    /// @throws IllegalStateException if there is none
    public static Lab around() {
        var home = System.getenv("HOLDFAST_HOME");
        if (home == null || !Files.exists(RUN.resolve("d1.yaml"))) {
            throw new IllegalStateException("there is no lab around this process; it is for bin/demo and bin/test");
        }
        return new Lab(Path.of(home));
    }

    public Director d1() {
        return d1;
    }

    public Director d2() {
        return d2;
    }

    /// A host for one more director, in a lab with guests. It runs only if a test writes its configuration
    /// ([#configure]) and starts it.
    public Director d3() {
        return d3;
    }

    /// Hosts for another pair of directors, in a lab with guests: they share the interconnect with the first pair, and
    /// nothing else, so they may have the same addresses in front.
    public List<Director> otherPair() {
        return List.of(d4, d5);
    }

    /// A host without a key, in a lab with guests.
    public Stranger stranger() {
        return new Stranger(this);
    }

    /// The faults of a director's surroundings.
    public Faults faults() {
        return new Faults(this);
    }

    /// Writes the file that a director reads at its start.
    public void configure(Director director, String yaml) {
        try {
            Files.createDirectories(RUN.resolve(director.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Faults.write(director.configuration(), yaml);
    }

    /// Writes a guest's file like an operator who copies that of another director: with its own addresses and
    /// paths, and the other one's name.
    public void configureAsCopy(Director guest, Director original) {
        configure(
                guest,
                Faults.read(original.configuration())
                        .replace(
                                RUN.resolve(original.name()).toString(),
                                RUN.resolve(guest.name()).toString())
                        .replaceFirst("bind-address: \\S+", "bind-address: " + Network.SYNC.address(guest))
                        .replaceFirst("priority: \\d+", "priority: " + GUESTS_PRIORITY));
    }

    /// Sets the advert interval of the pair. If its files differ, both directors are killed; they read the new
    /// files at their next start.
    public void advertise(int intervalMs) {
        var directors = List.of(d1, d2);
        boolean says = directors.stream()
                .allMatch(director -> Faults.read(director.configuration()).contains(interval(intervalMs)));
        if (!says) {
            directors.stream().filter(Director::isRunning).forEach(Director::kill);
            directors.forEach(director -> Faults.write(
                    director.configuration(),
                    Faults.read(director.configuration())
                            .replaceAll("    advert-interval-ms: \\d+\n", "")
                            .replaceFirst("    preempt: ", interval(intervalMs) + "    preempt: ")));
        }
    }

    private static String interval(int ms) {
        return "    advert-interval-ms: " + ms + "\n";
    }

    /// The other director of the pair.
    public Director other(Director director) {
        return director == d1 ? d2 : d1;
    }

    /// Starts the real servers that do not run, and returns when all serve.
    public void startRealServers() {
        REAL_SERVERS.stream().filter(name -> !isRunning(name)).forEach(this::start);
        REAL_SERVERS.forEach(name -> await(
                name + " serves",
                Duration.ofSeconds(20),
                () -> Files.readString(RUN.resolve(name + ".log")).contains("serving as " + name)));
    }

    /// Addresses at which clients reach the real servers without a director.
    public List<InetAddress> realServers() {
        return REAL_SERVERS.stream()
                .map(name -> address("192.0.2.2" + name.charAt(name.length() - 1)))
                .toList();
    }

    private static InetAddress address(String quad) {
        try {
            return InetAddress.getByName(quad); // no look-up, since it is no name
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(quad, e);
        }
    }

    /// The director that answers for the VIPs, if exactly one does.
    public Optional<Director> active() {
        var claiming = Stream.of(d1, d2).filter(d -> d.is(Role.ACTIVE)).toList();
        return claiming.size() == 1 ? Optional.of(claiming.getFirst()) : Optional.empty();
    }

    /// Waits until one director is active and the other, standing by, has equal tables.
    public void awaitEqualPair() {
        await(
                "one director is active and the other one stands by with equal tables",
                EQUAL_MAX,
                () -> active().filter(this::hasEqualStandby).isPresent());
    }

    /// Whether the other director stands by and this one knows its tables to be equal.
    public boolean hasEqualStandby(Director active) {
        var standby = other(active);
        return standby.is(Role.STANDBY)
                && active.peer(standby)
                        .filter(peer -> peer.state() == Sync.State.EQUAL)
                        .isPresent();
    }

    /// Waits until a condition holds; repeats a check that fails.
    ///
    /// @throws NotInTimeException if it does not hold in time
    public static void await(String what, Duration patience, Callable<Boolean> question) {
        try {
            Awaitility.await()
                    .atMost(patience)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(LOOK_INTERVAL)
                    .ignoreExceptions()
                    .until(question);
        } catch (ConditionTimeoutException e) {
            throw new NotInTimeException("waited " + patience.toSeconds() + " s in vain until " + what, e);
        }
    }

    /// A wait that ended without its condition.
    public static final class NotInTimeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotInTimeException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// Starts a director or a real server by its name.
    public void start(String name) {
        run(home.resolve("bin/lib/start").toString(), name);
    }

    /// Whether the process of a director or a real server exists, frozen or not.
    boolean isRunning(String name) {
        return Files.exists(RUN.resolve(name + ".pid"))
                && ProcessHandle.of(pid(name)).map(ProcessHandle::isAlive).orElse(false);
    }

    long pid(String name) {
        try {
            return Long.parseLong(Files.readString(RUN.resolve(name + ".pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A command in one of the lab's namespaces, ready to be started.
    public ProcessBuilder in(String namespace, String... command) {
        return new ProcessBuilder(Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(command))
                .toList());
    }

    /// The output of a command, and its exit code.
    public record Said(int exit, String text) {}

    /// Runs the CLI against a director, as an operator on its machine would.
    public Said holdfast(Director director, String... arguments) {
        var command = Stream.concat(
                Stream.of(home.resolve("bin/holdfast").toString()),
                Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                                "--socket",
                                RUN.resolve(director.name() + ".sock").toString())));
        return say(command.toArray(String[]::new));
    }

    /// Runs a short command to its end.
    ///
    /// @throws IllegalStateException if it fails, with its output
    public String run(String... command) {
        var said = say(command);
        if (said.exit != 0) {
            throw new IllegalStateException(
                    "%s ended with %d: %s".formatted(String.join(" ", command), said.exit, said.text));
        }
        return said.text;
    }

    private static Said say(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Said(process.waitFor(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
