package holdfast.vip;

import holdfast.vip.HandoverMessage.Kind;
import holdfast.vip.VirtualRouter.Effect;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vrrp.Vrrp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongSupplier;

/// Several directors, their LAN and their sync channel in virtual time, in one thread, all from one seed. Each director
/// has a clock of its own and runs the same [VirtualRouter] as the shell does.
final class Simulation {
    static final long MS = 1_000_000;
    static final long INTERVAL = 100 * MS;

    enum Datapath {
        OFF,
        SERVING,
        HELD,
        RELAYING
    }

    final Random random;
    final List<Node> nodes = new ArrayList<>();
    long now;

    /// Adverts lost, and of those the most in a row between two directors. VRRP rides out two.
    double loss;

    private static final int LOST_IN_A_ROW_MAX = 2;

    long advertDelayMax = 10 * MS;
    LongSupplier syncDelay = () -> between(MS / 10, 2 * MS);
    LongSupplier catchUpDelay = () -> between(0, 5 * MS);
    boolean partitioned;
    long disturbedAt;
    final List<FailoverRecord> records = new ArrayList<>();
    final List<String> trace = new ArrayList<>();

    private final boolean tracing;
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
    private final Map<String, Integer> lostInARow = new HashMap<>();
    private final Map<String, Long> arrivedAt = new HashMap<>();
    private long order;
    private int term;
    private long version;

    Simulation(long seed, boolean tracing) {
        random = new Random(seed);
        this.tracing = tracing;
    }

    private record Timed(long at, long order, Runnable action) {}

    Node director(String name, int priority, boolean preempt) {
        var node = new Node(name, priority, preempt);
        nodes.add(node);
        return node;
    }

    void at(long when, Runnable action) {
        queue.add(new Timed(when, order++, action));
    }

    long between(long from, long to) {
        return from + random.nextLong(to - from + 1);
    }

    void run(long until, Runnable invariant) {
        while (!queue.isEmpty() && queue.peek().at() <= until) {
            var next = queue.remove();
            now = next.at();
            next.action().run();
            invariant.run();
        }
    }

    long serving() {
        return nodes.stream()
                .filter(node -> node.datapath == Datapath.SERVING && !node.isPaused())
                .count();
    }

    void partition(boolean cut) {
        partitioned = cut;
        disturbed(cut ? "partition" : "heal");
    }

    void disturbed(String what) {
        disturbedAt = now;
        log(what);
    }

    private void log(String what) {
        if (tracing) {
            trace.add("%.3f ms %s".formatted(now / 1e6, what));
        }
    }

    final class Node {
        final String name;
        final VirtualRouter router;
        final int address;
        final long clockOffset = random.nextLong() >> 2;
        VirtualRouter.State state = VirtualRouter.State.INITIAL;
        Datapath datapath = Datapath.OFF;
        boolean alive;
        long runningSince;
        long advertSentAt;
        long pausedAt = -1;
        /// No advert may leave it before, because it was paused.
        long silentUntil = Long.MIN_VALUE;

        private boolean frozen;
        private final List<Event> inbox = new ArrayList<>();

        Node(String name, int priority, boolean preempt) {
            this.name = name;
            address = 0x0a000001 + nodes.size();
            router = new VirtualRouter(
                    new Vrrp(priority, INTERVAL, address, preempt),
                    new Handover(Handover.Deadlines.of(INTERVAL)),
                    new GarpSchedule(List.of(50 * MS, 1000 * MS), 0));
        }

        boolean isPaused() {
            return pausedAt >= 0;
        }

        void start() {
            disturbed("start " + name);
            alive = true;
            runningSince = now;
            state = VirtualRouter.State.INITIAL;
            receive(new VirtualRouter.LinkUp());
            at(now + between(0, 1000 * MS), () -> {
                disturbed(name + " is equal");
                receive(new VirtualRouter.Tables(new TableState(0, 0, true)));
            });
        }

        /// @param socketsClose  the process died but its host lives, so the peers learn of it
        void crash(boolean socketsClose) {
            disturbed("crash " + name);
            alive = false;
            pausedAt = -1;
            inbox.clear();
            datapath = Datapath.OFF;
            if (socketsClose && !partitioned) {
                others().forEach(peer ->
                        at(now + between(MS, 20 * MS), () -> peer.receive(new VirtualRouter.PeerProcessDied(address))));
            }
        }

        void shutDown() {
            receive(new VirtualRouter.Shutdown());
            crash(true);
        }

        /// @param freeze  the whole machine, so what is sent to it meanwhile is lost
        void pause(boolean freeze) {
            disturbed("pause " + name);
            pausedAt = now;
            frozen = freeze;
        }

        void resume() {
            if (!isPaused()) {
                return;
            }
            long gap = now - pausedAt;
            disturbed("resume " + name + " after " + gap / MS + " ms");
            pausedAt = -1;
            runningSince = now;
            boolean mustRelearn = gap > 3 * INTERVAL;
            if (mustRelearn) {
                silentUntil = now + router.vrrp().crashWaitInterval();
            }
            var events = new ArrayList<Event>();
            events.add(new VirtualRouter.Paused(gap));
            inbox.sort(Comparator.comparing(event -> !(event instanceof VirtualRouter.Heard)));
            events.addAll(inbox);
            inbox.clear();
            turn(events);
        }

        void failover(Node to) {
            disturbed("failover " + name + " to " + to.name);
            receive(new VirtualRouter.Failover(
                    new Preflight(to.name, to.address, term, version, true, true, true, 0), "test"));
        }

        void receive(Event event) {
            if (!alive) {
                return;
            }
            if (!isPaused()) {
                turn(List.of(event));
            } else if (!frozen || !(event instanceof VirtualRouter.Heard)) {
                inbox.add(event);
            }
        }

        private List<Node> others() {
            return nodes.stream().filter(node -> node != this).toList();
        }

        private void turn(List<Event> events) {
            events.forEach(this::step);
            step(new VirtualRouter.Tick());
            long nextAt = VirtualRouter.nextAt(state);
            if (nextAt != Long.MAX_VALUE) {
                var before = state;
                // A thread wakes late, by a little.
                at(Math.max(now, nextAt - clockOffset) + between(0, MS / 2), () -> {
                    if (alive && !isPaused() && state.equals(before)) {
                        turn(List.of());
                    }
                });
            }
        }

        private void step(Event event) {
            var step = router.step(state, event, now + clockOffset);
            if (tracing && !step.effects().isEmpty()) {
                log("%s %s: %s -> %s"
                        .formatted(name, event, step.effects(), step.next().vrrp()));
            }
            state = step.next();
            step.effects().forEach(this::perform);
        }

        private void perform(Effect effect) {
            switch (effect) {
                case VirtualRouter.SendAdvert(int priority) -> sendAdvert(priority);
                case VirtualRouter.BecomeActive _ -> {
                    term++;
                    datapath = Datapath.SERVING;
                }
                case VirtualRouter.BecomeStandby _ -> datapath = Datapath.OFF;
                case VirtualRouter.Announce() -> {
                    if (!state.isActive()) {
                        throw new AssertionError(name + " announces while not active");
                    }
                }
                case VirtualRouter.Hold() -> {
                    datapath = Datapath.HELD;
                    at(now + between(0, 2 * MS), () -> receive(new VirtualRouter.Held(++version)));
                }
                case VirtualRouter.Resume() -> datapath = Datapath.SERVING;
                case VirtualRouter.Relay _ -> datapath = Datapath.RELAYING;
                case VirtualRouter.Send(var to, var message) -> send(to, message);
                case VirtualRouter.Finished(var record) -> records.add(record);
            }
        }

        private void sendAdvert(int priority) {
            if (now < silentUntil) {
                throw new AssertionError(name + " sends an advert right after a long pause");
            }
            advertSentAt = now;
            for (var peer : others()) {
                if (partitioned || isLost(peer)) {
                    continue;
                }
                var advert = new VirtualRouter.Heard(new Vrrp.Advert(priority, INTERVAL, address));
                at(now + between(MS / 10, advertDelayMax), () -> peer.receive(advert));
            }
        }

        private boolean isLost(Node peer) {
            var path = name + ">" + peer.name;
            int before = lostInARow.getOrDefault(path, 0);
            boolean lost = before < LOST_IN_A_ROW_MAX && random.nextDouble() < loss;
            lostInARow.put(path, lost ? before + 1 : 0);
            return lost;
        }

        /// The sync channel keeps the order of one sender's messages, and a cut delays rather than loses.
        private void send(String to, HandoverMessage message) {
            var peer = nodes.stream()
                    .filter(node -> node.name.equals(to))
                    .findFirst()
                    .orElseThrow();
            var path = name + ">" + to;
            long arrival = Math.max(now + syncDelay.getAsLong(), arrivedAt.getOrDefault(path, 0L) + 1);
            arrivedAt.put(path, arrival);
            at(arrival, () -> peer.receive(new VirtualRouter.Message(name, message)));
            if (message.kind() == Kind.TRANSFER) {
                var proved = new TableState(message.version(), message.version(), true);
                at(now + catchUpDelay.getAsLong(), () -> peer.receive(new VirtualRouter.Tables(proved)));
            }
        }
    }
}
