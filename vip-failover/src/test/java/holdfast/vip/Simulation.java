package holdfast.vip;

import holdfast.conf.Configuration.Trust;
import holdfast.vip.HandoverMessage.Kind;
import holdfast.vip.VirtualRouter.Effect;
import holdfast.vip.VirtualRouter.Event;
import holdfast.vrrp.Vrrp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongSupplier;

/// Several directors, their LAN and their sync channel in virtual time, in one thread, all from one seed. Each
/// director has a clock of its own and runs the same [VirtualRouter] as the shell does. Its datapath is a thread of
/// its own, which obeys its orders in turn, but late. Words and handover messages may be lost, late and duplicated.
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
    /// How long a datapath takes for an order.
    LongSupplier workerDelay = () -> between(0, 2 * MS);
    /// Words and handover messages lost, and those that arrive twice.
    double messageLoss;
    double messageTwice;
    /// The service link and the interconnect, each between all directors.
    boolean partitioned;
    boolean interconnectCut;
    long disturbedAt;
    final List<FailoverRecord> records = new ArrayList<>();
    int doubted;
    final List<String> trace = new ArrayList<>();

    private final boolean tracing;
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
    private final Map<String, Integer> lostInARow = new HashMap<>();
    private long order;
    private int term;
    private long version;
    private long wordNumber;

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
        return nodes.stream().filter(Node::serves).count();
    }

    /// @param cut   the service link
    /// @param both  the interconnect too
    void partition(boolean cut, boolean both) {
        partitioned = cut;
        interconnectCut = both;
        disturbed(cut ? both ? "all cut" : "service link cut" : "heal");
    }

    /// An advert of a stranger to all.
    void forge(int priority, long interval, int sender) {
        var advert = new VirtualRouter.Heard(new Vrrp.Advert(priority, interval, sender));
        nodes.stream().filter(node -> node.address != sender).forEach(node -> node.receive(advert));
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
        /// Until when no peer can have taken over; counts while the election is active.
        private long leaseUntil = Long.MAX_VALUE;
        private long workerFreeAt;
        private int life;

        private boolean frozen;
        private boolean blocked;
        private Runnable unblocked = () -> {};
        private OwnWord said = OwnWord.NONE;
        private final Map<String, Long> latestWord = new HashMap<>();
        private final List<Event> inbox = new ArrayList<>();
        private final Deque<Timed> orders = new ArrayDeque<>();

        Node(String name, int priority, boolean preempt) {
            this.name = name;
            address = 0x0a000001 + nodes.size();
            router = new VirtualRouter(
                    new Vrrp(priority, INTERVAL, address, preempt),
                    new Handover(Handover.Deadlines.of(INTERVAL)),
                    new GarpSchedule(List.of(50 * MS, 1000 * MS), 0),
                    Trust.SEALED,
                    -clockOffset / MS + between(-3_600_000, 3_600_000)); // no two clocks agree
        }

        boolean isPaused() {
            return pausedAt >= 0;
        }

        boolean serves() {
            return alive && !isPaused() && datapath == Datapath.SERVING && now <= leaseUntil;
        }

        /// On this director's own clock.
        private long clock() {
            return now + clockOffset;
        }

        void start() {
            disturbed("start " + name);
            alive = true;
            life++;
            blocked = false;
            runningSince = now;
            workerFreeAt = now;
            leaseUntil = Long.MAX_VALUE;
            state = VirtualRouter.State.INITIAL;
            said = OwnWord.NONE;
            receive(new VirtualRouter.Links(List.of()));
            at(now + between(0, 1000 * MS), () -> {
                disturbed(name + " is equal");
                receive(new VirtualRouter.Tables(new TableState(0, 0, true)));
            });
            speakOften(life);
        }

        private void speakOften(int inLife) {
            if (alive && life == inLife) {
                if (!isPaused()) {
                    others().forEach(this::speakTo);
                }
                at(now + INTERVAL, () -> speakOften(inLife));
            }
        }

        /// The word travels on the interconnect and on the service link, and is as good from either.
        private void speakTo(Node peer) {
            var word = new PeerWord(
                    name,
                    address,
                    INTERVAL,
                    said.standing(),
                    said.asks(),
                    said.answers().getOrDefault(peer.name, 0L),
                    said.history(),
                    now);
            long number = ++wordNumber;
            if (!interconnectCut || !partitioned) {
                carry(() -> peer.hearWord(this, number, word));
            }
        }

        /// The sync side lets no older word come after a newer one.
        private void hearWord(Node from, long number, PeerWord word) {
            if (number > latestWord.getOrDefault(from.name, 0L)) {
                latestWord.put(from.name, number);
                receive(new VirtualRouter.Spoke(word));
            }
        }

        /// @param socketsClose  the process died but its host lives, so the peers learn of it
        void crash(boolean socketsClose) {
            disturbed("crash " + name);
            alive = false;
            pausedAt = -1;
            inbox.clear();
            orders.clear();
            datapath = Datapath.OFF;
            if (socketsClose && !interconnectCut) {
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
            obey();
            if (blocked) {
                var then = unblocked;
                unblocked = () -> {};
                then.run();
                return;
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
            receive(new VirtualRouter.Failover(new Preflight(to.name, to.address, term), "test"));
        }

        void receive(Event event) {
            if (!alive) {
                return;
            }
            if (!isPaused() && !blocked) {
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
            if (blocked) {
                return;
            }
            step(new VirtualRouter.Tick());
            var word = router.word(state, clock());
            if (!word.equals(said)) {
                said = word;
                others().forEach(this::speakTo);
            }
            long nextAt = router.nextAt(state);
            if (nextAt != Long.MAX_VALUE) {
                var before = state;
                // A thread wakes late, by a little.
                at(Math.max(now, nextAt - clockOffset) + between(0, MS / 2), () -> {
                    if (alive && !isPaused() && !blocked && state.equals(before)) {
                        turn(List.of());
                    }
                });
            }
        }

        private void step(Event event) {
            if (blocked) {
                inbox.add(event);
                return;
            }
            var step = router.step(state, event, clock());
            boolean isRoutine = step.effects().stream().allMatch(VirtualRouter.SendAdvert.class::isInstance);
            if (tracing && !isRoutine) {
                log("%s %s: %s -> %s %s"
                        .formatted(
                                name,
                                event,
                                step.effects(),
                                step.next().vrrp(),
                                step.next().handover()));
            }
            state = step.next();
            step.effects().forEach(this::perform);
        }

        private void perform(Effect effect) {
            switch (effect) {
                case VirtualRouter.SendAdvert(int priority) -> sendAdvert(priority);
                case VirtualRouter.BecomeActive(var promotion, long notAfter) -> becomeActive(promotion, notAfter);
                case VirtualRouter.BecomeStandby _ -> order(() -> datapath = Datapath.OFF);
                case VirtualRouter.RenewTerm _ -> term++;
                case VirtualRouter.Announce() -> {
                    if (!state.isActive()) {
                        throw new AssertionError(name + " announces while not active");
                    }
                }
                case VirtualRouter.Hold() ->
                    order(() -> {
                        if (datapath == Datapath.SERVING) {
                            datapath = Datapath.HELD;
                            long last = ++version;
                            at(now, () -> receive(new VirtualRouter.Held(last)));
                        }
                    });
                case VirtualRouter.Resume() ->
                    order(() -> {
                        if (datapath == Datapath.HELD) {
                            datapath = Datapath.SERVING;
                        }
                    });
                case VirtualRouter.Relay _ -> order(() -> datapath = Datapath.RELAYING);
                case VirtualRouter.Send(var to, var message) -> send(to, message);
                case VirtualRouter.Finished(var record) -> records.add(record);
                case VirtualRouter.Doubted _ -> doubted++;
            }
        }

        /// In a handover the election waits for the datapath; after a crash for 50 ms at most.
        private void becomeActive(Vrrp.Promotion promotion, long notAfter) {
            term++;
            boolean isHandover = promotion.cause() == Vrrp.Cause.HANDOVER;
            leaseUntil = isHandover ? notAfter - clockOffset : leaseUntil;
            var serves = new boolean[1];
            int inLife = life;
            long doneAt = order(() -> {
                if (notAfter == Long.MAX_VALUE || clock() - notAfter <= 0) {
                    datapath = Datapath.SERVING;
                    serves[0] = true;
                    if (isHandover) {
                        requireNobodyAccepts(promotion.from());
                    }
                }
            });
            long waitsUntil = isHandover ? notAfter - clockOffset + MS : now + 50 * MS;
            blocked = true;
            at(Math.min(doneAt, waitsUntil), () -> unblock(inLife, serves));
        }

        private void requireNobodyAccepts(int giver) {
            for (var node : nodes) {
                if (node != this && node.address == giver && node.serves()) {
                    throw new AssertionError(name + " took over while " + node.name + " accepts connections");
                }
            }
        }

        private void unblock(int inLife, boolean[] serves) {
            if (!alive || life != inLife) {
                return;
            }
            if (isPaused()) {
                unblocked = () -> unblock(inLife, serves);
                return;
            }
            blocked = false;
            var waiting = new ArrayList<Event>(List.of(new VirtualRouter.Served(serves[0])));
            waiting.addAll(inbox);
            inbox.clear();
            turn(waiting);
        }

        /// Lets the datapath do something, after all that it was ordered before.
        ///
        /// @return when it will be done, if the process is not paused
        private long order(Runnable action) {
            workerFreeAt = Math.max(workerFreeAt, now) + workerDelay.getAsLong();
            orders.add(new Timed(workerFreeAt, 0, action));
            at(workerFreeAt, this::obey);
            return workerFreeAt;
        }

        private void obey() {
            while (alive && !isPaused() && !orders.isEmpty() && orders.peek().at() <= now) {
                orders.remove().action().run();
            }
        }

        private void sendAdvert(int priority) {
            advertSentAt = now;
            if (priority != 0) {
                long atMost = Handover.servesAtMost(state.handover());
                leaseUntil = atMost == Long.MAX_VALUE
                        ? now + 3 * INTERVAL
                        : Math.min(now + 3 * INTERVAL, atMost - clockOffset);
            }
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

        private void send(String to, HandoverMessage message) {
            var peer = nodes.stream()
                    .filter(node -> node.name.equals(to))
                    .findFirst()
                    .orElseThrow();
            if (interconnectCut) {
                return;
            }
            carry(() -> peer.receive(new VirtualRouter.Message(name, message)));
            if (message.kind() == Kind.TRANSFER) {
                var proved = new TableState(message.version(), message.version(), true);
                at(now + catchUpDelay.getAsLong(), () -> peer.receive(new VirtualRouter.Tables(proved)));
            }
        }
    }

    private void carry(Runnable arrival) {
        if (random.nextDouble() >= messageLoss) {
            at(now + syncDelay.getAsLong(), arrival);
        }
        if (random.nextDouble() < messageTwice) {
            at(now + syncDelay.getAsLong(), arrival);
        }
    }
}
