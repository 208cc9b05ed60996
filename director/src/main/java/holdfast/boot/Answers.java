package holdfast.boot;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ClientRules;
import holdfast.admin.Clients;
import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.EntryFilter;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Impact;
import holdfast.admin.ImpactRequest;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.Role;
import holdfast.admin.Services;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.api.Operations;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.forward.Counter;
import holdfast.forward.Mode;
import holdfast.forward.Tables;
import holdfast.forward.Worker;
import holdfast.linux.Clock;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.Version;
import holdfast.vip.FailoverRecord;
import holdfast.vip.Preflight;
import holdfast.vip.VrrpNode;
import holdfast.vip.VrrpStatus;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a director tells its operators, put together from what its parts say of themselves.
final class Answers implements Operations {
    private static final String VERSION = "0.1.0";
    private static final long FAILOVER_TIMEOUT_S = 10;
    private static final long LISTING_TIMEOUT_S = 5;

    private final Configuration configuration;
    private final Configuration.VipGroup group;
    private final Worker worker;
    private final VrrpNode vrrp;
    private final Replication replication;
    private final Terms terms;
    private final Listing listing;
    private final TemplateCommands templates;
    private final ClientCommands clients;
    private final RealServerCommands realServers;

    Answers(Configuration configuration, Worker worker, VrrpNode vrrp, Replication replication, Terms terms) {
        this.configuration = configuration;
        this.group = configuration.groups().getFirst();
        this.worker = worker;
        this.vrrp = vrrp;
        this.replication = replication;
        this.terms = terms;
        this.listing = new Listing(worker);
        this.templates = new TemplateCommands(worker, replication);
        this.clients = new ClientCommands(worker);
        this.realServers = new RealServerCommands(configuration, worker);
    }

    boolean isActive() {
        return vrrp.status().role() == VrrpStatus.Role.ACTIVE;
    }

    @Override
    public Status status() {
        var election = vrrp.status();
        var role = role(election);
        var mode = worker.mode();
        var transition = election.lastTransition()
                .map(last -> new Status.Transition(
                        role(last.from()),
                        role(last.to()),
                        last.cause(),
                        Duration.between(last.at(), Instant.now()).toMillis()))
                .orElse(null);
        int term = terms.current();
        return new Status(
                configuration.director().name(),
                VERSION,
                ProcessHandle.current().pid(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                role,
                term == 0 ? null : term,
                group.name(),
                group.vrid(),
                group.priority(),
                group.vips().stream()
                        .map(vip -> new Status.Vip(
                                vip.address().toString(),
                                vip.interfaceName(),
                                mode == Mode.ACTIVE || mode == Mode.HELD))
                        .toList(),
                new Status.Adverts(
                        group.advertIntervalMs(),
                        election.sent(),
                        election.received(),
                        election.refused().entrySet().stream()
                                .collect(Collectors.toMap(refusal -> word(refusal.getKey()), Map.Entry::getValue)),
                        election.activeAddress()
                                .filter(_ -> role != Role.ACTIVE)
                                .map(Ipv4::toString)
                                .orElse(null),
                        election.heardAt().isPresent()
                                ? TimeUnit.NANOSECONDS.toMillis(
                                        Clock.boottime() - election.heardAt().getAsLong())
                                : null),
                transition,
                readiness(role),
                sync(role),
                datapath());
    }

    private static Role role(VrrpStatus election) {
        return role(election.role());
    }

    private static Role role(VrrpStatus.Role role) {
        return switch (role) {
            case INITIALIZE -> Role.FAULT;
            case STANDBY -> Role.STANDBY;
            case ACTIVE -> Role.ACTIVE;
        };
    }

    private Status.Datapath datapath() {
        var counters = worker.counters();
        var drops = new TreeMap<String, Long>();
        var others = new TreeMap<String, Long>();
        for (var counter : Counter.values()) {
            (counter.isDrop() ? drops : others).put(counter.word(), counters.value(counter));
        }
        var tables = ask(worker.query(Answers::tables));
        others.putAll(tables.bounds());
        return new Status.Datapath(
                counters.value(Counter.FORWARDED_TO_SERVER) + counters.value(Counter.FORWARDED_TO_CLIENT),
                counters.value(Counter.FORWARDED_BYTES),
                drops,
                others,
                tables.connections(),
                tables.templates());
    }

    /// How full the tables are, and how often each of their bounds was met.
    private record TableSizes(Status.Table connections, Status.Table templates, Map<String, Long> bounds) {}

    private static TableSizes tables(Tables tables) {
        var connections = tables.connections();
        var templates = tables.templates();
        return new TableSizes(
                new Status.Table(connections.size(), connections.capacity()),
                new Status.Table(templates.size(), templates.capacity()),
                Map.of(
                        "connections-refused-full", connections.refusedFull(),
                        "connections-refused-probes", connections.refusedProbes(),
                        "templates-refused-full", templates.refusedFull(),
                        "templates-refused-probes", templates.refusedProbes(),
                        "clients-replaced", tables.clients().replaced(),
                        "clients-not-entered", tables.clients().notEntered(),
                        "scheduler-evictions", tables.persistence().schedulerEvictions()));
    }

    /// On the active: whether a failover now would be done and what a crash now would lose. On a standby
    /// that is for the active to say.
    private FailoverReadiness readiness(Role role) {
        if (role != Role.ACTIVE) {
            return new FailoverReadiness(
                    FailoverReadiness.Safe.UNKNOWN,
                    null,
                    List.of("this director is not active; ask the one that is"),
                    null,
                    null,
                    null);
        }
        var preflight = preflight();
        var peer = preflight.flatMap(p -> replication.peer(p.peer()));
        var reasons = preflight.map(Preflight::objections).orElse(List.of(noPeer()));
        var safe = reasons.isEmpty()
                ? FailoverReadiness.Safe.YES
                : peer.filter(p -> p.state() == SyncState.UNKNOWN).isPresent()
                        ? FailoverReadiness.Safe.UNKNOWN
                        : FailoverReadiness.Safe.NO;
        return new FailoverReadiness(
                safe,
                preflight.map(Preflight::peer).orElse(null),
                reasons,
                peer.map(p -> known(p.unsyncedTemplates())).orElse(null),
                peer.map(p -> known(p.unsyncedConnections())).orElse(null),
                peer.map(p -> known(p.oldestUnsyncedMs())).orElse(null));
    }

    private String noPeer() {
        return configuration.cluster().sync()
                ? "no other director has been heard on the interconnect; see that one runs, and its cluster section"
                : "cluster.sync is off, so a standby would know no client";
    }

    @Override
    public Services services() {
        return ask(worker.query(ServiceListing::of));
    }

    @Override
    public Connections connections(Optional<Connections.Kind> kind, EntryFilter filter, int limit) {
        return listing.connections(kind, filter, limit);
    }

    @Override
    public Sync sync() {
        return sync(role(vrrp.status()));
    }

    private Sync sync(Role role) {
        return replication
                .status()
                .map(status -> sync(role, status))
                .orElse(new Sync(role, null, null, List.of(), Map.of()));
    }

    private Sync sync(Role role, SyncStatus status) {
        var position = status.position();
        var digest = role == Role.ACTIVE || position.equality().isPresent()
                ? "%016x".formatted(ask(worker.query(Tables::digest)))
                : null;
        return new Sync(
                role,
                status.term().isPresent() ? (int) status.term().getAsLong() : null,
                position.batch().isPresent()
                        ? new Sync.Position(
                                position.batch().getAsLong(),
                                Version.sequence(position.version().orElse(0)),
                                digest)
                        : null,
                status.peers().stream().map(Answers::peer).toList(),
                counters(status.counters()));
    }

    private static Sync.Peer peer(SyncStatus.Peer peer) {
        return new Sync.Peer(
                peer.name(),
                Sync.State.valueOf(peer.state().name()),
                peer.lag().map(SyncStatus.Lag::p50Micros).orElse(null),
                peer.lag().map(SyncStatus.Lag::p99Micros).orElse(null),
                peer.lag().map(SyncStatus.Lag::maxMicros).orElse(null),
                known(peer.lastAckMs()),
                known(peer.backlogBatches()),
                known(peer.backlogDeltas()),
                known(peer.unsyncedTemplates()),
                known(peer.unsyncedConnections()),
                known(peer.oldestUnsyncedMs()));
    }

    private static Map<String, Long> counters(SyncStatus.Counters counters) {
        var all = new TreeMap<String, Long>();
        all.put("batches-sent", counters.batchesSent());
        all.put("deltas-sent", counters.deltasSent());
        all.put("deltas-coalesced", counters.deltasCoalesced());
        all.put("deltas-lost", counters.deltasLost());
        all.put("batches-resent", counters.batchesResent());
        all.put("resends-asked", counters.resendsAsked());
        all.put("snapshots-asked", counters.snapshotsAsked());
        all.put("batches-applied", counters.batchesApplied());
        all.put("sends-dropped", counters.sendsDropped());
        counters.refused().forEach((reason, count) -> all.put("refused-" + word(reason.name()), count));
        return all;
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable Long known(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    @Override
    public FailoverResult failover(FailoverRequest request) {
        var self = configuration.director().name();
        if (!isActive()) {
            return refused(request, "this director is not active; ask the one that is");
        }
        var reason = request.reason() == null ? "asked by an operator" : request.reason();
        var failover = new PlannedFailover(
                this::preflight,
                peer -> vrrp.failover(peer, reason).get(FAILOVER_TIMEOUT_S, TimeUnit.SECONDS),
                new RealTime());
        try {
            return failover.run()
                    .map(record -> result(request, self, record))
                    .orElseGet(() -> refused(request, noPeer()));
        } catch (TimeoutException | ExecutionException e) {
            return refused(request, "the election did not answer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(request, "interrupted");
        }
    }

    private static final class RealTime implements PlannedFailover.Time {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    }

    private static FailoverResult result(FailoverRequest request, String self, FailoverRecord record) {
        boolean done = record.outcome() == FailoverRecord.Outcome.DONE;
        var steps = new ArrayList<FailoverResult.Step>();
        long before = 0;
        for (var step : record.steps()) {
            steps.add(new FailoverResult.Step(step.name(), (step.after() - before) / 1000));
            before = step.after();
        }
        return new FailoverResult(
                done,
                switch (record.outcome()) {
                    case DONE -> FailoverResult.Outcome.MOVED;
                    case REFUSED -> FailoverResult.Outcome.REFUSED;
                    case ABORTED, UNDER_WAY -> FailoverResult.Outcome.ABORTED;
                },
                done ? List.of() : List.of(record.reason()),
                request.reason(),
                self,
                record.peer(),
                steps,
                done ? heldMicros(record) : null);
    }

    /// How long clients waited: from the hold to the sign of the new active.
    private static @Nullable Long heldMicros(FailoverRecord record) {
        var held = record.steps().stream()
                .filter(step -> step.name().equals("held"))
                .findFirst();
        return held.map(step -> (record.steps().getLast().after() - step.after()) / 1000)
                .orElse(null);
    }

    private FailoverResult refused(FailoverRequest request, String why) {
        return new FailoverResult(
                false,
                FailoverResult.Outcome.REFUSED,
                List.of(why),
                request.reason(),
                configuration.director().name(),
                null,
                List.of(),
                null);
    }

    /// What is known of the standby that would take over: one that is equal, or else the first that is here.
    private Optional<Preflight> preflight() {
        return replication
                .status()
                .flatMap(status -> status.peers().stream()
                        .filter(peer -> peer.state() != SyncState.GONE)
                        .min((a, b) -> Boolean.compare(b.state() == SyncState.EQUAL, a.state() == SyncState.EQUAL))
                        .map(peer -> new Preflight(
                                peer.name(),
                                peer.links().address(),
                                terms.current(),
                                0,
                                peer.state() != SyncState.UNKNOWN,
                                peer.state() == SyncState.EQUAL || peer.state() == SyncState.BEHIND,
                                peer.sameConfiguration(),
                                peer.oldestUnsyncedMs().isPresent()
                                        ? TimeUnit.MILLISECONDS.toNanos(
                                                peer.oldestUnsyncedMs().getAsLong())
                                        : -1)));
    }

    @Override
    public TemplateResult templates(TemplateRequest request) {
        return templates.change(request);
    }

    @Override
    public DrainResult drain(DrainRequest request) {
        return TemplateCommands.promised(realServers.drain(request), listing);
    }

    @Override
    public AgentResult agent(AgentRequest request) {
        return realServers.agent(request);
    }

    @Override
    public WhereIs whereIs(WhereIsRequest request) {
        return templates.whereIs(request);
    }

    @Override
    public Clients clients(Clients.By by, int limit) {
        return clients.top(by, limit);
    }

    @Override
    public ClientRules clientRules() {
        return clients.rules();
    }

    @Override
    public ClientRules changeClientRules(ClientRuleRequest request) {
        return clients.change(request);
    }

    @Override
    public RehomeResult rehome(RehomeRequest request) {
        return templates.rehome(request);
    }

    @Override
    public Impact impact(ImpactRequest request) {
        return realServers.impact(request);
    }

    @Override
    public ZeroResult zero(ZeroRequest request) {
        return realServers.zero(request);
    }

    static <T> T ask(CompletableFuture<T> answer) {
        return ask(answer, LISTING_TIMEOUT_S, () -> new IllegalStateException("the datapath did not answer"));
    }

    /// @param onSilence  thrown where there is no answer in time
    static <T> T ask(CompletableFuture<T> answer, long timeoutS, Supplier<RuntimeException> onSilence) {
        try {
            return answer.get(timeoutS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (TimeoutException _) {
            throw onSilence.get();
        }
    }
}
