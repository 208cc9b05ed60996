package holdfast.revision.node;

import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.Mistake;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.RevisionText;
import holdfast.conf.Shared;
import holdfast.conf.SharedHash;
import holdfast.linux.Clock;
import holdfast.linux.DiskFault;
import holdfast.revision.AgentReports;
import holdfast.revision.Ear;
import holdfast.revision.Effect;
import holdfast.revision.Outcome;
import holdfast.revision.Place;
import holdfast.revision.Revisions;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread `revisions` around the pure [Revisions] and [AgentReports]: it writes revisions and reports to disk and
/// puts them in force. Other threads put notes into its queue.
public final class RevisionNode implements Ear, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RevisionNode.class);
    private static final int QUEUE_MAX = 4096;
    private static final long KEEP_INTERVAL = TimeUnit.SECONDS.toNanos(1);

    /// What surrounds the revisions. Called on their thread.
    public interface Surroundings {
        Place place();

        void send(String to, ConfigMessage message);

        /// The others may know that this director runs this configuration.
        void tell(ConfigVersion version);

        /// Why this machine cannot have a configuration that is right in itself; empty if it can. Any thread.
        Optional<Outcome.Refused> obstacle(Configuration configuration);

        /// Puts a configuration and the orders beside it in force, and returns when they are.
        ///
        /// @throws IllegalStateException if it is not in force; its message says why
        void use(Configuration configuration, ByHand byHand);

        /// Puts reports of agents in force beside the earlier ones.
        ///
        /// @return when they are
        CompletableFuture<?> use(List<AgentReport> reports);
    }

    private final RevisionDisk disk;
    private final Configuration file;
    private final Revisions core;
    private final AgentReports agents;
    private final BlockingQueue<Runnable> notes = new LinkedBlockingQueue<>(QUEUE_MAX);
    private final Map<Long, CompletableFuture<Outcome>> askers = new HashMap<>();
    private final Map<Long, CompletableFuture<Optional<String>>> lookers = new HashMap<>();
    private final Thread thread = Thread.ofPlatform().name("revisions").daemon().unstarted(this::run);
    private volatile Present present;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile List<AgentReport> reports;
    private List<AgentReport> keptReports;
    private long keptAt;
    private boolean areKept = true;
    private volatile boolean closed;
    private @Nullable Surroundings around;
    private long nextTicket = new SecureRandom().nextLong() >>> 2;

    /// What is in force on this director.
    ///
    /// @param revision  null for the configuration of the file
    public record Present(
            Configuration configuration, @Nullable Revision revision) {
        public RevisionId id() {
            return revision == null ? RevisionId.OF_FILE : revision.id();
        }

        public ByHand byHand() {
            return revision == null ? ByHand.NONE : revision.byHand();
        }

        /// Whether this director's own file counts.
        public boolean isOfFile() {
            return revision == null || revision.ofFiles();
        }

        /// As the others are told.
        public ConfigVersion version() {
            return new ConfigVersion(
                    SharedHash.of(configuration),
                    id().term(),
                    id().number(),
                    revision == null ? "" : RevisionText.digest(RevisionText.of(revision)));
        }
    }

    private RevisionNode(RevisionDisk disk, Configuration file, Present present) {
        this.disk = disk;
        this.file = file;
        this.present = present;
        core = new Revisions(
                file.director().name(),
                Optional.ofNullable(present.revision()),
                this::read,
                () -> SharedHash.text(this.present.configuration()));
        agents = new AgentReports(reals(present.configuration()), kept(disk));
        reports = agents.all();
        keptReports = reports;
    }

    /// Reports are worth less than a director's start.
    private static List<AgentReport> kept(RevisionDisk disk) {
        try {
            return disk.reports();
        } catch (IOException | RuntimeException e) {
            log.warn(
                    "reports of agents not read disk={} cause=\"{}\"",
                    disk,
                    DiskFault.of(e).cause());
            return List.of();
        }
    }

    /// Reads the newest revision; it counts, and not the shared part of the file. Starts no thread.
    ///
    /// @param file  this director's configuration file
    /// @throws UnusableRevisionException if the newest revision cannot be read, or does not fit to the file
    public static RevisionNode open(RevisionDisk disk, Configuration file) {
        try {
            var kept = disk.list();
            if (kept.isEmpty()) {
                return new RevisionNode(disk, file, new Present(file, null));
            }
            var newest = kept.getFirst();
            var text = disk.read(newest).orElseThrow(() -> new IOException("it is gone"));
            return switch (RevisionText.read(Path.of("revision " + newest), text, file)) {
                case RevisionText.Good(Revision revision, Configuration configuration) ->
                    new RevisionNode(disk, file, new Present(configuration, revision));
                case RevisionText.Mistakes(var all) ->
                    throw new UnusableRevisionException("the newest revision in " + disk
                            + " cannot be used with this director's file: " + all.getFirst()
                            + "; correct the file, or move that revision away to begin with the one before it");
            };
        } catch (IOException e) {
            throw new UnusableRevisionException("cannot read the revisions in " + disk + ": " + DiskFault.of(e));
        }
    }

    /// A proposal that this machine cannot have is wrong; a revision counts, and shows as trouble.
    private RevisionText.Outcome read(byte[] text) {
        var name = Path.of("revision");
        var outcome = RevisionText.read(name, text, file);
        return outcome instanceof RevisionText.Good(Revision revision, Configuration configuration)
                        && revision.id().equals(RevisionId.OF_FILE)
                ? obstacle(configuration)
                        .map(why -> new Mistake(name, 0, 0, "", "", why.why(), why.remedy()))
                        .<RevisionText.Outcome>map(mistake -> new RevisionText.Mistakes(List.of(mistake)))
                        .orElse(outcome)
                : outcome;
    }

    private Optional<Outcome.Refused> obstacle(Configuration configuration) {
        return Objects.requireNonNull(around, "not started").obstacle(configuration);
    }

    /// What is in force on this director. Any thread.
    public Present present() {
        return present;
    }

    /// This director's configuration file as it was read at the start. Any thread.
    public Configuration file() {
        return file;
    }

    /// The newest report of each agent, beside that configuration. Any thread.
    public List<AgentReport> reports() {
        return reports;
    }

    /// Why a revision is not kept or not in force, as a sentence. Any thread.
    public Optional<String> trouble() {
        return trouble;
    }

    public void start(Surroundings surroundings) {
        around = surroundings;
        var revision = present.revision();
        if (revision != null && !revision.in(file).equals(file)) {
            log.warn(
                    "file differs from the configuration in force id={} effect=\"ipvs, marks and services of the file do"
                            + " not count\" remedy=\"holdfast config diff, then holdfast config reload\"",
                    revision.id());
        }
        thread.start();
    }

    /// Proposes another configuration, beside which the orders that fit to it stay. The result comes when it is a
    /// revision in force, or none.
    public CompletableFuture<Outcome> propose(RevisionId base, String author, String reason, Shared shared) {
        var obstacle = obstacle(shared.in(file));
        if (obstacle.isPresent()) {
            return CompletableFuture.completedFuture(obstacle.get());
        }
        var orders = present.byHand().within(shared, Instant.now());
        return propose(draft(base, author, reason, shared, false, orders));
    }

    /// Proposes other orders beside the configuration in force, whether that is of a revision or of each director's
    /// file.
    public CompletableFuture<Outcome> propose(Present base, String author, String reason, ByHand orders) {
        var shared = Shared.of(base.configuration());
        return propose(draft(base.id(), author, reason, shared, base.isOfFile(), orders));
    }

    private Revision draft(
            RevisionId base, String author, String reason, Shared shared, boolean ofFiles, ByHand orders) {
        var maker = file.director().name();
        return new Revision(base, Instant.now(), maker, author, reason, shared, ofFiles, orders);
    }

    private CompletableFuture<Outcome> propose(Revision draft) {
        var outcome = new CompletableFuture<Outcome>();
        boolean isQueued = notes.offer(() -> {
            long ticket = nextTicket++;
            askers.put(ticket, outcome);
            core.propose(ticket, draft, Clock.monotonic());
        });
        if (!isQueued) {
            outcome.complete(new Outcome.Refused("too many changes are under way", "try again in a moment"));
        }
        return outcome;
    }

    /// Takes a report of an agent.
    ///
    /// @return whether it is in force: the configuration has that real server
    public CompletableFuture<Boolean> report(AgentReport.Real real, int percent) {
        var taken = new CompletableFuture<Boolean>();
        boolean isQueued = notes.offer(() -> {
            boolean isKnown = agents.report(real, percent, System.currentTimeMillis());
            var _ = useReports(surroundings()).whenComplete((_, bug) -> {
                if (bug == null) {
                    taken.complete(isKnown);
                } else {
                    taken.completeExceptionally(bug);
                }
            });
        });
        if (!isQueued) {
            taken.completeExceptionally(new IllegalStateException("too many changes are under way"));
        }
        return taken;
    }

    /// The whole configuration that another director has in force, as text to compare; empty if it does not answer.
    public CompletableFuture<Optional<String>> look(String member) {
        var text = new CompletableFuture<Optional<String>>();
        boolean isQueued = notes.offer(() -> {
            long ticket = nextTicket++;
            lookers.put(ticket, text);
            core.look(ticket, member, Clock.monotonic());
        });
        if (!isQueued) {
            text.complete(Optional.empty());
        }
        return text;
    }

    @Override
    public void heard(String member, ConfigVersion version) {
        var _ = notes.offer(() -> {
            var id = new RevisionId(version.term(), version.number());
            core.heard(member, id, version.digest(), Clock.monotonic());
            agents.heard(member, Clock.monotonic());
        });
    }

    @Override
    public void message(String from, ConfigMessage message) {
        var _ = notes.offer(() -> {
            if (message instanceof ConfigMessage.Reports told) {
                agents.message(from, told);
            } else {
                core.message(from, message, Clock.monotonic());
            }
        });
    }

    /// The names of all kept revisions, the newest first.
    public List<RevisionId> kept() throws IOException {
        return disk.list();
    }

    /// Who made each kept revision and why, the newest first, without what it made; one that cannot be read is left
    /// out.
    public List<Revision> history(int most) throws IOException {
        var revisions = new ArrayList<Revision>();
        for (var id : disk.list()) {
            if (revisions.size() == most) {
                break;
            }
            head(id).ifPresent(revisions::add);
        }
        return revisions;
    }

    /// A kept revision; empty if it is not kept, or cannot be read.
    public Optional<Revision> read(RevisionId id) throws IOException {
        return disk.read(id).flatMap(text -> revision(RevisionText.read(Path.of("revision " + id), text, file)));
    }

    private Optional<Revision> head(RevisionId id) throws IOException {
        return disk.read(id).flatMap(text -> revision(RevisionText.readHead(Path.of("revision " + id), text, file)));
    }

    private static Optional<Revision> revision(RevisionText.Outcome read) {
        return read instanceof RevisionText.Good(Revision revision, var _) ? Optional.of(revision) : Optional.empty();
    }

    private void run() {
        var surroundings = surroundings();
        try {
            while (!closed) {
                long idle = core.idleFor(Clock.monotonic());
                var note = notes.poll(idle, TimeUnit.NANOSECONDS);
                core.place(surroundings.place(), Clock.monotonic());
                if (note != null) {
                    note.run();
                }
                core.turn(Clock.monotonic());
                perform(surroundings);
                if (Clock.monotonic() - keptAt >= KEEP_INTERVAL) {
                    keepReports();
                }
            }
            keepReports();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error bug) {
            log.error("revisions ended by a bug; no configuration is changed any more", bug);
            trouble = Optional.of("the thread for revisions has ended by a bug (" + bug
                    + "); restart this director when the other one serves");
        }
        askers.values()
                .forEach(asker -> asker.complete(new Outcome.Refused(
                        "this director is ending", "look on the other one whether the change was made")));
        lookers.values().forEach(looker -> looker.complete(Optional.empty()));
    }

    private Surroundings surroundings() {
        return Objects.requireNonNull(around, "started without surroundings");
    }

    private void perform(Surroundings surroundings) {
        for (var effects = core.takeEffects(); !effects.isEmpty(); effects = core.takeEffects()) {
            trouble = core.trouble();
            effects.forEach(effect -> perform(effect, surroundings));
        }
        trouble = core.trouble();
        agents.takeSends().forEach(send -> surroundings.send(send.to(), send.message()));
        var _ = useReports(surroundings);
    }

    private CompletableFuture<?> useReports(Surroundings surroundings) {
        reports = agents.all();
        var changed = agents.takeChanged();
        return changed.isEmpty() ? CompletableFuture.completedFuture(changed) : surroundings.use(changed);
    }

    private void perform(Effect effect, Surroundings surroundings) {
        switch (effect) {
            case Effect.Store(Revision revision) -> store(revision);
            case Effect.Use(Revision revision) -> use(revision, surroundings);
            case Effect.Send(String to, ConfigMessage message) -> surroundings.send(to, message);
            case Effect.Tell(RevisionId id, String digest) ->
                surroundings.tell(
                        new ConfigVersion(SharedHash.of(present.configuration()), id.term(), id.number(), digest));
            case Effect.Done(long ticket, Outcome outcome) -> {
                var asker = askers.remove(ticket);
                if (asker != null) {
                    asker.complete(outcome);
                }
            }
            case Effect.Seen(long ticket, Optional<String> text) -> {
                var looker = lookers.remove(ticket);
                if (looker != null) {
                    looker.complete(text);
                }
            }
            case Effect.Warn(String text) -> log.warn("{}", text);
        }
    }

    private void store(Revision revision) {
        try {
            disk.write(revision.id(), RevisionText.of(revision));
            core.stored(Clock.monotonic());
        } catch (IOException | RuntimeException e) {
            var fault = DiskFault.of(e);
            log.error("revision not kept id={} disk={} cause=\"{}\"", revision.id(), disk, fault.cause());
            core.notStored(fault.cause(), fault.remedy(), Clock.monotonic());
        }
    }

    /// No report waits for this, and one that is not kept is only lost if no director keeps running.
    private void keepReports() {
        if (reports.equals(keptReports)) {
            return;
        }
        keptReports = reports;
        keptAt = Clock.monotonic();
        try {
            disk.write(reports);
            areKept = true;
        } catch (IOException | RuntimeException e) {
            if (areKept) {
                log.warn("reports of agents not kept disk={} cause=\"{}\"", disk, DiskFault.of(e));
            }
            areKept = false;
        }
    }

    private void use(Revision revision, Surroundings surroundings) {
        var next = new Present(revision.in(file), revision);
        boolean isFirst = !next.equals(present);
        try {
            obstacle(next.configuration()).ifPresent(why -> {
                throw new IllegalStateException(why.why() + "; " + why.remedy());
            });
            surroundings.use(next.configuration(), revision.byHand());
            present = next;
            log.info(
                    "revision in force id={} director={} author=\"{}\" reason=\"{}\"",
                    revision.id(),
                    revision.director(),
                    revision.author(),
                    revision.reason());
            core.used(Clock.monotonic());
        } catch (IllegalStateException e) {
            present = next;
            if (isFirst) {
                log.error("revision not in force id={} cause=\"{}\"", revision.id(), e.getMessage());
            }
            core.notUsed(String.valueOf(e.getMessage()), Clock.monotonic());
        }
        agents.known(reals(next.configuration()));
        surroundings.tell(present.version());
    }

    private static Set<AgentReport.Real> reals(Configuration configuration) {
        return configuration.services().stream()
                .flatMap(service -> service.realServers().stream()
                        .map(real -> new AgentReport.Real(service.key(), real.address(), real.port())))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Ends the thread; a change under way is answered with a refusal.
    @Override
    public void close() {
        closed = true;
        var _ = notes.offer(() -> {});
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
