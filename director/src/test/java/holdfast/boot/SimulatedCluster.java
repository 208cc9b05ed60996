package holdfast.boot;

import static holdfast.sim.Timeline.MS;

import holdfast.control.IdleWorker;
import holdfast.forward.ProbeQueue;
import holdfast.linux.Memory;
import holdfast.sim.Timeline;
import holdfast.sync.MemberId;
import holdfast.sync.SimulatedSync;
import holdfast.sync.SyncMessage;
import holdfast.worker.SimulatedDatapath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Directors, the service link and the interconnect between them, and clients, in virtual time from one seed.
///
/// Each link can be cut in each direction between any two. Adverts and words travel on the service link, words and
/// everything else of sync on the interconnect; messages may be late, lost or duplicated.
final class SimulatedCluster implements AutoCloseable {
    private static final int LOST_IN_A_ROW_MAX = 2; // VRRP rides out two adverts
    private static final int LIVE_MAX = 60;

    enum Link {
        FRONT,
        INTERCONNECT
    }

    record Cut(Link link, String from, String to) {}

    final Timeline timeline;
    final List<SimulatedMachine> machines = new ArrayList<>();
    final SimulatedClaims claims;
    final ProbeQueue probes;
    long interval = 100 * MS;

    double advertLoss;
    double messageLoss;
    /// As where a switch filters it: words and the stream, but not what has an addressee.
    boolean losesMulticast;
    double messageTwice;
    LongSupplier advertDelay;
    LongSupplier messageDelay;
    LongSupplier electionStall = () -> 0;
    LongSupplier syncStall = () -> 0;
    LongSupplier datapathStall = () -> 0;
    boolean hasClients = true;

    /// When the last fault that is known so far begins or ends.
    long lastFaultAt;
    /// When the last one did.
    long disturbedAt;
    /// When a service link was cut last, or mended.
    long frontCutAt = Long.MIN_VALUE / 2;

    long mendedAt = Long.MIN_VALUE / 2;

    private final IdleWorker idle;
    private final Arena memory = Arena.ofConfined();
    private final Set<Cut> cuts = new HashSet<>();
    private final Map<String, Integer> lostInARow = new HashMap<>();
    private final Map<String, MemberId> watched = new HashMap<>();
    private String owner = "";
    private int lastKey;

    SimulatedCluster(long seed, boolean tracing, IdleWorker idle, ProbeQueue probes) {
        timeline = new Timeline(seed, tracing);
        this.idle = idle;
        this.probes = probes;
        claims = new SimulatedClaims(this);
        advertDelay = () -> timeline.between(MS / 10, 10 * MS);
        messageDelay = () -> timeline.between(MS / 10, 2 * MS);
        clients();
    }

    SimulatedMachine machine(String name, int priority, boolean preempt) {
        var machine = new SimulatedMachine(
                name, 0x0a000001 + machines.size(), priority, preempt, timeline.random.nextLong() >>> 4);
        machines.add(machine);
        return machine;
    }

    List<SimulatedDirector> directors() {
        return machines.stream()
                .filter(SimulatedMachine::isAlive)
                .flatMap(machine -> Optional.ofNullable(machine.run).stream())
                .toList();
    }

    Optional<SimulatedDirector> director(String name) {
        return directors().stream()
                .filter(director -> director.name.equals(name))
                .findFirst();
    }

    /// Something goes wrong then, or right again.
    void fault(long at, Runnable what) {
        lastFaultAt = Math.max(lastFaultAt, at);
        timeline.at(at, what);
    }

    void disturbed(String what) {
        disturbedAt = timeline.now();
        timeline.note(() -> "--- " + what);
    }

    // ---- faults

    void start(SimulatedMachine machine) {
        if (!machine.isAlive()) {
            disturbed("start " + machine.name);
            machine.isFrozen = false;
            machine.run = new SimulatedDirector(machine, this, idle);
            toldOfDeaths(machine.name);
        }
    }

    /// @param hostToo  nobody is told by a closed socket
    void crash(SimulatedMachine machine, boolean hostToo) {
        if (machine.isAlive()) {
            disturbed("crash " + machine.name + (hostToo ? " with its host" : ""));
            directors().stream()
                    .filter(director -> director.machine == machine)
                    .forEach(director -> director.process.kill());
            if (hostToo) {
                machine.disk.reboot();
            } else {
                toldOfDeaths(machine.name);
            }
        }
    }

    /// @param frozen  the whole machine, so that what is sent to it is lost
    void pause(SimulatedMachine machine, boolean frozen, long length) {
        director(machine.name).filter(SimulatedDirector::isRunning).ifPresent(director -> {
            disturbed("pause " + machine.name + (frozen ? " frozen" : ""));
            director.process.pause();
            director.pausedAt = timeline.now();
            machine.isFrozen = frozen;
            fault(timeline.now() + length, () -> resume(director));
        });
    }

    private void resume(SimulatedDirector director) {
        if (director.process.isAlive()) {
            disturbed("resume " + director.name);
            director.machine.isFrozen = false;
            director.runsSince = timeline.now();
            director.process.resume();
        }
    }

    void cut(Link link, SimulatedMachine from, SimulatedMachine to) {
        disturbed("cut %s %s to %s".formatted(link, from.name, to.name));
        if (link == Link.FRONT) {
            frontCutAt = timeline.now();
        }
        cuts.add(new Cut(link, from.name, to.name));
    }

    void part(SimulatedMachine from, SimulatedMachine to) {
        for (var link : Link.values()) {
            cut(link, from, to);
            cut(link, to, from);
        }
    }

    void mend() {
        if (!cuts.isEmpty()) {
            disturbed("mend");
            if (isFrontCut()) {
                frontCutAt = timeline.now();
            }
            cuts.clear();
            mendedAt = timeline.now();
            machines.forEach(machine -> toldOfDeaths(machine.name));
        }
    }

    boolean isWhole() {
        return cuts.isEmpty();
    }

    boolean isFrontCut() {
        return cuts.stream().anyMatch(cut -> cut.link() == Link.FRONT);
    }

    void links(SimulatedMachine machine, List<String> faults) {
        if (!machine.faults.equals(faults)) {
            disturbed("links of " + machine.name + " " + faults);
            machine.faults = faults;
            director(machine.name).ifPresent(director -> director.links(faults));
        }
    }

    /// An operator asks for a failover where it is possible, and waits as the product does.
    void failover(SimulatedMachine from) {
        timeline.note(() -> "--- failover asked on " + from.name);
        director(from.name).ifPresent(director -> failover(director, timeline.now() + 2000 * MS));
    }

    private void failover(SimulatedDirector from, long giveUpAt) {
        if (!from.process.isAlive()) {
            return;
        }
        boolean isLast = timeline.now() >= giveUpAt;
        boolean isBegun = from.isRunning()
                && from.tryFailover(record -> {
                    disturbedAt = timeline.now();
                    timeline.note(() -> "failover ended " + record.outcome() + " " + record.reason());
                    if (!isLast && record.endedInPreparation()) {
                        again(from, giveUpAt);
                    }
                });
        if (!isBegun && !isLast) {
            again(from, giveUpAt);
        }
    }

    private void again(SimulatedDirector from, long giveUpAt) {
        timeline.at(timeline.now() + 20 * MS, () -> failover(from, giveUpAt));
    }

    // ---- links

    void advert(SimulatedDirector from, int priority) {
        for (var to : machines) {
            if (to != from.machine && !isAdvertLost(from.name, to.name) && !isCut(Link.FRONT, from.name, to.name)) {
                timeline.at(
                        timeline.now() + advertDelay.getAsLong(),
                        () -> reach(to)
                                .ifPresent(director ->
                                        director.election.advert(priority, interval, from.machine.address)));
            }
        }
    }

    /// Somebody without the cluster's key sends one in the name of that director.
    void forgeAdvert(SimulatedMachine inTheNameOf) {
        for (var to : machines) {
            reach(to)
                    .ifPresent(
                            director -> director.election.advert(inTheNameOf.priority, interval, inTheNameOf.address));
        }
    }

    private boolean isAdvertLost(String from, String to) {
        var path = from + ">" + to;
        int before = lostInARow.getOrDefault(path, 0);
        boolean isLost = before < LOST_IN_A_ROW_MAX && timeline.chance(advertLoss);
        lostInARow.put(path, isLost ? before + 1 : 0);
        return isLost;
    }

    private boolean isCut(Link link, String from, String to) {
        return cuts.contains(new Cut(link, from, to));
    }

    /// The run that a packet to this machine finds now.
    private Optional<SimulatedDirector> reach(SimulatedMachine to) {
        return to.isFrozen ? Optional.empty() : director(to.name);
    }

    private void carry(Link link, SimulatedDirector from, SimulatedMachine to, SyncMessage message, long counter) {
        if (isCut(link, from.name, to.name) || timeline.chance(messageLoss)) {
            return;
        }
        arrive(link, from.sync.id(), to, message, counter);
        if (timeline.chance(messageTwice)) {
            arrive(link, from.sync.id(), to, message, counter);
        }
    }

    private void arrive(Link link, MemberId from, SimulatedMachine to, SyncMessage message, long counter) {
        timeline.at(
                timeline.now() + messageDelay.getAsLong(),
                () -> reach(to)
                        .ifPresent(director -> director.arrived(from, counter, message, link == Link.INTERCONNECT)));
    }

    /// The outgoing messages of one run's sync side.
    final class WireOf implements SimulatedSync.Wire {
        private final SimulatedDirector from;

        WireOf(SimulatedDirector from) {
            this.from = from;
        }

        @Override
        public void multicast(SyncMessage message, long counter) {
            toOthers(Link.INTERCONNECT, message, counter);
        }

        @Override
        public void onServiceLink(SyncMessage message, long counter) {
            toOthers(Link.FRONT, message, counter);
        }

        private void toOthers(Link link, SyncMessage message, long counter) {
            for (var to : machines) {
                if (to != from.machine && !losesMulticast) {
                    carry(link, from, to, message, counter);
                }
            }
        }

        @Override
        public void unicast(MemberId to, SyncMessage message, long counter) {
            for (var machine : machines) {
                if (machine.name.equals(to.name())
                        && machine.run != null
                        && machine.run.sync.id().equals(to)) {
                    carry(Link.INTERCONNECT, from, machine, message, counter);
                }
            }
        }

        @Override
        public void watch(MemberId member) {
            watched.put(from.name + ">" + member.name(), member);
            toldOfDeaths(member.name());
        }
    }

    /// Whoever watches a run that has ended is told, where its host is up and can be reached.
    private void toldOfDeaths(String name) {
        for (var watcher : directors()) {
            timeline.at(timeline.now() + timeline.between(MS, 20 * MS), () -> toldOfDeath(watcher, name));
        }
    }

    private void toldOfDeath(SimulatedDirector watcher, String name) {
        var path = watcher.name + ">" + name;
        var member = watched.get(path);
        boolean isReachable =
                !isCut(Link.INTERCONNECT, watcher.name, name) && !isCut(Link.INTERCONNECT, name, watcher.name);
        boolean lives = director(name)
                .filter(director -> director.sync.id().equals(member))
                .isPresent();
        if (member != null && !lives && isReachable && watcher.process.isAlive()) {
            watched.remove(path);
            watcher.sync.processDied(member);
        }
    }

    // ---- clients

    void announced(SimulatedDirector by) {
        owner = by.name;
    }

    void relayed(String to, SimulatedDatapath.Packet packet) {
        timeline.at(timeline.now() + MS / 10, () -> send(to, packet));
    }

    private void clients() {
        timeline.at(timeline.now() + timeline.between(2 * MS, 60 * MS), () -> {
            if (hasClients) {
                client();
            }
            clients();
        });
    }

    private void client() {
        boolean isAstray = isFrontCut() && timeline.random.nextBoolean();
        var to = isAstray ? machines.get(timeline.random.nextInt(machines.size())).name : owner;
        boolean ends = claims.live().size() > timeline.random.nextInt(LIVE_MAX);
        if (ends) {
            int key = claims.live().get(timeline.random.nextInt(claims.live().size()));
            send(to, new SimulatedDatapath.Packet(key, true));
        } else {
            send(to, new SimulatedDatapath.Packet(++lastKey, false));
        }
    }

    private void send(String to, SimulatedDatapath.Packet packet) {
        director(to)
                .filter(_ -> machines.stream().noneMatch(m -> m.name.equals(to) && m.isFrozen))
                .ifPresent(director -> director.datapath.arrives(packet));
    }

    /// Zeroed memory that is not there before it is used, until the end of this cluster.
    MemorySegment untouchedMemory(long bytes, long alignment) {
        long address = Memory.allocate(bytes);
        return MemorySegment.ofAddress(address).reinterpret(bytes, memory, _ -> Memory.free(address, bytes));
    }

    @Override
    public void close() {
        memory.close();
    }

    String describe() {
        return String.join(
                "\n", directors().stream().map(SimulatedDirector::describe).toList());
    }
}
