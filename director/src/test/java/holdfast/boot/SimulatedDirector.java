package holdfast.boot;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.Status;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.control.IdleWorker;
import holdfast.control.StatusAnswer;
import holdfast.forward.Links;
import holdfast.group.Group;
import holdfast.group.Readouts;
import holdfast.group.RoleChange;
import holdfast.group.Terms;
import holdfast.revision.Ear;
import holdfast.sim.SimulatedProcess;
import holdfast.sim.Timeline;
import holdfast.sync.MemberId;
import holdfast.sync.SimulatedSync;
import holdfast.sync.SyncMessage;
import holdfast.sync.SyncState;
import holdfast.sync.TableSize;
import holdfast.vip.FailoverRecord;
import holdfast.vip.HandoverMessage;
import holdfast.vip.OwnWord;
import holdfast.vip.Preflight;
import holdfast.vip.SimulatedElection;
import holdfast.vrrp.Vrrp;
import holdfast.worker.LinkState;
import holdfast.worker.SimulatedDatapath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/// One run of a director in virtual time: the product's parts joined by the product's [Group]. Only its three threads
/// ([SimulatedElection], [SimulatedSync], [SimulatedDatapath]), its links, its clients and its disk are simulated.
final class SimulatedDirector {
    private static final String VIP = "192.0.2.10";
    private static final long WRITE_MAX = 20 * Timeline.MS;

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

    private final SimulatedCluster cluster;
    private final Timeline timeline;
    private final long clockOffset;
    private final Terms terms;
    private final Links links;
    private final Group group;
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
        terms = Terms.of(machine.disk.open(), this::soon, Runnable::run, _ -> {});
        long mac = 0x02_00_00_00_00_00L + 2L * (machine.address & 0xff);
        links = new Links(List.of(new Links.Link("front", 2, mac, 1500, machine.address)));
        var configuration = configuration(machine, cluster.interval);
        group = new Group(
                name,
                configuration.groups().getFirst(),
                machine.address,
                new TableSize(
                        configuration.datapath().connectionsMax(),
                        configuration.datapath().templatesMax()),
                links,
                terms,
                this::clock);
        datapath = new SimulatedDatapath(
                process,
                timeline,
                clockOffset,
                mac,
                group.lease(),
                cluster.probes,
                cluster::untouchedMemory,
                group.ofDatapath(),
                new OfClients());
        sync = new SimulatedSync(
                name,
                new UUID(timeline.random.nextLong(), timeline.random.nextLong()),
                group.where(),
                process,
                timeline,
                clockOffset,
                datapath,
                group.ofSync(this::clock, datapath::vouchedUntil, this::twin, Ear.DEAF),
                cluster.new WireOf(this));
        datapath.reader(sync::wakeUp);
        group.start(sync);
        roles = group.roleChange(
                datapath,
                (_, _) -> Optional.empty(),
                () -> terms.trouble().stream().toList());
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
        group.start(election);
        datapath.strand().stalls(() -> cluster.datapathStall.getAsLong());
        sync.strand().stalls(() -> cluster.syncStall.getAsLong());
        election.strand().stalls(() -> cluster.electionStall.getAsLong());
        status = new StatusAnswer(
                () -> configuration,
                () -> new Status.Config("0.0", true, false, 0, 0, 0),
                idle.datapath,
                election::status,
                group.replication()::status,
                terms::current,
                Readouts.of(group, List::of, election::status));
    }

    /// On the disk's thread, which takes a while, and ends with the process.
    private void soon(Runnable write) {
        timeline.at(timeline.now() + timeline.between(0, WRITE_MAX), () -> {
            if (process.isAlive()) {
                write.run();
            }
        });
    }

    private void twin(String address) {
        throw new AssertionError(name + " has a twin at " + address);
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
        group.links(new LinkState(links, faults, List.of(), List.of(), List.of()));
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
        var to = Optional.ofNullable(readiness.answer().to()).flatMap(group.replication()::peer);
        if (!election.isActive() || !readiness.answer().reasons().isEmpty() || to.isEmpty()) {
            return false;
        }
        election.failover(new Preflight(to.get().name(), to.get().whereabouts().address(), terms.current()), answer);
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
        public void sendHandover(String to, HandoverMessage message) {
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

    private final class OfClients implements SimulatedDatapath.Clients {
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
