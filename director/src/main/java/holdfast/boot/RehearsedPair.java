package holdfast.boot;

import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.json.AdminJson;
import holdfast.conf.Configuration;
import holdfast.conf.Ipv4;
import holdfast.forward.Lease;
import holdfast.forward.Links;
import holdfast.group.ElectionInbox;
import holdfast.group.Replication;
import holdfast.group.RoleChange;
import holdfast.group.Voice;
import holdfast.linux.Clock;
import holdfast.sync.TableSize;
import holdfast.sync.node.SyncRehearsal;
import holdfast.vip.HandoverCodec;
import holdfast.vip.HandoverMessage;
import holdfast.vip.node.VipRehearsal;
import holdfast.vrrp.Vrrp;
import holdfast.worker.Announcers;
import holdfast.worker.DatapathRehearsal;
import holdfast.worker.GroupDatapath;
import holdfast.worker.LinkState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Two throw-away directors in one thread: no link, socket, disk or clock of theirs is real, but all of their code is.
///
/// A round is the life of a pair: one director serves, the other follows; a planned failover with both of its sides;
/// relayed late packets; the end. Then they change places. Elections with deaths and pauses run beside it in virtual
/// time.
final class RehearsedPair implements AutoCloseable {
    /// What the names of all threads that rehearse begin with.
    static final String THREAD = "rehearsal";

    private static final Configuration.VipGroup GROUP = new Configuration.VipGroup(
            "rehearsal",
            51,
            "wan",
            100,
            false,
            100,
            Configuration.AdvertChecksum.PSEUDO_HEADER,
            Configuration.Trust.SEALED,
            new Configuration.Garp(List.of(), 0),
            List.of(new Configuration.Vip(Ipv4.of("192.0.2.10"), "wan")));
    private static final Links LINKS = new Links(List.of(new Links.Link("wan", 1, 1, 1500, 1)));
    /// Another thread is slow to answer where many wait for a CPU, and after these rounds the calls of an election
    /// are linked.
    private static final int ELECTED_ROUNDS = 4;

    private static final long MOMENT_NS = 20_000;
    private static final byte[] REQUEST = "{\"reason\":\"rehearsal\"}".getBytes(StandardCharsets.US_ASCII);

    private final Side first = new Side(true);
    private final Side second = new Side(false);
    private final SyncRehearsal sync =
            new SyncRehearsal(first.datapath.group(), second.datapath.group(), this::turnWorkers);
    private final VipRehearsal elections = new VipRehearsal();
    private int term;
    private int rounds;

    private final class Side implements AutoCloseable {
        final boolean isFirst;
        final DatapathRehearsal datapath = new DatapathRehearsal();
        final Replication replication = new Replication(_ -> {});
        final RoleChange election = new RoleChange(
                () -> GROUP,
                () -> LINKS,
                new Announcers(new Links(List.of()))::send,
                datapath.group(),
                new Lease(),
                _ -> term,
                replication,
                new Voice(() -> GROUP, 1, new TableSize(1, 1), replication),
                List::of,
                Clock::boottime);

        Side(boolean isFirst) {
            this.isFirst = isFirst;
        }

        void promote(Vrrp.Cause cause) {
            term++;
            if (rounds < ELECTED_ROUNDS) {
                elect(new Vrrp.Promotion(cause, 0, 0));
            } else {
                var serves = datapath.group().activate(term, Long.MAX_VALUE);
                datapath.turn();
                serves.join();
            }
            sync.active(isFirst, term);
        }

        /// Runs the worker's side of a promotion: the election waits for the worker, and both are this thread.
        private void elect(Vrrp.Promotion promotion) {
            var elected = CompletableFuture.runAsync(
                    () -> election.becomeActive(promotion, promotedUntil(promotion)),
                    task -> Thread.ofPlatform().name(THREAD + "-vrrp").start(task));
            while (!elected.isDone()) {
                datapath.turn();
                LockSupport.parkNanos(MOMENT_NS);
            }
            elected.join();
        }

        /// A handover has a time limit, a takeover after a death has none.
        private static long promotedUntil(Vrrp.Promotion promotion) {
            return promotion.cause() == Vrrp.Cause.HANDOVER
                    ? Clock.boottime() + TimeUnit.SECONDS.toNanos(10)
                    : Long.MAX_VALUE;
        }

        @Override
        public void close() {
            datapath.close();
        }
    }

    /// One life of a pair.
    void round() {
        var active = rounds % 2 == 0 ? first : second;
        var standby = active == first ? second : first;
        active.promote(Vrrp.Cause.PEER_PROCESS_DIED);
        serve(active, standby);
        handOver(active, standby);
        serve(standby, active);
        standby.datapath.endAll();
        sync.exchange();
        standby.election.becomeStandby(Vrrp.Reason.SHUTDOWN);
        turnWorkers();
        elections.round();
        route();
        answer();
        rounds++;
    }

    int rounds() {
        return rounds;
    }

    GroupDatapath first() {
        return first.datapath.group();
    }

    GroupDatapath second() {
        return second.datapath.group();
    }

    private void serve(Side active, Side standby) {
        active.datapath.takeFrames();
        standby.datapath.takeFrames();
        sync.exchange();
    }

    private void handOver(Side giver, Side taker) {
        sync.send(giver.isFirst, term, HandoverCodec.encode(message()));
        sync.exchange();
        sync.send(taker.isFirst, 0, HandoverCodec.encode(message()));
        giver.election.hold();
        turnWorkers();
        giver.election.resume();
        giver.election.hold();
        sync.exchange();
        giver.election.sendHandover("peer", message());
        taker.promote(Vrrp.Cause.HANDOVER);
        giver.election.relay("peer");
        turnWorkers();
        giver.datapath.takeFrames();
        giver.election.becomeStandby(Vrrp.Reason.HANDED_OVER);
        turnWorkers();
    }

    /// Passes events to an election.
    private static void route() {
        var inbox = new ElectionInbox("wan", LINKS, Clock::boottime);
        inbox.links(new LinkState(LINKS, List.of("rehearsed"), List.of(), List.of(), List.of()));
        inbox.peerProcessDied(1);
        inbox.handover("peer", HandoverCodec.encode(message()));
        inbox.held(1);
    }

    private static HandoverMessage message() {
        return new HandoverMessage(HandoverMessage.Kind.TRANSFER, 1, 1, 0, 0, "");
    }

    /// Builds the answer that an operator gets.
    private static void answer() {
        var request = AdminJson.request(REQUEST, FailoverRequest.class);
        AdminJson.write(new FailoverResult(
                true,
                FailoverResult.Outcome.MOVED,
                List.of(),
                List.of(),
                request.reason(),
                "first",
                "second",
                List.of(new FailoverResult.Step("taken", 1)),
                1L));
    }

    private void turnWorkers() {
        first.datapath.turn();
        second.datapath.turn();
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
