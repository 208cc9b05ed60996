package holdfast.boot;

import holdfast.admin.AuditRequest;
import holdfast.admin.FailoverRequest;
import holdfast.admin.json.AdminJson;
import holdfast.api.ApiServer;
import holdfast.api.Page;
import holdfast.conf.Configuration;
import holdfast.conf.KeyFile;
import holdfast.conf.ListenAddress;
import holdfast.conf.Management;
import holdfast.conf.ProgramVersion;
import holdfast.conn.FlowHash;
import holdfast.control.Answers;
import holdfast.control.Maintenance;
import holdfast.fleet.Mirror;
import holdfast.fleet.hazelcast.HazelcastCarrier;
import holdfast.fleet.node.FleetNode;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.group.Group;
import holdfast.group.TermStore;
import holdfast.group.Terms;
import holdfast.linux.Clock;
import holdfast.linux.Memory;
import holdfast.metrics.Identity;
import holdfast.metrics.Pages;
import holdfast.metrics.http.MetricsServer;
import holdfast.revision.node.RevisionFiles;
import holdfast.revision.node.RevisionNode;
import holdfast.revision.node.UnusableRevisionException;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigVersion;
import holdfast.sync.TableSize;
import holdfast.sync.node.SyncNode;
import holdfast.table.Counters;
import holdfast.table.OrdersByHand;
import holdfast.table.Tables;
import holdfast.vip.node.VrrpNode;
import holdfast.worker.Announcers;
import holdfast.worker.LinkNeeds;
import holdfast.worker.LinkState;
import holdfast.worker.LinkWatch;
import holdfast.worker.Shield;
import holdfast.worker.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running director: builds its parts, connects them, and closes them in reverse order.
final class Director implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Director.class);

    private final Deque<Part> parts = new ArrayDeque<>();
    /// What does not work beside forwarding, takeover and sync, each a sentence.
    private final List<Supplier<List<String>>> troubles = new CopyOnWriteArrayList<>();
    private final Answers answers;

    private @Nullable Supervision supervision;
    private final Consumer<String> unfit;

    private record Part(String name, AutoCloseable closeable) {}

    /// @throws RuntimeException if a part cannot start; the parts that have started are closed again
    /// @param unfit  called with the reason if this director later turns out not to be allowed to run
    static Director start(Configuration file, Path path, Machine machine, Written journal, Consumer<String> unfit) {
        return new Director(file, path, machine, journal, unfit);
    }

    private Director(Configuration file, Path path, Machine machine, Written journal, Consumer<String> unfit) {
        this.unfit = unfit;
        try {
            var revisions = part(
                    "revisions",
                    RevisionNode.open(RevisionFiles.in(file.director().stateDir()), file.on(machine.networks())));
            answers = build(revisions, path, machine, journal);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Answers build(RevisionNode revisions, Path path, Machine machine, Written journal) {
        var configuration = revisions.present().configuration();
        machine.sharedMistakes(configuration).stream().findFirst().ifPresent(mistake -> {
            throw new UnusableRevisionException(
                    "revision " + revisions.present().id() + " cannot be used on this machine: " + mistake);
        });
        var links = machine.links(configuration);
        var group = group(configuration, configuration.groups().getFirst(), machine, links);
        group.terms().saw(revisions.present().id().term());
        var keys = keys(configuration.cluster());
        var tables = tables(configuration, keys);
        new OrdersByHand(tables).apply(revisions.present().byHand(), Instant.now(), Clock.monotonic());
        var owned = new OwnedAddresses(Enforcer.owned(group.configuration(), links));
        var probes = part("probes", new ProbeQueue());
        var worker = part(
                "datapath",
                new Worker(
                        tables,
                        links,
                        owned,
                        group.lease(),
                        configuration.datapath().spinMicros(),
                        probes,
                        group.ofDatapath()));
        var datapath = worker.group();
        var announcers = part("announcers", new Announcers(links));
        var shield = shield(configuration, group.configuration(), links, tables.counters());
        followLinks(
                new LinkNeeds(links, Set.of(group.configuration().interfaceName())),
                probes,
                tables.counters(),
                () -> realServers(revisions.present().configuration()),
                new LinkFollower(worker, group, announcers, shield));
        datapath.reader(group.replication().reader());
        worker.start();

        if (configuration.cluster().sync()) {
            group.start(SyncNode.start(
                    syncOptions(configuration, revisions.present().version(), keys, group),
                    datapath,
                    group.ofSync(
                            Clock::monotonic,
                            datapath::vouchedUntil,
                            address -> twin(configuration, address),
                            revisions)));
        }
        part("sync", group.replication());
        var maintenance = Maintenance.open(configuration.director().stateDir());
        var warmUp = new AtomicReference<@Nullable Rehearsal>();
        var trust = configuration.cluster().sync() ? group.configuration().trust() : Configuration.Trust.ANY;
        var vrrp = part(
                "vrrp",
                VrrpNode.start(
                        VrrpNode.Options.of(group.configuration(), group.address(), trust),
                        group.links(),
                        group.roleChange(
                                datapath,
                                announcers::send,
                                () -> unfit(group.terms(), revisions, maintenance, warmUp))));
        group.start(vrrp);
        revisions.start(new Enforcer(group, vrrp, datapath, owned, links, shield));
        var fleet = new AtomicReference<@Nullable FleetNode>();
        var joined = new Answers(
                revisions,
                path,
                datapath,
                vrrp,
                group,
                maintenance,
                journal,
                this::troubles,
                () -> Optional.ofNullable(fleet.get()));
        troubles.add(() -> journal.audit().trouble().stream().toList());
        var served = new AtomicReference<@Nullable ApiServer>();
        var pages = pages(configuration, joined, maintenance, served);
        var api = part(
                "api",
                ApiServer.start(
                        new ApiServer.Options(
                                configuration.director().name(),
                                configuration.director().apiSocket(),
                                configuration.management().api()),
                        joined.handlers().page("/metrics", accept -> page(pages, accept)),
                        journal.audit()));
        served.set(api);
        troubles.add(api::troubles);
        var rehearsal = part("rehearsal", Rehearsal.start(() -> AdminJson.write(joined.status()), () -> {}));
        warmUp.set(rehearsal);
        long interval = TimeUnit.MILLISECONDS.toNanos(group.configuration().advertIntervalMs());
        supervision = part(
                "supervision",
                Supervision.start(
                        joined::status,
                        () -> Clock.boottime() - vrrp.status().turnedAt() - interval,
                        () -> maintenance.obstacle().isPresent(),
                        Supervision.Manager.of(
                                System.getenv(), ProcessHandle.current().pid())));
        configuration
                .management()
                .fleet()
                .ifPresent(section -> fleet.set(part(
                        "fleet",
                        fleet(
                                section,
                                revisions,
                                joined,
                                journal,
                                () -> rehearsal.obstacle().isEmpty()))));
        configuration.management().metrics().ifPresent(address -> serve(address, pages));
        return joined;
    }

    /// The last part to start. It loads the classes of its library on threads of its own, and nothing waits for it.
    ///
    /// @param isWarm  whether this director needs no CPU to become fit for its work
    private static FleetNode fleet(
            Management.Fleet section,
            RevisionNode revisions,
            Answers answers,
            Written journal,
            BooleanSupplier isWarm) {
        var sources = new FleetSources(revisions, answers, journal, section.follow());
        var fleet = FleetNode.start(
                section.site(),
                sources.id(),
                section.follow(),
                sources,
                ear -> HazelcastCarrier.start(section, isWarm, ear));
        journal.auditEar().follow(fleet::audited);
        Thread.ofVirtual() // the audit is on a disk, which may hang
                .name("fleet-audit")
                .start(() -> journal.audit(new AuditRequest(Mirror.ENTRIES_MAX))
                        .entries()
                        .forEach(fleet::audited));
        return fleet;
    }

    private static Pages pages(
            Configuration configuration,
            Answers answers,
            Maintenance maintenance,
            AtomicReference<@Nullable ApiServer> api) {
        return new Pages(
                new Identity(
                        configuration.cluster().name(),
                        configuration.director().name(),
                        configuration.groups().getFirst().name(),
                        ProgramVersion.TEXT),
                new Pages.Parts(
                        answers::status,
                        answers::services,
                        () -> configuration.cluster().sync() ? Optional.of(answers.keys()) : Optional.empty(),
                        () -> maintenance.obstacle().isPresent(),
                        () -> Optional.ofNullable(api.get())
                                .map(ApiServer::counters)
                                .orElse(Map.of())));
    }

    private static Page page(Pages pages, String accept) {
        var page = pages.page(accept);
        return new Page(page.contentType(), page.bytes());
    }

    private void serve(ListenAddress address, Pages pages) {
        var server = part("metrics", MetricsServer.start(address, pages));
        troubles.add(() -> server.fault().stream().toList());
    }

    private List<String> troubles() {
        return troubles.stream().flatMap(part -> part.get().stream()).toList();
    }

    private Group group(Configuration configuration, Configuration.VipGroup group, Machine machine, Links links) {
        var store = TermStore.open(configuration.director().stateDir(), group.name());
        var limits = configuration.datapath();
        return new Group(
                configuration.director().name(),
                group,
                machine.primaryAddress(group.interfaceName()),
                new TableSize(limits.connectionsMax(), limits.templatesMax()),
                links,
                part("terms", Terms.of(store)),
                Clock::boottime);
    }

    private static Tables tables(Configuration configuration, List<byte[]> keys) {
        var random = new SecureRandom();
        var tables = new Tables(
                configuration.datapath(),
                configuration.cluster().sync(),
                new FlowHash(random.nextLong(), random.nextLong()),
                callHashes(keys.getFirst()),
                Clock.monotonic(),
                Director::untouchedMemory);
        tables.configure(configuration.ipvs(), configuration.marks(), configuration.services(), Clock.monotonic());
        return tables;
    }

    private void followLinks(
            LinkNeeds needs,
            ProbeQueue probes,
            Counters counters,
            Supplier<int[]> realServers,
            LinkWatch.Listener listener) {
        part("netlink", new LinkWatch(needs, probes, realServers, counters, listener))
                .start();
    }

    private static int[] realServers(Configuration configuration) {
        return configuration.services().stream()
                .flatMap(service -> service.realServers().stream())
                .mapToInt(real -> real.address().bits())
                .distinct()
                .toArray();
    }

    private void twin(Configuration configuration, String address) {
        unfit.accept("another director named " + configuration.director().name() + " runs at " + address
                + "; give this one a name of its own (director.name)");
    }

    /// Reasons against this director's taking over that its election does not know.
    private static List<String> unfit(
            Terms terms, RevisionNode revisions, Maintenance maintenance, AtomicReference<@Nullable Rehearsal> warmUp) {
        var reasons = new ArrayList<String>();
        terms.trouble().ifPresent(reasons::add);
        revisions.trouble().ifPresent(reasons::add);
        maintenance.obstacle().ifPresent(reasons::add);
        var rehearsal = warmUp.get();
        if (rehearsal == null) {
            reasons.add("it has just started");
        } else {
            rehearsal.obstacle().ifPresent(reasons::add);
        }
        return reasons;
    }

    /// What becomes of the news of links, on the thread `netlink`.
    private record LinkFollower(Worker worker, Group group, Announcers announcers, Optional<Shield> shield)
            implements LinkWatch.Listener {
        @Override
        public void network(Network network) {
            worker.network(network);
        }

        @Override
        public void links(LinkState state) {
            announcers.follow(state.links());
            group.links(state);
            shield.ifPresent(rules -> rules.follow(state.links()));
        }
    }

    /// Zeroed memory that is not there before it is used, so that a large table costs nothing while it is empty.
    private static MemorySegment untouchedMemory(long bytes, long alignment) {
        return MemorySegment.ofAddress(Memory.allocate(bytes)).reinterpret(bytes);
    }

    private Optional<Shield> shield(
            Configuration configuration, Configuration.VipGroup group, Links links, Counters counters) {
        var name = configuration.director().name();
        if (!configuration.datapath().shield()) {
            Shield.sweep(name);
            return Optional.empty();
        }
        return Optional.of(part(
                "shield",
                Shield.install(
                        name, links, Enforcer.addresses(group), NatServers.of(configuration.services()), counters)));
    }

    private static List<byte[]> keys(Configuration.Cluster cluster) {
        try {
            return KeyFile.read(cluster.keyFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the cluster's keys", e);
        }
    }

    /// Derived from the cluster's key, so that every director finds the same template for a SIP call, and no
    /// stranger can tell which calls have equal hashes.
    private static FlowHash callHashes(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("holdfast sip call".getBytes(StandardCharsets.US_ASCII));
            var secret = ByteBuffer.wrap(digest.digest(key));
            return new FlowHash(secret.getLong(), secret.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static SyncNode.Options syncOptions(
            Configuration configuration, ConfigVersion version, List<byte[]> keys, Group group) {
        var cluster = configuration.cluster();
        return new SyncNode.Options(
                cluster.name(),
                group.configuration().name(),
                configuration.director().name(),
                cluster.bindAddress(),
                cluster.multicastAddress(),
                cluster.multicastPort(),
                ClusterKeys.of(keys),
                version,
                group.where(),
                group.serviceLinks());
    }

    private <T extends AutoCloseable> T part(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /// Before an ordinary end, gives the VIPs to an equal standby, so that a stop costs no more than a failover.
    void handOver() {
        Objects.requireNonNull(supervision).stopping();
        if (answers.isActive()) {
            var _ = answers.failover(new FailoverRequest("this director is being stopped"));
        }
    }

    /// Takes the shared part of the configuration file again, as a change; without a result but the log's.
    void reload() {
        Objects.requireNonNull(supervision).reload(answers::reload);
    }

    @Override
    public void close() {
        for (var part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.closeable().close();
            } catch (Exception e) {
                log.warn("part did not close name={} cause=\"{}\"", part.name(), e.toString());
            }
        }
    }
}
