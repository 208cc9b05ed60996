package holdfast.sync;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Directors in virtual time with a small election: adverts on a front link of their own, the higher priority stays
/// active, and an active that hears of a higher term begins anew above it. Three links, each of which can be cut in
/// either direction between any two: the front link (adverts), the interconnect (everything of sync) and a service link
/// (hellos).
final class ModelCluster {
    static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long ADVERT_INTERVAL = 30 * MS;
    private static final long DOWN_INTERVAL = 100 * MS;

    enum Link {
        FRONT,
        INTERCONNECT,
        SERVICE
    }

    private record Cut(Link link, String from, String to) {}

    private record Event(long at, long order, Runnable action) {}

    final class Node {
        final String name;
        final int priority;
        /// What its disk keeps.
        int term;

        MemberId id = new MemberId("", new UUID(0, 0));
        ModelTables tables = new ModelTables(2, 2);
        SyncCore core = new SyncCore(id, ConfigVersion.ofFile(""), Whereabouts.NONE, tables, 0);
        boolean alive;
        boolean active;
        boolean writing;
        long pausedUntil;
        long advertHeardAt;
        int run;
        int begun;
        final List<String> twins = new ArrayList<>();
        private long counter;

        Node(String name, int priority) {
            this.name = name;
            this.priority = priority;
        }

        SyncStatus status() {
            return core.status(0, now);
        }

        @Override
        public String toString() {
            return "%s %s term %d %d entries %s"
                    .formatted(
                            name,
                            !alive ? "dead" : active ? "active" : "standby",
                            term,
                            tables.entries.size(),
                            alive ? status() : "");
        }
    }

    final Random random;
    final List<Node> nodes = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    double loss;
    long delayMax = MS;
    long now;
    private final PriorityQueue<Event> queue = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
    private final Set<Cut> cuts = new HashSet<>();
    private long order;

    ModelCluster(long seed) {
        random = new Random(seed * 7919);
    }

    Node add(String name, int priority) {
        var node = new Node(name, priority);
        nodes.add(node);
        return node;
    }

    void start(Node node) {
        node.run++;
        node.alive = true;
        node.active = false;
        node.counter = 0;
        node.pausedUntil = 0;
        node.advertHeardAt = now;
        node.id = new MemberId(node.name, new UUID(random.nextLong(), random.nextLong()));
        node.tables = new ModelTables(4096, 4096);
        node.core = new SyncCore(node.id, ConfigVersion.ofFile("config"), Whereabouts.NONE, node.tables, now);
        note("start " + node.name);
        turn(node, node.run);
        every(10 * MS, node, () -> election(node));
        every(ADVERT_INTERVAL, node, () -> advertise(node));
        every(100 * MS, node, () -> {
            if (node.active) {
                node.tables.checkpoint();
            }
        });
        every(3 * MS, node, () -> write(node));
    }

    void crash(Node node) {
        note("crash " + node.name);
        node.alive = false;
        node.active = false;
        node.run++;
        for (Node other : nodes) {
            if (other.alive && isWhole(Link.INTERCONNECT, node, other)) {
                other.core.processDied(node.id, now);
                perform(other);
            }
        }
    }

    void pause(Node node, long nanos) {
        note("pause " + node.name + " " + nanos / MS + " ms");
        node.pausedUntil = now + nanos;
    }

    void become(Node node, int term) {
        node.begun++;
        node.term = Math.max(node.term, term);
        node.active = true;
        node.tables.promote(term, now);
        node.core.active(term, now);
        note(node.name + " active in " + term);
    }

    void standBy(Node node) {
        node.active = false;
        node.tables.demote();
        node.core.standby();
        note("standby " + node.name);
    }

    void cut(Link link, Node from, Node to) {
        note("cut " + link + " " + from.name + " to " + to.name);
        cuts.add(new Cut(link, from.name, to.name));
    }

    void part(Node node) {
        for (Node other : nodes) {
            if (other != node) {
                for (Link link : Link.values()) {
                    cut(link, node, other);
                    cut(link, other, node);
                }
            }
        }
    }

    void heal() {
        note("heal");
        cuts.clear();
    }

    void at(long time, Runnable action) {
        queue.add(new Event(time, order++, action));
    }

    /// Runs until `isDone` or `until`; whether it is done.
    boolean runUntil(long until, java.util.function.BooleanSupplier isDone) {
        for (long steps = 1; !queue.isEmpty() && queue.element().at() <= until; steps++) {
            Event event = queue.remove();
            now = event.at();
            event.action().run();
            if (steps % 64 == 0 && isDone.getAsBoolean()) {
                return true;
            }
        }
        now = until;
        return isDone.getAsBoolean();
    }

    void run(long until) {
        runUntil(until, () -> false);
    }

    /// One active, all tables the same, and everybody knows it.
    boolean isEqual() {
        List<Node> actives = nodes.stream().filter(node -> node.active).toList();
        if (actives.size() != 1) {
            return false;
        }
        Node active = actives.getFirst();
        for (Node node : nodes) {
            boolean knows = node == active
                    ? node.status().peers().stream().allMatch(peer -> peer.state() == SyncState.EQUAL)
                            && node.status().peers().size() == nodes.size() - 1
                    : node.status().state().orElseThrow() == SyncState.EQUAL;
            if (!node.alive || !knows || node.tables.digest() != active.tables.digest()) {
                return false;
            }
        }
        return true;
    }

    String describe() {
        return nodes.stream().map(Node::toString).collect(Collectors.joining("\n")) + "\n" + String.join("\n", trace);
    }

    void note(String what) {
        trace.add(now / 1000 + " us: " + what);
    }

    private void every(long interval, Node node, Runnable action) {
        int run = node.run;
        at(now + 1 + random.nextLong(interval), new Runnable() {
            @Override
            public void run() {
                if (node.run == run) {
                    if (now >= node.pausedUntil) {
                        action.run();
                    }
                    at(now + interval, this);
                }
            }
        });
    }

    private void turn(Node node, int run) {
        if (node.run != run) {
            return;
        }
        if (now >= node.pausedUntil) {
            if (node.active) {
                node.tables.copyTurn(40);
            } else {
                node.tables.apply(random.nextInt(100), now);
            }
            node.core.turn(now);
            perform(node);
        }
        at(now + 300_000 + random.nextInt(1_200_000), () -> turn(node, run));
    }

    private void write(Node node) {
        if (!node.active || !node.writing) {
            return;
        }
        int client = random.nextInt(200);
        boolean template = random.nextBoolean();
        var key = new ModelTables.Key(template, client, template ? 0 : 1024 + client % 7);
        node.tables.change(key, random.nextInt(100), random.nextInt(5) == 0);
    }

    private void election(Node node) {
        long skew = (256 - node.priority) * MS / 10;
        if (!node.active && now - node.advertHeardAt > DOWN_INTERVAL + skew) {
            become(node, node.term + 1);
            advertise(node);
        }
    }

    private void advertise(Node node) {
        if (!node.active) {
            return;
        }
        for (Node other : nodes) {
            if (other != node) {
                deliver(Link.FRONT, node, other, () -> advertHeard(other, node.priority));
            }
        }
    }

    private void advertHeard(Node node, int priority) {
        if (!node.active || priority > node.priority) {
            node.advertHeardAt = now;
            if (node.active) {
                standBy(node);
            }
        }
    }

    private void told(Node node, int term) {
        node.term = Math.max(node.term, term);
        int run = node.run;
        at(now + random.nextLong(30 * MS), () -> {
            // as a listener does: what was told belongs to the role of that moment
            if (node.run == run && node.active && node.status().term().orElse(0) <= term) {
                become(node, node.term + 1);
            }
        });
    }

    private void perform(Node node) {
        for (SyncEffect effect : node.core.takeEffects()) {
            switch (effect) {
                case SyncEffect.Multicast(SyncMessage message) -> multicast(node, message);
                case SyncEffect.Unicast(MemberId to, SyncMessage message) ->
                    nodes.stream()
                            .filter(other -> other.id.equals(to))
                            .forEach(other -> send(Link.INTERCONNECT, node, other, ++node.counter, message));
                case SyncEffect.AskCopy(CopyOrder order) -> node.tables.copy(order);
                case SyncEffect.HigherTerm(int term) -> {
                    note(node.name + " is told of term " + term);
                    told(node, term);
                }
                case SyncEffect.StateChanged(String member, SyncState state) ->
                    note(node.name + " sees " + member + " " + state);
                case SyncEffect.Warn(String text) -> note(node.name + " warns: " + text);
                case SyncEffect.Twin(String address) -> node.twins.add(address);
                case SyncEffect.WakeWorker(),
                        SyncEffect.Watch _,
                        SyncEffect.ProcessDied _,
                        SyncEffect.WordHeard _,
                        SyncEffect.ConfigHeard _,
                        SyncEffect.ConfigArrived _,
                        SyncEffect.HandoverArrived _ -> {}
            }
        }
    }

    private void multicast(Node from, SyncMessage message) {
        long counter = ++from.counter;
        for (Node to : nodes) {
            if (to != from) {
                send(Link.INTERCONNECT, from, to, counter, message);
            }
        }
        if (message instanceof SyncMessage.Hello) {
            long again = ++from.counter;
            for (Node to : nodes) {
                if (to != from) {
                    send(Link.SERVICE, from, to, again, message);
                }
            }
        }
    }

    private void send(Link link, Node from, Node to, long counter, SyncMessage message) {
        MemberId id = from.id;
        var via = new Hellos.Via(link == Link.INTERCONNECT ? Origin.INTERCONNECT : "front", "of " + from.name);
        deliver(link, from, to, () -> {
            to.core.received(id, counter, message, via, now);
            perform(to);
        });
    }

    private void deliver(Link link, Node from, Node to, Runnable arrival) {
        if (random.nextDouble() < loss || cuts.contains(new Cut(link, from.name, to.name))) {
            return;
        }
        int run = to.run;
        at(now + 50_000 + random.nextLong(delayMax), () -> arrive(to, run, arrival));
        if (random.nextInt(20) == 0) {
            at(now + 50_000 + random.nextLong(5 * delayMax), () -> arrive(to, run, arrival)); // doubled
        }
    }

    /// What comes to a paused process waits in its sockets.
    private void arrive(Node to, int run, Runnable arrival) {
        if (to.run != run || !to.alive) {
            return;
        }
        if (now < to.pausedUntil) {
            at(to.pausedUntil, () -> arrive(to, run, arrival));
        } else {
            arrival.run();
        }
    }

    private boolean isWhole(Link link, Node a, Node b) {
        return !cuts.contains(new Cut(link, a.name, b.name)) && !cuts.contains(new Cut(link, b.name, a.name));
    }

    /// The node that is active, if there is exactly one.
    @Nullable
    Node active() {
        List<Node> actives = nodes.stream().filter(node -> node.active).toList();
        return actives.size() == 1 ? actives.getFirst() : null;
    }
}
