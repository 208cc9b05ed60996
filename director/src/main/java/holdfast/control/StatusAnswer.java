package holdfast.control;

import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.KebabCase;
import holdfast.conf.ProgramVersion;
import holdfast.forward.Mode;
import holdfast.group.Readiness;
import holdfast.group.Readiness.Heard;
import holdfast.group.StatusSources;
import holdfast.linux.Clock;
import holdfast.service.RealServerTable;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableSize;
import holdfast.sync.Version;
import holdfast.table.Counter;
import holdfast.table.Tables;
import holdfast.vip.VrrpStatus;
import holdfast.worker.GroupDatapath;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Builds the status of a director from the reports of its parts. An operator needs it most when a part is broken, so a
/// part that does not answer within a second is unknown, and the others are shown.
public final class StatusAnswer {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<Configuration> configuration;
    private final Supplier<Status.Config> config;
    private final Configuration.VipGroup group;
    private final GroupDatapath datapath;
    private final Supplier<VrrpStatus> vrrp;
    private final Supplier<Optional<SyncStatus>> replication;
    private final IntSupplier term;
    private final StatusSources sources;
    private final PatientQuestion<TableSizes> tables;

    /// The fill of the tables, the counts of their bounds, the servers that schedulers pass over, and the digest.
    private record TableSizes(
            Status.Table connections,
            Status.Table templates,
            Map<String, Long> bounds,
            List<String> passedOver,
            long digest) {}

    /// The state of the sync side, and its trouble; neither without sync.
    private record Replicated(Optional<SyncStatus> status, Optional<String> trouble) {
        Optional<SyncStatus.Peer> peer(String name) {
            return peers().stream().filter(peer -> peer.name().equals(name)).findFirst();
        }

        List<SyncStatus.Peer> peers() {
            return status.map(SyncStatus::peers).orElse(List.of());
        }
    }

    /// @param replication  empty if tables are not replicated
    /// @param term         the highest known term; 0 before the first
    public StatusAnswer(
            Supplier<Configuration> configuration,
            Supplier<Status.Config> config,
            GroupDatapath datapath,
            Supplier<VrrpStatus> vrrp,
            Supplier<Optional<SyncStatus>> replication,
            IntSupplier term,
            StatusSources sources) {
        this.configuration = configuration;
        this.config = config;
        this.group = configuration.get().groups().getFirst();
        this.datapath = datapath;
        this.vrrp = vrrp;
        this.replication = replication;
        this.term = term;
        this.sources = sources;
        this.tables = new PatientQuestion<>(() -> datapath.query(StatusAnswer::sizes), PATIENCE, Clock::monotonic);
    }

    Status status() {
        var election = vrrp.get();
        var role = role(election.role());
        var replicated = replicated();
        var asked = tables.ask();
        return new Status(
                configuration.get().director().name(),
                ProgramVersion.TEXT,
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                ProcessHandle.current().pid(),
                ManagementFactory.getRuntimeMXBean().getUptime(),
                role,
                term(replicated),
                group.name(),
                group.vrid(),
                group.priority(),
                faults(asked),
                sources.alarms().get(),
                vips(),
                adverts(election),
                election.lastTransition().map(StatusAnswer::transition).orElse(null),
                readiness(election, replicated).answer(),
                sync(role, replicated, asked.value()),
                datapath(asked.value()),
                config.get());
    }

    /// The term of the stream that is written or followed; without a stream, the highest term heard of.
    private @Nullable Integer term(Replicated replicated) {
        long known = replicated
                .status()
                .map(SyncStatus::term)
                .orElse(OptionalLong.empty())
                .orElse(term.getAsInt());
        return known == 0 ? null : (int) known;
    }

    private List<String> faults(PatientQuestion.Answer<TableSizes> asked) {
        var faults = new ArrayList<>(sources.faults().get());
        asked.trouble().ifPresent(trouble -> faults.add("datapath: unknown, " + trouble));
        return faults;
    }

    private List<Status.Vip> vips() {
        var mode = datapath.mode();
        return configuration.get().groups().getFirst().vips().stream()
                .map(vip -> new Status.Vip(
                        vip.address().toString(), vip.interfaceName(), mode == Mode.ACTIVE || mode == Mode.HELD))
                .toList();
    }

    private Status.Adverts adverts(VrrpStatus election) {
        return new Status.Adverts(
                group.advertIntervalMs(),
                election.sent(),
                election.received(),
                notTaken(election),
                counts(election.counts()),
                election.heardFrom().map(Ipv4::toString).orElse(null),
                boxed(advertAge(election)));
    }

    /// Adverts that are invalid, and adverts for which no director vouches.
    private static Map<String, Long> notTaken(VrrpStatus election) {
        var reasons = new TreeMap<String, Long>();
        election.refused().forEach((reason, count) -> reasons.put(KebabCase.ofName(reason), count));
        election.doubted().forEach((reason, count) -> reasons.put(KebabCase.ofName(reason), count));
        return reasons;
    }

    private static Map<String, Long> counts(VrrpStatus.Counts counts) {
        return Map.of(
                "role-changes", counts.roleChanges(),
                "false-takeovers", counts.falseTakeovers(),
                "pauses", counts.pauses(),
                "events-lost", counts.eventsLost(),
                "send-errors", counts.sendErrors());
    }

    /// In ms.
    private static OptionalLong advertAge(VrrpStatus election) {
        return election.heardAt().isPresent()
                ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(
                        Clock.boottime() - election.heardAt().getAsLong()))
                : OptionalLong.empty();
    }

    private static Status.Transition transition(VrrpStatus.Transition last) {
        return new Status.Transition(
                role(last.from()),
                role(last.to()),
                last.cause(),
                Duration.between(last.at(), Instant.now()).toMillis());
    }

    private static Role role(VrrpStatus.Role role) {
        return switch (role) {
            case FAULT -> Role.FAULT;
            case STANDBY -> Role.STANDBY;
            case ACTIVE -> Role.ACTIVE;
        };
    }

    private Status.Datapath datapath(Optional<TableSizes> sizes) {
        var counters = datapath.counters();
        var drops = new TreeMap<String, Long>();
        var others = new TreeMap<String, Long>();
        for (var counter : Counter.values()) {
            (counter.isDrop() ? drops : others).put(counter.word(), counters.value(counter));
        }
        sizes.map(TableSizes::bounds).ifPresent(others::putAll);
        return new Status.Datapath(
                counters.value(Counter.FORWARDED_TO_SERVER) + counters.value(Counter.FORWARDED_TO_CLIENT),
                counters.value(Counter.FORWARDED_BYTES),
                drops,
                others,
                sizes.map(TableSizes::connections).orElse(null),
                sizes.map(TableSizes::templates).orElse(null),
                sizes.map(TableSizes::passedOver).orElse(null),
                datapath.resetsUnknown(),
                datapath.unrouted().map(Ipv4::toString).orElse(null));
    }

    private static TableSizes sizes(Tables tables) {
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
                        "scheduler-evictions", tables.persistence().schedulerEvictions()),
                passedOver(tables.reals()),
                tables.digest());
    }

    private static List<String> passedOver(RealServerTable reals) {
        return IntStream.range(0, reals.size())
                .filter(real -> reals.isAvailable(real) && reals.isUnreachable(real))
                .mapToObj(real -> new Ipv4(reals.address(real)))
                .distinct()
                .sorted()
                .map(Ipv4::toString)
                .toList();
    }

    private Replicated replicated() {
        var known = replication.get();
        return new Replicated(known, known.flatMap(SyncStatus::trouble));
    }

    /// Whether a failover is safe now, with every reason against it.
    public Readiness readiness() {
        return readiness(vrrp.get(), replicated());
    }

    /// A standby in the view of the sync side.
    Optional<SyncStatus.Peer> peer(String name) {
        return replicated().peer(name);
    }

    private Readiness readiness(VrrpStatus election, Replicated replicated) {
        var active = active(election, replicated);
        var self = new Readiness.Self(
                configuration.get().director().name(),
                sources.word().get(),
                realServers(),
                configuration.get().cluster().sync(),
                replicated.trouble(),
                active,
                election.role() == VrrpStatus.Role.ACTIVE
                        ? Sync.State.EQUAL
                        : replicated
                                .status()
                                .flatMap(SyncStatus::state)
                                .map(StatusAnswer::state)
                                .orElse(Sync.State.UNKNOWN),
                replicated.status().flatMap(status -> status.position().activeHolds()),
                copyAge(active, replicated),
                hearsActive(election));
        return Readiness.of(self, replicated.peers().stream().map(this::judged).toList());
    }

    private Set<String> realServers() {
        return configuration.get().services().stream()
                .flatMap(service -> service.realServers().stream())
                .map(real -> real.address().toString())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The writer of the stream that we follow, else the sender of the adverts that we hear.
    private Optional<String> active(VrrpStatus election, Replicated replicated) {
        if (election.role() == VrrpStatus.Role.ACTIVE) {
            return Optional.of(configuration.get().director().name());
        }
        return replicated
                .status()
                .flatMap(SyncStatus::active)
                .or(() -> election.activeAddress()
                        .map(address -> replicated.peers().stream()
                                .filter(peer -> peer.whereabouts().address() == address.bits())
                                .map(SyncStatus.Peer::name)
                                .findFirst()
                                .orElse(address.toString())));
    }

    private static boolean hearsActive(VrrpStatus election) {
        var age = advertAge(election);
        return election.role() == VrrpStatus.Role.STANDBY
                && election.activeAddress().isPresent()
                && age.isPresent()
                && TimeUnit.MILLISECONDS.toNanos(age.getAsLong()) <= election.downInterval();
    }

    /// The active's last message is in our tables if the stream is whole or silent, but not if it has gaps.
    private static OptionalLong copyAge(Optional<String> active, Replicated replicated) {
        var state = replicated.status().flatMap(SyncStatus::state);
        boolean isWhole = state.filter(
                        own -> own == SyncState.EQUAL || own == SyncState.UNKNOWN || own == SyncState.GONE)
                .isPresent();
        return isWhole
                ? active.flatMap(replicated::peer)
                        .map(peer -> nanos(peer.lastHeardMs()))
                        .orElse(OptionalLong.empty())
                : OptionalLong.empty();
    }

    private Readiness.Peer judged(SyncStatus.Peer peer) {
        return new Readiness.Peer(
                peer.name(),
                sources.heard().apply(peer),
                nanos(peer.lastHeardMs()),
                state(peer.state()),
                peer.sameConfiguration(),
                peer.sameRevision(),
                peer.unsyncedTemplates(),
                peer.unsyncedConnections(),
                nanos(peer.oldestUnsyncedMs()));
    }

    private static Sync.State state(SyncState state) {
        return Sync.State.valueOf(state.name());
    }

    Sync sync() {
        return sync(role(vrrp.get().role()), replicated(), tables.ask().value());
    }

    private Sync sync(Role role, Replicated replicated, Optional<TableSizes> sizes) {
        return replicated
                .status()
                .map(status -> sync(role, status, sizes))
                .orElseGet(() -> new Sync(role, null, null, null, List.of(), Map.of()));
    }

    private Sync sync(Role role, SyncStatus status, Optional<TableSizes> sizes) {
        var position = status.position();
        var digest = role == Role.ACTIVE || position.equality().isPresent()
                ? sizes.map(known -> "%016x".formatted(known.digest())).orElse(null)
                : null;
        return new Sync(
                role,
                status.term().isPresent() ? (int) status.term().getAsLong() : null,
                status.trouble().orElse(null),
                position.batch().isPresent()
                        ? new Sync.Position(
                                position.batch().getAsLong(),
                                Version.sequence(position.version().orElse(0)),
                                digest)
                        : null,
                status.peers().stream().map(this::peer).toList(),
                counters(status.counters()));
    }

    private Sync.Peer peer(SyncStatus.Peer peer) {
        return new Sync.Peer(
                peer.name(),
                state(peer.state()),
                peer.sameConfiguration(),
                sources.heard().apply(peer).map(StatusAnswer::word).orElse(null),
                sources.paths().apply(peer),
                boxed(peer.lastHeardMs()),
                peer.lag().map(SyncStatus.Lag::p50Micros).orElse(null),
                peer.lag().map(SyncStatus.Lag::p99Micros).orElse(null),
                peer.lag().map(SyncStatus.Lag::maxMicros).orElse(null),
                boxed(peer.lastAckMs()),
                boxed(peer.backlogBatches()),
                boxed(peer.backlogDeltas()),
                boxed(peer.unsyncedTemplates()),
                boxed(peer.unsyncedConnections()),
                boxed(peer.oldestUnsyncedMs()));
    }

    private static Sync.Word word(Heard heard) {
        var word = heard.word();
        return new Sync.Word(
                TimeUnit.NANOSECONDS.toMillis(heard.age()),
                word.standing(),
                word.obstacles(),
                word.unreachable(),
                word.routes(),
                word.elsewhere(),
                word.tablesMax().map(TableSize::connections).orElse(null),
                word.tablesMax().map(TableSize::templates).orElse(null));
    }

    private static Map<String, Long> counters(SyncStatus.Counters counters) {
        var all = new TreeMap<String, Long>();
        all.put("batches-sent", counters.batchesSent());
        all.put("deltas-sent", counters.deltasSent());
        all.put("deltas-coalesced", counters.deltasCoalesced());
        all.put("deltas-lost", counters.deltasLost());
        all.put("batches-resent", counters.batchesResent());
        all.put("resends-asked", counters.resendsAsked());
        all.put("copies-of-changes", counters.copiesOfChanges());
        all.put("copies-of-digests", counters.copiesOfDigests());
        all.put("copies-of-buckets", counters.copiesOfBuckets());
        all.put("records-copied", counters.recordsCopied());
        all.put("batches-applied", counters.batchesApplied());
        all.put("sends-dropped", counters.sendsDropped());
        counters.refused().forEach((reason, count) -> all.put("refused-" + KebabCase.of(reason), count));
        return all;
    }

    private static OptionalLong nanos(OptionalLong ms) {
        return ms.isPresent() ? OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(ms.getAsLong())) : ms;
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
