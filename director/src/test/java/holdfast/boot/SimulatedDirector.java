package holdfast.boot;

import holdfast.admin.FailoverReadiness;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.control.IdleWorker;
import holdfast.control.StatusAnswer;
import holdfast.forward.Lease;
import holdfast.forward.Ports;
import holdfast.group.ElectionInbox;
import holdfast.group.Readouts;
import holdfast.group.Replication;
import holdfast.group.RoleChange;
import holdfast.group.StatusSources;
import holdfast.group.TermStore;
import holdfast.group.Voice;
import holdfast.sim.SimulatedProcess;
import holdfast.sim.Timeline;
import holdfast.sync.Equality;
import holdfast.sync.HandoverMessage;
import holdfast.sync.Links;
import holdfast.sync.MemberId;
import holdfast.sync.SimulatedSync;
import holdfast.sync.SyncMessage;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.Word;
import holdfast.sync.node.SyncNode;
import holdfast.vip.FailoverRecord;
import holdfast.vip.OwnWord;
import holdfast.vip.Preflight;
import holdfast.vip.SimulatedElection;
import holdfast.vip.TableState;
import holdfast.vrrp.Vrrp;
import holdfast.worker.LinkState;
import holdfast.worker.SimulatedDatapath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// One run of a director in virtual time: the product's parts joined as [Director] joins them. Only its three threads
/// ([SimulatedElection], [SimulatedSync], [SimulatedDatapath]), its links, its clients and its disk are simulated.
final class SimulatedDirector {
    private static final String VIP = "192.0.2.10";
    private static final long RESERVE_MAX = 20 * Timeline.MS;

    final SimulatedMachine machine;
    final String name;
    final SimulatedProcess process;
    final SimulatedDatapath datapath;
    final SimulatedSync sync;
    final SimulatedElection election;
    final long startedAt;
    /// When its last pause began, and when it ended or it was started.
    long pausedAt;
    long runsSince;
    TableState published = TableState.UNKNOWN;
    long publishedAt;

    private final SimulatedCluster cluster;
    private final Timeline timeline;
    private final long clockOffset;
    private final TermStore terms;
    private final Ports ports;
    private final ElectionInbox inbox;
    private final Replication replication;
    private final RoleChange roles;
    private final StatusAnswer status;

    SimulatedDirector(SimulatedMachine machine, SimulatedCluster cluster, IdleWorker idle) {
        this.machine = machine;
        this.cluster = cluster;
        name = machine.name;
        timeline = cluster.timeline;
        clockOffset = machine.clockOffset;
        startedAt = timeline.now();
        pausedAt = startedAt;
        runsSince = startedAt;
        process = new SimulatedProcess(timeline);
        terms = machine.disk.open();
        reserveSoon();
        long mac = 0x02_00_00_00_00_00L + 2L * (machine.address & 0xff);
        ports = new Ports(List.of(new Ports.Port("front", 2, mac, 1500, machine.address)));
        inbox = new ElectionInbox("front", ports, this::clock);
        replication = new Replication(this::published);
        var configuration = configuration(machine, cluster.interval);
        var group = configuration.groups().getFirst();
        var voice = new Voice(group, machine.address, replication);
        var lease = new Lease();
        datapath = new SimulatedDatapath(
                process, timeline, clockOffset, mac, lease, cluster.probes, cluster::untouchedMemory, new OfDatapath());
        sync = new SimulatedSync(
                name,
                new UUID(timeline.random.nextLong(), timeline.random.nextLong()),
                voice.where(ports),
                process,
                timeline,
                clockOffset,
                datapath,
                new OfSync(),
                cluster.new WireOf(this));
        datapath.reader(sync::wakeUp);
        replication.start(sync);
        voice.begin();
        roles = new RoleChange(
                group,
                () -> ports,
                (_, _) -> Optional.empty(),
                datapath,
                lease,
                this::takeAbove,
                replication,
                voice,
                () -> terms.trouble().stream().toList(),
                this::clock);
        election = new SimulatedElection(
                name,
                process,
                timeline,
                clockOffset,
                machine.address,
                machine.priority,
                machine.preempt,
                cluster.interval,
                new OfElection());
        links(machine.faults);
        inbox.start(election);
        datapath.strand().stalls(() -> cluster.datapathStall.getAsLong());
        sync.strand().stalls(() -> cluster.syncStall.getAsLong());
        election.strand().stalls(() -> cluster.electionStall.getAsLong());
        var sources = new StatusSources(
                () -> Readouts.word(voice.latest()), Readouts::heard, SyncStatus.Peer::paths, List::of, List::of);
        status = new StatusAnswer(
                configuration, idle.worker, election::status, replication::status, terms::current, sources);
    }

    private static Configuration configuration(SimulatedMachine machine, long interval) {
        var group = new Configuration.VipGroup(
                "shop",
                51,
                "front",
                machine.priority,
                machine.preempt,
                (int) (interval / Timeline.MS),
                Configuration.AdvertChecksum.RFC9568,
                Configuration.Trust.SEALED,
                new Configuration.Garp(List.of(), 0),
                List.of(new Configuration.Vip(Ipv4.of(VIP), "front")));
        return new Configuration(
                new Configuration.Director(machine.name, Path.of("/state"), Path.of("/api.sock")),
                new Configuration.Datapath(64, 64, 0, true),
                List.of("front"),
                new Configuration.Cluster(
                        "shop", Ipv4.of("10.0.0.2"), Ipv4.of("239.1.1.1"), 7500, Path.of("/key"), true),
                List.of(group),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }

    void links(List<String> faults) {
        inbox.links(new LinkState(ports, faults, List.of(), List.of(), List.of()));
    }

    boolean isRunning() {
        return process.isRunning();
    }

    /// Whether a client's packet would make a connection here now.
    boolean accepts() {
        return datapath.accepts();
    }

    FailoverReadiness readout() {
        return status.readiness().answer();
    }

    /// The state of our tables as a standby; empty while the sync side is active.
    Optional<SyncState> tables() {
        return sync.status().state();
    }

    long clock() {
        return timeline.now() + clockOffset;
    }

    /// One look of [PlannedFailover]: begins an attempt where nothing speaks against it.
    ///
    /// @return whether one was begun
    boolean tryFailover(Consumer<FailoverRecord> answer) {
        var readiness = status.readiness();
        var to = Optional.ofNullable(readiness.answer().to()).flatMap(replication::peer);
        if (!election.isActive() || !readiness.answer().reasons().isEmpty() || to.isEmpty()) {
            return false;
        }
        election.failover(new Preflight(to.get().name(), to.get().links().address(), terms.current()), answer);
        return true;
    }

    String describe() {
        return "%s %s: %s | %s | sync term %s of %s, highest %d, %s | %s | readout %s %s"
                .formatted(
                        name,
                        !process.isAlive() ? "dead" : process.isPaused() ? "paused" : "runs",
                        election.describe(),
                        datapath.describe(),
                        sync.status().term(),
                        sync.status().active().orElse("nobody"),
                        sync.status().highestTerm(),
                        sync.status().state().map(Enum::name).orElse("writes"),
                        sync.status().trouble().orElse("no trouble"),
                        readout().safe(),
                        readout().reasons());
    }

    private void published(TableState state) {
        if (!published.equals(state)) {
            publishedAt = timeline.now();
        }
        published = state;
        inbox.tables(state);
    }

    private int takeAbove(int seen) {
        int term = terms.takeAbove(seen);
        var _ = terms.use(term);
        reserveSoon();
        return term;
    }

    private void reserveSoon() {
        timeline.at(timeline.now() + timeline.between(0, RESERVE_MAX), () -> {
            if (process.isAlive()) {
                var _ = terms.reserveNext();
            }
        });
    }

    /// Hands everything to the product's [RoleChange], and shows it to the claims.
    private final class OfElection implements SimulatedElection.Listener {
        @Override
        public void servesUntil(long clock) {
            roles.servesUntil(clock);
        }

        /// Waits as [RoleChange#becomeActive] does: for the datapath to answer, or for the end of patience.
        @Override
        public void becomeActive(Vrrp.Promotion promotion, long notAfter, Consumer<Boolean> serves) {
            cluster.claims.promoted(SimulatedDirector.this, promotion);
            var ordered = roles.promote(promotion, notAfter);
            timeline.note(
                    () -> "%s becomes active in term %d by %s".formatted(name, ordered.term(), promotion.cause()));
            var answer = ordered.serves().thenApply(Optional::of);
            var _ = answer.thenAccept(said -> serves.accept(roles.isPromoted(ordered, said)));
            timeline.at(timeline.now() + ordered.patience(), () -> {
                if (process.isAlive()) {
                    answer.complete(Optional.empty());
                }
            });
        }

        @Override
        public void renewTerm(int above) {
            timeline.note(() -> "%s goes on above term %d".formatted(name, above));
            roles.renewTerm(above);
        }

        @Override
        public void becomeStandby(Vrrp.Reason reason) {
            roles.becomeStandby(reason);
        }

        @Override
        public void hold() {
            roles.hold();
        }

        @Override
        public void resume() {
            roles.resume();
        }

        @Override
        public void relay(String peer) {
            machine.relaysTo = peer;
            roles.relay(peer);
        }

        @Override
        public void sendHandover(String to, holdfast.vip.HandoverMessage message) {
            roles.sendHandover(to, message);
        }

        @Override
        public void word(OwnWord word) {
            roles.word(word);
        }

        @Override
        public List<String> unfit() {
            return roles.unfit();
        }

        @Override
        public void sendAdvert(int priority) {
            cluster.advert(SimulatedDirector.this, priority);
        }

        @Override
        public void announce() {
            cluster.announced(SimulatedDirector.this);
        }

        @Override
        public void finished(FailoverRecord record) {
            cluster.claims.finished(SimulatedDirector.this, record);
        }
    }

    /// As in [Director].
    private final class OfSync implements SyncNode.Listener {
        @Override
        public void peerProcessDied(String member) {
            replication.peer(member).map(peer -> peer.links().address()).ifPresent(inbox::peerProcessDied);
        }

        @Override
        public void peerTerm(int term) {
            if (terms.saw(term)) {
                reserveSoon();
            }
            inbox.higherTerm(term);
        }

        @Override
        public void handover(String from, HandoverMessage message) {
            inbox.handover(from, Replication.received(message));
        }

        @Override
        public void standbyState(String member, SyncState state) {
            if (member.equals(name)) {
                replication.state(state);
            }
        }

        @Override
        public void peerWord(String member, Links links, Word word) {
            inbox.peerWord(links, Replication.heard(name, member, links, word));
        }

        @Override
        public void twin(String address) {
            throw new AssertionError(name + " has a twin at " + address);
        }
    }

    private final class OfDatapath implements SimulatedDatapath.Listener {
        @Override
        public void held(long version) {
            inbox.held(version);
        }

        @Override
        public void compared(Equality equality, long applied) {
            replication.compared(equality, applied);
        }

        @Override
        public void heldFull() {
            inbox.heldFull();
        }

        @Override
        public void begins() {
            cluster.claims.begins(SimulatedDirector.this);
        }

        @Override
        public void accepted(int key) {
            cluster.claims.accepted(SimulatedDirector.this, key);
        }

        @Override
        public void ended(int key) {
            cluster.claims.ended(key);
        }

        @Override
        public void relayed(SimulatedDatapath.Packet packet) {
            cluster.relayed(machine.relaysTo, packet);
        }
    }

    /// Messages of the wire that are for this run.
    void arrived(MemberId from, long counter, SyncMessage message, boolean isOnInterconnect) {
        sync.arrived(from, counter, message, isOnInterconnect);
    }
}
