package holdfast.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One active and two standbys in virtual time over a network that loses, delays, reorders and partitions, with
/// crashes, restarts and promotions from a seed. After every event: a standby holds no entry that no active wrote; it
/// has every entry that it acknowledged as complete; and at each crash of the active, the readout's predicted loss is
/// at least the actual one. Once the network is whole again all digests become equal.
@Tag("slow")
class SyncSimulationTest {
    private static final int SEEDS = 220;
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long TROUBLE_UNTIL = 1_000 * MS;
    private static final long END = 6_000 * MS;

    @Test
    void standbysNeverLieAndAlwaysCatchUp() {
        var threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        long events = 0;
        int losses = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var simulation = new Simulation(seed);
            try {
                simulation.run();
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + ": " + e + "\n" + String.join("\n", simulation.trace), e);
            }
            events += simulation.events;
            losses += simulation.crashesWithLoss;
        }
        System.out.printf(
                "sync simulation: %d seeds, %d events, %d crashes that lost something, %d ms of CPU%n",
                SEEDS, events, losses, (threads.getCurrentThreadCpuTime() - began) / MS);
        assertThat(losses).as("the oracle of losses must have seen some").isPositive();
    }

    private record Event(long at, long order, Runnable action) {}

    private static final class Node {
        final String name;
        MemberId id;
        ModelTables tables;
        SyncCore core;
        boolean alive = true;
        boolean active;
        long counter;
        int run;
        int checkedTerm;
        long checkedBatch;

        Node(String name, MemberId id, ModelTables tables, SyncCore core) {
            this.name = name;
            this.id = id;
            this.tables = tables;
            this.core = core;
        }
    }

    private static final class Simulation {
        private final Random random;
        private final PriorityQueue<Event> queue = new PriorityQueue<>(
                (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
        private final List<Node> nodes = new ArrayList<>();
        private final Map<Long, Integer> written = new HashMap<>();
        private final Map<Integer, List<Batch>> cut = new HashMap<>();
        private final IdentityHashMap<Batch, String> copiesFor = new IdentityHashMap<>();
        private final Map<Integer, Map<ModelTables.Key, Long>> atPromotion = new HashMap<>();
        private final Map<ModelTables.Key, Long> lostEnds = new HashMap<>();
        private final Set<String> parted = new HashSet<>();
        private final double loss;
        private final long delayMax;
        private final int keys;
        private final int outCapacity;
        final List<String> trace = new ArrayList<>();
        long events;
        int crashesWithLoss;
        private long now;
        private long order;
        private int term;
        private @Nullable Node active;

        Simulation(long seed) {
            random = new Random(seed * 7919);
            loss = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3;
            delayMax = MS / 10 + random.nextInt(5) * MS;
            keys = 20 + random.nextInt(600);
            outCapacity = random.nextBoolean() ? 256 : 4096;
            for (var name : List.of("a", "b", "c")) {
                var node = new Node(name, new MemberId("", new UUID(0, 0)), new ModelTables(2, 2), emptyCore());
                nodes.add(node);
                start(node);
            }
        }

        private static SyncCore emptyCore() {
            return new SyncCore(
                    new MemberId("", new UUID(0, 0)),
                    ConfigVersion.ofFile(""),
                    Whereabouts.NONE,
                    new ModelTables(2, 2),
                    0);
        }

        void run() {
            promote(nodes.getFirst());
            for (Node node : nodes) {
                at(0, () -> turn(node));
            }
            at(5 * MS, this::write);
            at(20 * MS, this::checkpointTable);
            at(30 * MS, this::trouble);
            while (!queue.isEmpty() && now < END) {
                Event event = queue.remove();
                now = event.at();
                event.action().run();
                events++;
                if (now > TROUBLE_UNTIL + 300 * MS && events % 512 == 0 && allEqual()) {
                    return;
                }
            }
            assertThat(allEqual())
                    .as("all digests equal once the network is whole; " + describe())
                    .isTrue();
        }

        private boolean allEqual() {
            if (active == null) {
                return false;
            }
            for (Node node : nodes) {
                boolean standbyEqual = node.core.status(0, now).state().orElse(SyncState.EQUAL) == SyncState.EQUAL;
                if (!node.alive || node.tables.digest() != active.tables.digest() || !standbyEqual) {
                    return false;
                }
            }
            var status = active.core.status(0, now);
            return status.peers().stream().allMatch(peer -> peer.state() == SyncState.EQUAL);
        }

        private String describe() {
            return nodes.stream()
                    .map(node -> node.name + " " + node.tables.entries.size() + " entries " + node.core.status(0, now))
                    .collect(Collectors.joining("\n"));
        }

        private void at(long time, Runnable action) {
            queue.add(new Event(time, order++, action));
        }

        private void note(String what) {
            trace.add(now / 1000 + " us: " + what);
        }

        private void start(Node node) {
            node.run++;
            node.alive = true;
            node.active = false;
            node.counter = 0;
            node.checkedTerm = 0;
            node.id = new MemberId(node.name, new UUID(random.nextLong(), random.nextLong()));
            node.tables = new ModelTables(outCapacity, random.nextBoolean() ? 256 : 4096);
            node.tables.onApply = (tables, delta) -> checkWritten(delta);
            node.core = new SyncCore(node.id, ConfigVersion.ofFile("config"), Whereabouts.NONE, node.tables, now);
            note("start " + node.name);
        }

        private void promote(Node node) {
            term++;
            node.active = true;
            active = node;
            node.tables.promote(term, now);
            var versions = new HashMap<ModelTables.Key, Long>();
            node.tables.entries.forEach((key, entry) -> versions.put(key, entry.version()));
            atPromotion.put(term, versions);
            cut.put(term, new ArrayList<>());
            node.core.active(term, now);
            note("promote " + node.name + " term " + term);
        }

        private void write() {
            at(now + 1 + random.nextInt(4) * MS / 2, this::write);
            if (active == null || now > TROUBLE_UNTIL + 100 * MS) {
                return;
            }
            int burst = random.nextInt(200) == 0 ? 400 : random.nextInt(6);
            for (int i = 0; i < burst; i++) {
                int client = random.nextInt(keys);
                boolean template = random.nextBoolean();
                var key = new ModelTables.Key(template, client, template ? 0 : 1024 + client % 7);
                int real = random.nextInt(100);
                boolean end = random.nextInt(5) == 0;
                long lostBefore = active.tables.lost();
                active.tables.change(key, real, end);
                long version = Version.of(term, active.tables.sequence());
                written.put(version, key.hashCode());
                if (end && active.tables.lost() > lostBefore) {
                    lostEnds.put(key, version);
                }
            }
        }

        private void checkpointTable() {
            at(now + 100 * MS, this::checkpointTable);
            if (active != null) {
                active.tables.checkpoint();
            }
        }

        private void turn(Node node) {
            int run = node.run;
            if (!node.alive) {
                return;
            }
            if (node.active) {
                node.tables.copyTurn(40);
            } else {
                node.tables.apply(random.nextInt(100), now);
            }
            node.core.turn(now);
            perform(node);
            at(now + 300_000 + random.nextInt(1_200_000), () -> {
                if (node.run == run) {
                    turn(node);
                }
            });
        }

        private void perform(Node node) {
            for (SyncEffect effect : node.core.takeEffects()) {
                switch (effect) {
                    case SyncEffect.Multicast(SyncMessage message) -> multicast(node, message);
                    case SyncEffect.Unicast(MemberId to, SyncMessage message) -> {
                        checkAck(node, message);
                        if (message instanceof Batch batch) {
                            noteCut(batch);
                            if (batch.isCopy() && batch.count() > 0) {
                                copiesFor.put(batch, to.name());
                            }
                        }
                        send(node, to.name(), ++node.counter, message);
                    }
                    case SyncEffect.AskCopy(CopyOrder order) -> node.tables.copy(order);
                    case SyncEffect.StateChanged(String member, SyncState state) ->
                        note(node.name + " sees " + member + " " + state);
                    case SyncEffect.HigherTerm(int higher) -> {
                        if (higher > term) {
                            throw new AssertionError("a term that nobody took");
                        }
                    }
                    case SyncEffect.WakeWorker(),
                            SyncEffect.Watch _,
                            SyncEffect.WordHeard _,
                            SyncEffect.ConfigHeard _,
                            SyncEffect.ConfigArrived _,
                            SyncEffect.Warn _ -> {}
                    case SyncEffect.Twin(String address) -> throw new AssertionError("nobody has our name");
                    case SyncEffect.ProcessDied(String member) -> note(member + " died, says " + node.name);
                    case SyncEffect.HandoverArrived(String from, ByteBuffer step) -> {}
                }
            }
        }

        private void multicast(Node from, SyncMessage message) {
            if (message instanceof Batch batch) {
                noteCut(batch);
                if (batch.isCopy()) {
                    copiesFor.put(batch, "who is alone");
                }
            }
            long counter = ++from.counter;
            for (Node to : nodes) {
                if (to != from) {
                    send(from, to.name, counter, message);
                }
            }
        }

        /// Parts of copies are sent to each standby, with and without their records, or to nobody if all have left;
        /// and any batch again.
        private void noteCut(Batch batch) {
            List<Batch> ofTerm = cut.getOrDefault(batch.term(), List.of());
            while (ofTerm.size() < batch.number()) {
                ofTerm.add(batch.emptied());
            }
            int at = (int) batch.number() - 1;
            if (batch.count() > ofTerm.get(at).count()) {
                ofTerm.set(at, batch);
            }
        }

        private void send(Node from, String toName, long counter, SyncMessage message) {
            Node to = nodes.stream()
                    .filter(node -> node.name.equals(toName))
                    .findFirst()
                    .orElseThrow();
            boolean calm = now > TROUBLE_UNTIL;
            if ((!calm && random.nextDouble() < loss) || parted.contains(from.name) || parted.contains(toName)) {
                return;
            }
            MemberId id = from.id;
            Runnable arrival = () -> {
                if (to.alive) {
                    to.core.received(id, counter, message, Hellos.Via.INTERCONNECT, now);
                    perform(to);
                }
            };
            at(now + 50_000 + (long) (random.nextDouble() * delayMax), arrival);
            if (random.nextInt(20) == 0) {
                at(now + 50_000 + (long) (random.nextDouble() * 3 * delayMax), arrival); // a replay
            }
        }

        private void trouble() {
            if (now > TROUBLE_UNTIL) {
                note("calm");
                parted.clear();
                nodes.stream().filter(node -> !node.alive).forEach(this::restart);
                if (active == null) {
                    promote(nodes.get(random.nextInt(3)));
                }
                nodes.forEach(this::changeView);
                return;
            }
            at(now + (20 + random.nextInt(120)) * MS, this::trouble);
            Node node = nodes.get(random.nextInt(3));
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (node.alive) {
                        crash(node);
                    }
                }
                case 1 -> {
                    if (!node.alive) {
                        restart(node);
                    }
                }
                case 2 -> {
                    note("part " + node.name);
                    parted.add(node.name);
                }
                case 3 -> {
                    note("heal");
                    parted.clear();
                }
                case 4 -> {
                    if (node.alive && !node.active) {
                        moveTo(node);
                    }
                }
                default -> nodes.forEach(this::changeView);
            }
        }

        private void moveTo(Node node) {
            if (active != null) {
                active.active = false;
                active.tables.demote();
                active.core.standby();
                note("standby " + active.name);
            }
            promote(node);
        }

        private void restart(Node node) {
            start(node);
            turn(node);
        }

        private void changeView(Node node) {
            node.core.viewChanged();
            perform(node);
        }

        private void crash(Node node) {
            note("crash " + node.name);
            if (node.active) {
                checkPrediction(node);
                active = null;
            }
            node.alive = false;
            node.active = false;
            node.run++;
            for (Node other : nodes) {
                if (other.alive && !parted.contains(other.name)) {
                    other.core.processDied(node.id, now);
                    perform(other);
                    if (active == null) {
                        promote(other);
                    }
                }
            }
        }

        private void checkPrediction(Node crashed) {
            for (SyncStatus.Peer peer : crashed.core.status(0, now).peers()) {
                Node standby = nodes.stream()
                        .filter(node -> node.name.equals(peer.name()))
                        .findFirst()
                        .orElseThrow();
                if (!standby.alive || peer.unsyncedTemplates().isEmpty()) {
                    continue; // what is unknown promises nothing
                }
                standby.tables.apply(Integer.MAX_VALUE, now); // what the worker holds it will apply
                int templates = crashed.tables.ahead(standby.tables, true);
                int connections = crashed.tables.ahead(standby.tables, false);
                crashesWithLoss += templates + connections > 0 ? 1 : 0;
                assertThat(peer.unsyncedTemplates().getAsLong())
                        .as("predicted templates at " + peer)
                        .isGreaterThanOrEqualTo(templates);
                assertThat(peer.unsyncedConnections().getAsLong())
                        .as("predicted connections at " + peer)
                        .isGreaterThanOrEqualTo(connections);
            }
        }

        private void checkWritten(Delta delta) {
            if (delta.op().isBarrier()) {
                return;
            }
            Integer key = written.get(delta.version());
            if (key == null || key != ModelTables.key(delta).hashCode()) {
                throw new AssertionError("applied what nobody wrote: " + Version.text(delta.version()));
            }
        }

        /// A complete ack says: for each key, all that its active wrote up to this batch is applied.
        private void checkAck(Node node, SyncMessage message) {
            if (!(message instanceof SyncMessage.Ack ack) || !ack.complete()) {
                return;
            }
            if (node.checkedTerm != ack.term()) {
                node.checkedTerm = ack.term();
                node.checkedBatch = 0;
            }
            var expected = new HashMap<ModelTables.Key, Long>();
            var ended = new HashMap<ModelTables.Key, Boolean>();
            if (node.checkedBatch == 0) {
                expected.putAll(atPromotion.getOrDefault(ack.term(), Map.of()));
            }
            List<Batch> batches = cut.getOrDefault(ack.term(), List.of());
            for (long number = node.checkedBatch + 1; number <= ack.batch(); number++) {
                Batch batch = batches.get((int) number - 1);
                if (!copiesFor.getOrDefault(batch, node.name).equals(node.name)) {
                    continue;
                }
                Delta view = batch.view();
                for (int i = 0; i < batch.count(); i++) {
                    Delta record = batch.record(view, i);
                    if (!record.op().isBarrier()) {
                        var key = ModelTables.key(record);
                        if (record.version() >= expected.getOrDefault(key, 0L)) {
                            expected.put(key, record.version());
                            ended.put(key, record.op().isEnd());
                        }
                    }
                }
            }
            node.checkedBatch = ack.batch();
            expected.forEach((key, version) -> checkHas(node, key, version, ended.getOrDefault(key, false)));
        }

        private void checkHas(Node node, ModelTables.Key key, long version, boolean end) {
            ModelTables.Entry entry = node.tables.entries.get(key);
            Long buried = node.tables.tombstones.get(key);
            boolean isThere = entry != null && entry.version() >= version;
            boolean endCame = buried != null && buried >= version;
            boolean endWasLost = lostEnds.getOrDefault(key, 0L) >= version; // and a copy without the key came
            boolean isGone = entry == null && (end || endCame || endWasLost);
            if (!isThere && !isGone) {
                throw new AssertionError(
                        node.name + " acked " + key + " " + Version.text(version) + " and has " + entry);
            }
        }
    }
}
