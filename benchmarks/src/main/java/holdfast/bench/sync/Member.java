package holdfast.bench.sync;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conn.FlowHash;
import holdfast.forward.Datapath;
import holdfast.forward.Forwarder;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.forward.Mode;
import holdfast.forward.OwnedAddresses;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Clock;
import holdfast.sync.Buckets;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.CopyCredit;
import holdfast.sync.CopyOrder;
import holdfast.sync.DeltaRing;
import holdfast.sync.Equality;
import holdfast.sync.SyncState;
import holdfast.sync.TableOwner;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.node.SyncNode;
import holdfast.table.Replica;
import holdfast.table.Tables;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/// One director as sync sees it: real tables, a real worker's loop around them, and a real [SyncNode]. It obeys
/// lines on its standard input, and answers each with a line:
///
/// - `active TERM`, `fill TEMPLATES`, `rate CHANGES_PER_SECOND`
/// - `status`: its readout, as `name=value` separated by spaces
/// - `quit`
public final class Member implements TableOwner {
    private static final int PORT = 7600;
    private static final long REST_NS = 50_000;

    private final Tables tables;
    private final Datapath datapath;
    private final Load load;
    private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    private final SyncNode node;
    private final Thread worker = new Thread(this::work, "worker");

    /// @param arguments  name, address on the interconnect, entries that each table can hold
    public static void main(String... arguments) throws IOException {
        var member = new Member(arguments[0], Ipv4.of(arguments[1]), Integer.parseInt(arguments[2]));
        System.out.println("ready");
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = orders.readLine(); line != null && !line.equals("quit"); line = orders.readLine()) {
            System.out.println(member.obey(line.split(" ", -1)));
        }
        System.exit(0);
    }

    private Member(String name, Ipv4 address, int entriesMax) {
        var limits = new Configuration.Datapath(entriesMax, entriesMax, 0, false);
        tables = new Tables(limits, true, new FlowHash(5, 6), new FlowHash(7, 8), Clock.monotonic(), Arena.ofAuto());
        tables.configure(Ipvs.DEFAULT, List.of(), List.of(service()), Clock.monotonic());
        load = new Load(tables);
        var forwarder = new Forwarder(
                tables,
                new Links(List.of()),
                new OwnedAddresses(List.of()),
                new ProbeQueue(),
                (_, _, _) -> {},
                (_, _, _) -> {});
        datapath = new Datapath(tables, forwarder, new Replica(tables), new Lease(), new Quiet());
        node = SyncNode.start(
                new SyncNode.Options(
                        "bench",
                        "bench",
                        name,
                        address,
                        Ipv4.of("239.77.0.1"),
                        PORT,
                        ClusterKeys.of(ClusterKey.of(new byte[ClusterKey.BYTES])),
                        ConfigVersion.ofFile("bench"),
                        Whereabouts.NONE,
                        List.of()),
                this,
                new Deaf());
        worker.setDaemon(true);
        worker.start();
    }

    private static Configuration.Service service() {
        var reals = List.of(
                new Configuration.RealServer(Ipv4.of("10.0.0.11"), 80, 1, ForwardingMethod.NAT),
                new Configuration.RealServer(Ipv4.of("10.0.0.12"), 80, 1, ForwardingMethod.NAT));
        return new Configuration.Service(
                new ServiceKey(Protocol.TCP, new Ipv4(Load.VIRTUAL), Load.VIRTUAL_PORT),
                SchedulerName.RR,
                Optional.of(new Configuration.Persistence(3600, -1)),
                reals);
    }

    private String obey(String... words) {
        switch (words[0]) {
            case "active" -> {
                int term = Integer.parseInt(words[1]);
                await(() -> datapath.activate(term, Long.MAX_VALUE, Clock.monotonic(), Clock::boottime));
                node.active(term);
            }
            case "fill" -> {
                int left = Integer.parseInt(words[1]);
                for (; left > 0; left -= 1000) {
                    int now = Math.min(left, 1000);
                    await(() -> load.fill(now, Clock.monotonic()));
                    LockSupport.parkNanos(1_000_000); // so that the ring to sync has room
                }
            }
            case "rate" -> await(() -> load.rate(Integer.parseInt(words[1]), Clock.monotonic()));
            case "status" -> {
                return status();
            }
            default -> throw new IllegalArgumentException("no such order: " + words[0]);
        }
        return "done";
    }

    private String status() {
        var status = node.status();
        var counters = status.counters();
        var text = new StringBuilder();
        add(text, "state", status.state().orElse(SyncState.UNKNOWN).toString());
        add(text, "templates", tables.templates().size());
        add(text, "connections", tables.connections().size());
        add(text, "changes", load.changes());
        add(text, "deltas", counters.deltasSent());
        add(text, "lost", counters.deltasLost());
        add(text, "resent", counters.batchesResent());
        add(text, "copies-of-changes", counters.copiesOfChanges());
        add(text, "copies-of-digests", counters.copiesOfDigests());
        add(text, "copies-of-buckets", counters.copiesOfBuckets());
        add(text, "records-copied", counters.recordsCopied());
        status.peers().stream().findFirst().ifPresent(peer -> {
            add(text, "peer", peer.state().toString());
            peer.unsyncedConnections().ifPresent(count -> add(text, "unsynced", count));
            peer.lag().ifPresent(lag -> {
                add(text, "lag-p50-us", lag.p50Micros());
                add(text, "lag-p99-us", lag.p99Micros());
            });
        });
        return text.toString().strip();
    }

    private static void add(StringBuilder text, String name, Object value) {
        text.append(String.format(Locale.ROOT, "%s=%s ", name, value));
    }

    private void await(Runnable task) {
        var done = new CountDownLatch(1);
        asked.add(() -> {
            task.run();
            done.countDown();
        });
        LockSupport.unpark(worker);
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        while (true) {
            long now = Clock.monotonic();
            boolean busy = false;
            for (var task = asked.poll(); task != null; task = asked.poll()) {
                task.run();
                busy = true;
            }
            busy |= load.turn(now);
            busy |= datapath.turn(now);
            if (datapath.takeNews() && node.parked()) {
                node.wakeUp();
            }
            if (!busy) {
                LockSupport.parkNanos(REST_NS);
            }
        }
    }

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
        LockSupport.unpark(worker);
    }

    @Override
    public void copy(CopyOrder order) {
        asked.add(() -> datapath.copy(order));
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

    private static final class Quiet implements Datapath.Shell {
        @Override
        public boolean isNearlyFull() {
            return false;
        }

        @Override
        public void entered(Mode mode) {}

        @Override
        public void ignored(Mode.Order order, Mode mode) {}

        @Override
        public void held(long version) {}

        @Override
        public void heldFull() {}

        @Override
        public void compared(Equality equality, long applied) {}

        @Override
        public void merged(String report) {}
    }

    private static final class Deaf implements SyncNode.Listener {
        @Override
        public void peerProcessDied(String member) {}

        @Override
        public void peerTerm(int term) {}

        @Override
        public boolean handover(String from, ByteBuffer step) {
            return false;
        }

        @Override
        public void standbyState(String member, SyncState state) {}

        @Override
        public void peerWord(String member, Whereabouts whereabouts, Word word, long ageNanos) {}

        @Override
        public void config(String from, ConfigMessage message) {}

        @Override
        public void peerConfig(String member, ConfigVersion config) {}

        @Override
        public void twin(String address) {}
    }
}
