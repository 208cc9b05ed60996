package holdfast.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigHistory;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.FleetHistory;
import holdfast.admin.FleetHistoryRequest;
import holdfast.admin.FleetView;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.json.UnreadableJsonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// A director of the lab: its process and its admin API.
public final class Director {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /// A planned failover holds and proves equality before it answers.
    private static final Duration FAILOVER_PATIENCE = Duration.ofSeconds(15);

    private final Lab lab;
    private final String name;
    private final int number;
    private final AdminApi admin;
    private final AdminApi patientAdmin;

    Director(Lab lab, String name) {
        this.lab = lab;
        this.name = name;
        number = Integer.parseInt(name.substring(1));
        var socket = Lab.RUN.resolve(name + ".sock");
        admin = new AdminApi(socket, PATIENCE);
        patientAdmin = new AdminApi(socket, FAILOVER_PATIENCE);
    }

    public String name() {
        return name;
    }

    int number() {
        return number;
    }

    /// The file that it reads at its start.
    public Path configuration() {
        return Lab.RUN.resolve(name + ".yaml");
    }

    /// Where it keeps what must outlive its process.
    public Path stateDirectory() {
        return Lab.RUN.resolve(name);
    }

    /// Its log since the lab began.
    public Path log() {
        return Lab.RUN.resolve(name + ".log");
    }

    /// MAC address of its interface `front`, from the topology.
    public long frontMac() {
        return 0x0200_0000_0100L + number;
    }

    /// MAC address of its interface `back`.
    public long backMac() {
        return 0x0200_0000_0200L + number;
    }

    /// Starts the process; [#isServing] shows when it has started.
    public void start() {
        lab.start(name);
    }

    /// Ends the process as a crash would (SIGKILL), and returns when it is gone.
    public void kill() {
        ProcessHandle.of(pid()).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    /// Ends the process (SIGTERM), as an operator's `systemctl stop` does, and returns when it is gone.
    public void stop() {
        ProcessHandle.of(pid()).ifPresent(process -> {
            process.destroy();
            process.onExit().join();
        });
    }

    /// Stops every thread of the process where it stands, as a long pause of the machine does, and returns when the
    /// last
    /// one has stopped: SIGSTOP itself returns before that.
    public void freeze() {
        long pid = pid();
        lab.run("kill", "-STOP", Long.toString(pid));
        Lab.await("all threads of " + this + " have stopped", PATIENCE, () -> hasStopped(pid));
    }

    private static boolean hasStopped(long pid) {
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.allMatch(Director::isStopped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// By `/proc/PID/task/TID/stat`: the state follows the name, which stands in parentheses.
    private static boolean isStopped(Path thread) {
        try {
            var stat = Files.readString(thread.resolve("stat"), ISO_8859_1);
            return stat.startsWith(") T", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return true; // it has ended
        }
    }

    /// Sends SIGHUP, as `systemctl reload` does.
    public void hangUp() {
        lab.run("kill", "-HUP", Long.toString(pid()));
    }

    /// Lets a frozen process continue.
    public void thaw() {
        lab.run("kill", "-CONT", Long.toString(pid()));
    }

    public boolean isRunning() {
        return lab.isRunning(name);
    }

    /// The role that it reports; empty if it does not answer, because it is dead, frozen or not started yet.
    public Optional<Role> role() {
        try {
            return Optional.of(admin.call(Operations.STATUS, new Nothing()).role());
        } catch (IOException | UnreadableJsonException e) {
            return Optional.empty();
        }
    }

    public boolean is(Role role) {
        return role().equals(Optional.of(role));
    }

    public Status status() {
        return call(Operations.STATUS, new Nothing());
    }

    public Sync sync() {
        return call(Operations.SYNC, new Nothing());
    }

    /// This director's knowledge of another one; empty if it has never heard it.
    public Optional<Sync.Peer> peer(Director other) {
        return sync().peers().stream()
                .filter(peer -> peer.name().equals(other.name))
                .findFirst();
    }

    /// Its services with their traffic.
    public ServiceList services() {
        return call(Operations.SERVICES, new Nothing());
    }

    /// Its present connections and templates.
    public Connections connections() {
        return call(Operations.CONNECTIONS, ConnectionsRequest.ALL);
    }

    /// The shared configuration in force.
    public ConfigState config() {
        return call(Operations.CONFIG, new ConfigRequest(null));
    }

    /// The latest revisions.
    public ConfigHistory configHistory() {
        return call(Operations.CONFIG_HISTORY, new Nothing());
    }

    /// Changes the shared configuration, and waits until that is done.
    public ConfigResult change(ConfigChange change) {
        try {
            return patientAdmin.call(Operations.CHANGE_CONFIG, change);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Quiesces a real server, and waits until it is.
    public DrainResult drain(DrainRequest request) {
        try {
            return patientAdmin.call(Operations.DRAIN, request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All directors of the site, as it has heard them.
    public FleetView fleet() {
        return call(Operations.FLEET, new Nothing());
    }

    /// What happened on all directors of the site.
    public FleetHistory fleetHistory() {
        return call(Operations.FLEET_HISTORY, new FleetHistoryRequest(1000));
    }

    /// Reports what a real server can take.
    public AgentResult agent(AgentRequest request) {
        return call(Operations.AGENT, request);
    }

    /// Requests a planned failover and waits for its end.
    public FailoverResult failover(String reason) {
        return failover(new FailoverRequest(reason));
    }

    public FailoverResult failover(FailoverRequest request) {
        try {
            return patientAdmin.call(Operations.FAILOVER, request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <Q, A> A call(Operation<Q, A> operation, Q request) {
        try {
            return admin.call(operation, request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Id of its process, or of its last one.
    public long pid() {
        return lab.pid(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
