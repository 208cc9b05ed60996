package holdfast.worker;

import static holdfast.testing.Fixtures.VIP;
import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.service;
import static holdfast.testing.Fixtures.tcp;

import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerName;
import holdfast.conn.ConnTable;
import holdfast.conn.FlowHash;
import holdfast.forward.Datapath;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Mode;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Memory;
import holdfast.packet.Frame;
import holdfast.packet.Mac;
import holdfast.persist.TemplateTable;
import holdfast.sim.SimulatedProcess;
import holdfast.sim.Strand;
import holdfast.sim.Timeline;
import holdfast.sync.Buckets;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.TableOwner;
import holdfast.sync.Version;
import holdfast.table.Replica;
import holdfast.table.Tables;
import holdfast.worker.RehearsedFrames.End;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// The thread of a [Worker] in virtual time: it obeys orders late and in turn, and packets wait in a ring of frames.
/// All decisions are the product's: [Datapath], [Forwarder], [Tables], [Replica], [Lease].
public final class SimulatedDatapath implements TableOwner, DatapathOrders {
    private static final long NAP_MAX = 10 * Timeline.MS;
    private static final int RING_PACKETS = 64;
    private static final int RING_RECORDS = 512;
    private static final int ENTRIES_MAX = 1024;
    private static final int BUFFER_BYTES = 256;
    private static final int FRONT = 0;
    private static final int BACK = 1;
    private static final int CLIENTS = ip("198.18.0.0");
    private static final int CLIENT_PORT = 1024;
    private static final int PLAIN_PORT = 80;
    private static final int PERSISTENT_PORT = 443;
    private static final List<String> REALS = List.of("10.0.0.11", "10.0.0.12", "10.0.0.13");

    /// What clients notice.
    public interface Clients {
        /// It serves, where it did not before.
        void begins();

        void accepted(int key);

        void ended(int key);

        void relayed(Packet packet);
    }

    /// A client's packet.
    ///
    /// @param key   of its connection; each fourth client has a template too
    /// @param ends  whether it closes the connection
    public record Packet(int key, boolean ends) {}

    private final Timeline timeline;
    private final long clockOffset;
    private final GroupDatapath.Listener listener;
    private final Clients clients;
    private final Strand strand;
    private final SimulatedProcess process;
    private final Lease lease;
    private final Tables tables;
    private final Forwarder forwarder;
    private final Datapath datapath;
    private final Queue<Runnable> asked = new ArrayDeque<>();
    private final ArrayDeque<Packet> ring = new ArrayDeque<>();
    /// Entries that ended here, with the version of their end.
    private final Map<Long, Long> ended = new HashMap<>();

    private final long mac;
    private final long[] addresses = new long[1];
    private final int[] lengths = new int[1];
    private Runnable reader = () -> {};
    private int left; // frames that left

    /// @param mac     of its port on the clients' side
    /// @param probes  takes the neighbours that it misses, which are none
    /// @param memory  gives zeroed memory that lives as long as this
    public SimulatedDatapath(
            SimulatedProcess process,
            Timeline timeline,
            long clockOffset,
            long mac,
            Lease lease,
            ProbeQueue probes,
            SegmentAllocator memory,
            GroupDatapath.Listener listener,
            Clients clients) {
        this.process = process;
        this.timeline = timeline;
        this.clockOffset = clockOffset;
        this.mac = mac;
        this.lease = lease;
        this.listener = listener;
        this.clients = clients;
        tables = tables(memory);
        var links = new Links(List.of(
                new Links.Link("front", 2, mac, 1500, ip("192.0.2.2")),
                new Links.Link("back", 3, mac + 1, 1500, ip("10.0.0.2"))));
        var owned = new OwnedAddresses(List.of(new OwnedAddresses.Owned(VIP, FRONT)));
        forwarder = new Forwarder(tables, links, owned, probes, (_, _, _) -> left++, (_, _, _) -> {});
        forwarder.follow(new Network(links, hops()));
        datapath = new Datapath(tables, forwarder, new Replica(tables, RING_RECORDS), lease, new OfDatapath());
        addresses[0] = memory.allocate(BUFFER_BYTES, 8).address();
        strand = process.strand(this::turn);
        strand.signal();
    }

    private Tables tables(SegmentAllocator memory) {
        var limits = new Configuration.Datapath(ENTRIES_MAX, ENTRIES_MAX, 0, false);
        var made = new Tables(limits, true, new FlowHash(5, 6), new FlowHash(7, 8), clock(), memory, RING_RECORDS);
        var reals = REALS.stream().map(address -> real(address, 8080, 1)).toArray(Configuration.RealServer[]::new);
        made.configure(
                Ipvs.DEFAULT,
                List.of(),
                List.of(
                        service(tcp(PLAIN_PORT), SchedulerName.RR, reals),
                        persistent(tcp(PERSISTENT_PORT), 300, "255.255.255.255", reals)),
                clock());
        return made;
    }

    private static NextHops hops() {
        return new NextHops(
                List.of(new NextHops.Route(ip("10.0.0.0"), 24, 0, BACK, 0)),
                REALS.stream()
                        .map(address -> new NextHops.Neighbour(BACK, ip(address), 0x02_00_00_00_02_00L + ip(address)))
                        .toList());
    }

    private final class OfDatapath implements Datapath.Shell {
        @Override
        public boolean isNearlyFull() {
            return ring.size() > RING_PACKETS * 3 / 4;
        }

        @Override
        public void entered(Mode mode) {}

        @Override
        public void ignored(Mode.Order order, Mode mode) {}

        @Override
        public void held(long version) {
            listener.held(version);
        }

        @Override
        public void heldFull() {
            listener.heldFull();
        }

        @Override
        public void compared(Equality equality, long applied) {
            listener.compared(equality, applied);
        }

        @Override
        public void merged(String report) {
            timeline.note(() -> "merge ended " + report);
        }
    }

    public void vouchedUntil(long until) {
        forwarder.vouchedUntil(until);
    }

    /// @param wakeUp  of the sync thread
    public void reader(Runnable wakeUp) {
        reader = wakeUp;
    }

    public Strand strand() {
        return strand;
    }

    // ---- what the claims ask

    /// Whether it accepts what arrives now.
    public boolean accepts() {
        return process.isRunning() && datapath.mode() == Mode.ACTIVE && !lease.isLost(clock());
    }

    public Set<Integer> keys() {
        return content().keySet().stream()
                .filter(entry -> entry > 0)
                .map(Long::intValue)
                .collect(Collectors.toSet());
    }

    /// Whether it knows the connection, or that it has ended, or will before it serves.
    public boolean knows(int key) {
        return slot(key) != ConnTable.MISSING || ended.containsKey((long) key);
    }

    /// What of ours another one lacks, or has in an older version, and did not end itself.
    public long ahead(SimulatedDatapath of) {
        var theirs = of.content();
        return content().entrySet().stream()
                .filter(entry -> {
                    long known = Math.max(
                            theirs.getOrDefault(entry.getKey(), 0L), of.ended.getOrDefault(entry.getKey(), 0L));
                    return known < entry.getValue();
                })
                .count();
    }

    /// The versions of connections by key, and of templates by the negative key of their client.
    public Map<Long, Long> content() {
        var content = new HashMap<Long, Long>();
        var conn = tables.connections().view();
        for (int slot = tables.connections().next(0);
                slot != ConnTable.MISSING;
                slot = tables.connections().next(slot + 1)) {
            conn.at(slot);
            content.put((long) conn.clientAddress() - CLIENTS, conn.version());
        }
        var template = tables.templates().view();
        for (int slot = tables.templates().next(0);
                slot != TemplateTable.MISSING;
                slot = tables.templates().next(slot + 1)) {
            template.at(slot);
            if (!template.isInvalid()) {
                content.put((long) CLIENTS - template.client(), template.version());
            }
        }
        return content;
    }

    private int slot(int key) {
        return tables.connections().find(Frame.TCP, CLIENTS + key, CLIENT_PORT, VIP, port(key));
    }

    private static int port(int key) {
        return key % 4 == 0 ? PERSISTENT_PORT : PLAIN_PORT;
    }

    public String describe() {
        return "%s %d entries at %s, applied %d, %s %s"
                .formatted(
                        datapath.mode(),
                        content().size(),
                        Version.text(tables.changes().version()),
                        datapath.applied(),
                        datapath.equality().state(),
                        Version.text(datapath.equality().version()));
    }

    /// A packet reaches the receive ring.
    public void arrives(Packet packet) {
        if (ring.size() < RING_PACKETS) {
            ring.add(packet);
            strand.signal();
        }
    }

    // ---- orders, as Worker takes them

    @Override
    public CompletableFuture<Boolean> activate(int term, long notAfter) {
        var serves = new CompletableFuture<Boolean>();
        ask(() -> {
            boolean does = datapath.activate(term, notAfter, clock(), this::clock);
            if (does) {
                clients.begins();
            }
            strand.nextStall();
            strand.next(() -> serves.complete(does));
        });
        return serves;
    }

    @Override
    public CompletableFuture<Boolean> renew(int term) {
        var renewed = new CompletableFuture<Boolean>();
        ask(() -> {
            boolean does = datapath.renew(term, clock());
            strand.nextStall();
            strand.next(() -> renewed.complete(does));
        });
        return renewed;
    }

    @Override
    public void standBy(boolean yields) {
        long end = lease.end();
        ask(() -> datapath.standBy(yields, end));
    }

    @Override
    public void hold() {
        ask(() -> datapath.hold(clock()));
    }

    @Override
    public void resume() {
        ask(datapath::resume);
    }

    @Override
    public void relay(long[] macs) {
        long end = lease.end();
        ask(() -> datapath.relay(macs, end));
    }

    private void ask(Runnable order) {
        asked.add(order);
        strand.signal();
    }

    // ---- turns

    private long clock() {
        return timeline.now() + clockOffset;
    }

    private void turn() {
        strand.nextStall();
        strand.next(this::obey);
        strand.nextStall();
        strand.next(this::work);
    }

    private void obey() {
        var order = asked.poll();
        if (order != null) {
            order.run();
            strand.nextStall();
            strand.next(this::obey);
        }
    }

    private void work() {
        long now = clock();
        forwarder.tend(now);
        boolean busy = takePackets(now);
        busy |= datapath.turn(now);
        if (datapath.takeNews()) {
            reader.run();
        }
        strand.sleepUntil(timeline.now() + (busy ? 0 : NAP_MAX));
    }

    private boolean takePackets(long now) {
        return switch (datapath.packets(this::clock)) {
            case TAKE -> takeAll(now);
            case LEAVE -> false;
            case DISCARD -> {
                ring.clear();
                yield false;
            }
        };
    }

    private boolean takeAll(long now) {
        boolean any = !ring.isEmpty();
        for (var packet = ring.poll(); packet != null; packet = ring.poll()) {
            take(packet, now);
        }
        return any;
    }

    private void take(Packet packet, long now) {
        var client = new End(CLIENTS + packet.key(), CLIENT_PORT);
        byte[] frame = RehearsedFrames.tcp(
                client, new End(VIP, port(packet.key())), packet.ends() ? RehearsedFrames.RST : RehearsedFrames.SYN);
        Memory.put(addresses[0], frame);
        Mac.store(addresses[0] + Frame.VNET_BYTES, mac);
        lengths[0] = frame.length - Frame.VNET_BYTES;
        left = 0;
        forwarder.take(addresses, lengths, 1, FRONT, datapath.mode(), now);
        if (datapath.mode() == Mode.RELAY && left > 0) {
            clients.relayed(packet);
        } else if (datapath.mode() == Mode.ACTIVE && slot(packet.key()) != ConnTable.MISSING) {
            if (packet.ends()) {
                end(packet.key(), now);
            } else {
                clients.accepted(packet.key());
            }
        }
    }

    /// As its timer does ten seconds after the reset.
    private void end(int key, long now) {
        boolean hadTemplate = content().containsKey(-(long) key);
        tables.end(slot(key), true, now);
        ended.put((long) key, tables.changes().version());
        if (hadTemplate && !content().containsKey(-(long) key)) {
            ended.put(-(long) key, tables.changes().version());
        }
        clients.ended(key);
    }

    // ---- what the sync thread sees

    @Override
    public DeltaRing out() {
        return datapath.out();
    }

    @Override
    public long lost() {
        return datapath.lost();
    }

    @Override
    public DeltaRing in() {
        return datapath.in();
    }

    @Override
    public void wakeUp() {
        strand.signal();
    }

    @Override
    public void copy(CopyOrder order) {
        ask(() -> datapath.copy(order));
    }

    @Override
    public void credit(CopyCredit credit) {
        datapath.credit(credit);
    }

    @Override
    public Buckets lacking() {
        return datapath.lacking();
    }

    @Override
    public long applied() {
        return datapath.applied();
    }

    @Override
    public Equality equality() {
        return datapath.equality();
    }
}
