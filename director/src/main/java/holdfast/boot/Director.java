package holdfast.boot;

import holdfast.admin.FailoverRequest;
import holdfast.admin.json.AdminJson;
import holdfast.api.ApiServer;
import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.KeyFile;
import holdfast.conn.FlowHash;
import holdfast.control.Answers;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.group.Group;
import holdfast.group.TermStore;
import holdfast.group.Terms;
import holdfast.linux.Clock;
import holdfast.linux.Memory;
import holdfast.sync.ClusterKeys;
import holdfast.sync.node.SyncNode;
import holdfast.table.Counters;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running director: builds its parts, connects them, and closes them in reverse order.
final class Director implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Director.class);

    private static final long STOP_PATIENCE_NS = 3_000_000_000L;

    private final Deque<Part> parts = new ArrayDeque<>();
    private final Answers answers;

    private final Consumer<String> unfit;

    private record Part(String name, AutoCloseable closeable) {}

    /// @throws RuntimeException if a part cannot start; the parts that have started are closed again
    /// @param unfit  called with the reason if this director later turns out not to be allowed to run
    static Director start(Configuration configuration, Machine machine, Consumer<String> unfit) {
        return new Director(configuration, machine, unfit);
    }

    private Director(Configuration configuration, Machine machine, Consumer<String> unfit) {
        this.unfit = unfit;
        try {
            answers = build(configuration, machine);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Answers build(Configuration configuration, Machine machine) {
        var links = machine.links(configuration);
        var group = group(configuration, configuration.groups().getFirst(), machine, links);
        var keys = keys(configuration.cluster());
        var tables = tables(configuration, keys);
        var probes = part("probes", new ProbeQueue());
        var worker = part(
                "datapath",
                new Worker(
                        tables,
                        links,
                        owned(group.configuration(), links),
                        group.lease(),
                        configuration.datapath().spinMicros(),
                        probes,
                        group.ofDatapath()));
        var datapath = worker.group();
        var announcers = part("announcers", new Announcers(links));
        var shield = shield(configuration, group.configuration(), links, tables.counters());
        followLinks(
                configuration,
                new LinkNeeds(links, Set.of(group.configuration().interfaceName())),
                probes,
                tables.counters(),
                new LinkFollower(worker, group, announcers, shield));
        datapath.reader(group.replication().reader());
        worker.start();

        if (configuration.cluster().sync()) {
            group.start(SyncNode.start(
                    syncOptions(configuration, keys, group),
                    datapath,
                    group.ofSync(Clock::monotonic, datapath::vouchedUntil, address -> twin(configuration, address))));
        }
        part("sync", group.replication());
        var warmUp = new AtomicReference<@Nullable Rehearsal>();
        var trust = configuration.cluster().sync() ? group.configuration().trust() : Configuration.Trust.ANY;
        var vrrp = part(
                "vrrp",
                VrrpNode.start(
                        VrrpNode.Options.of(group.configuration(), group.address(), trust),
                        group.links(),
                        group.roleChange(datapath, announcers::send, () -> unfit(group.terms(), warmUp))));
        group.start(vrrp);
        var joined = new Answers(configuration, datapath, vrrp, group);
        part("api", ApiServer.start(configuration.director().apiSocket(), joined.handlers()));
        warmUp.set(part("rehearsal", Rehearsal.start(() -> AdminJson.write(joined.status()), () -> {})));
        return joined;
    }

    private Group group(Configuration configuration, Configuration.VipGroup group, Machine machine, Links links) {
        var store = TermStore.open(configuration.director().stateDir(), group.name());
        return new Group(
                configuration.director().name(),
                group,
                machine.primaryAddress(group.interfaceName()),
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
            Configuration configuration,
            LinkNeeds needs,
            ProbeQueue probes,
            Counters counters,
            LinkWatch.Listener listener) {
        int[] realServers = configuration.services().stream()
                .flatMap(service -> service.realServers().stream())
                .mapToInt(real -> real.address().bits())
                .distinct()
                .toArray();
        part("netlink", new LinkWatch(needs, probes, () -> realServers, counters, listener))
                .start();
    }

    private void twin(Configuration configuration, String address) {
        unfit.accept("another director named " + configuration.director().name() + " runs at " + address
                + "; give this one a name of its own (director.name)");
    }

    /// Reasons against this director's taking over that its election does not know.
    private static List<String> unfit(Terms terms, AtomicReference<@Nullable Rehearsal> warmUp) {
        var reasons = new ArrayList<String>();
        terms.trouble().ifPresent(reasons::add);
        var rehearsal = warmUp.get();
        if (rehearsal == null) {
            reasons.add("it has just started");
        } else {
            rehearsal.obstacle().ifPresent(reasons::add);
        }
        return reasons;
    }

    /// What becomes of the news of links, on the thread `netlink`.
    private record LinkFollower(Worker worker, Group group, Announcers announcers, Consumer<Links> shield)
            implements LinkWatch.Listener {
        @Override
        public void network(Network network) {
            worker.network(network);
        }

        @Override
        public void links(LinkState state) {
            announcers.follow(state.links());
            group.links(state);
            shield.accept(state.links());
        }
    }

    /// Zeroed memory that is not there before it is used, so that a large table costs nothing while it is empty.
    private static MemorySegment untouchedMemory(long bytes, long alignment) {
        return MemorySegment.ofAddress(Memory.allocate(bytes)).reinterpret(bytes);
    }

    private static OwnedAddresses owned(Configuration.VipGroup group, Links links) {
        return new OwnedAddresses(group.vips().stream()
                .map(vip -> new OwnedAddresses.Owned(vip.address().bits(), links.indexOf(vip.interfaceName())))
                .toList());
    }

    /// @return called with the links when they change
    private Consumer<Links> shield(
            Configuration configuration, Configuration.VipGroup group, Links links, Counters counters) {
        var name = configuration.director().name();
        if (!configuration.datapath().shield()) {
            Shield.sweep(name);
            return _ -> {};
        }
        var owned = group.vips().stream().map(vip -> vip.address().toString()).toList();
        return part("shield", Shield.install(name, links, owned, natServers(configuration.services()), counters))
                ::follow;
    }

    /// The NAT servers whose packets are replies of the datapath's connections. A one-packet service has none: no
    /// connection waits for its replies, so the kernel forwards them, as in IPVS (IPVS-REF 1.12).
    static List<Shield.NatServer> natServers(List<Configuration.Service> services) {
        var servers = new ArrayList<Shield.NatServer>();
        for (var service : services) {
            for (var real : service.realServers()) {
                if (real.method() == ForwardingMethod.NAT && !service.onePacket()) {
                    int port = keepsClientsPort(service) ? 0 : real.port();
                    var protocol = service.key().protocol().word();
                    servers.add(new Shield.NatServer(real.address().toString(), protocol, port));
                }
            }
        }
        return servers;
    }

    /// Whether a real server is addressed at the port that its client used (IPVS-REF 3.3).
    private static boolean keepsClientsPort(Configuration.Service service) {
        return service.key().isMark()
                ? service.persistence().isPresent()
                : service.key().port() == 0;
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

    private static SyncNode.Options syncOptions(Configuration configuration, List<byte[]> keys, Group group) {
        var cluster = configuration.cluster();
        return new SyncNode.Options(
                cluster.name(),
                group.configuration().name(),
                configuration.director().name(),
                cluster.bindAddress(),
                cluster.multicastAddress(),
                cluster.multicastPort(),
                ClusterKeys.of(keys),
                configuration.sharedHash(),
                group.where(),
                group.serviceLinks());
    }

    private <T extends AutoCloseable> T part(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /// Before an ordinary end, gives the VIPs to an equal standby, so that a stop costs no more than a failover.
    ///
    /// Repeats a refused failover for a while: the standby may still relay for the previous failover.
    void handOver() throws InterruptedException {
        long giveUpAt = System.nanoTime() + STOP_PATIENCE_NS;
        boolean done = false;
        while (answers.isActive() && !done && System.nanoTime() - giveUpAt < 0) {
            var result = answers.failover(new FailoverRequest("this director is being stopped"));
            done = result.done();
            log.info("handover at stop done={} blocking={}", done, result.blocking());
            if (!done) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
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
