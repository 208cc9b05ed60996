package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.FailoverResult.Outcome;
import holdfast.admin.Role;
import holdfast.admin.Sync;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The interconnect is cut under new clients: the readout must show it, nothing may move, and it must heal.
final class SyncCutChaosIT extends PairUnderTest {
    private static final Duration NOTICED_MAX = Duration.ofSeconds(3);
    private static final Duration CUT = Duration.ofSeconds(4);
    private static final long LOOK_INTERVAL = 50_000_000;
    /// The readout may be so much younger than the cut: what was under way, what waited in a socket for a thread that
    /// stood still, and the time of a question.
    private static final long AGE_SLACK_MS = 500;
    /// An older word says nothing about now.
    private static final long WORD_MS_MAX = 1000;

    private interface Cut {
        void make();

        void heal();
    }

    @Test
    void silentCut() throws IOException, InterruptedException {
        cut(new Cut() {
            @Override
            public void make() {
                nft("add table netdev cut");
                nft("add chain netdev cut in { type filter hook ingress devices = { d1-sync, d2-sync } priority 0 ; }");
                nft("add rule netdev cut in drop");
            }

            @Override
            public void heal() {
                nft("add table netdev cut");
                nft("delete table netdev cut");
            }

            private void nft(String command) {
                lab.run("ip", "netns", "exec", "sw", "nft", command);
            }
        });
    }

    @Test
    void unpluggedCable() throws IOException, InterruptedException {
        cut(new Cut() {
            @Override
            public void make() {
                link("down");
            }

            @Override
            public void heal() {
                link("up");
            }

            private void link(String state) {
                lab.run("ip", "-n", "sw", "link", "set", "d1-sync", state);
            }
        });
    }

    private void cut(Cut cut) throws IOException, InterruptedException {
        var active = active();
        var standby = lab.other(active);
        var term = active.status().term();
        afterwards(cut::heal);
        var traffic = Traffic.start();
        cut.make();
        long cutAt = System.nanoTime();
        var states = watch(active, standby, cutAt);
        var refused = active.failover("chaos");
        cut.heal();
        long healedAt = System.nanoTime();
        awaitEqualStandbyOf(active);
        double healed = (System.nanoTime() - healedAt) / 1e9;
        var seen = traffic.stop();
        report("states while cut %s; %s; equal again after %.1f s; %s"
                .formatted(states, refused.blocking(), healed, seen));
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.blocking()).isNotEmpty();
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
        seen.assertHitless();
        assertThat(seen.outage().lost()).as("probes lost").isZero();
    }

    /// Looks at the readout all the time of the cut, from when the last answer before it must have been read: it may
    /// make a standby equal once more that already was behind.
    private Map<Sync.State, Integer> watch(Director active, Director standby, long cutAt) {
        Lab.await(
                active + " notices the cut",
                NOTICED_MAX,
                () -> active.peer(standby).filter(SyncCutChaosIT::isSilent).isPresent());
        var states = new EnumMap<Sync.State, Integer>(Sync.State.class);
        while (System.nanoTime() - cutAt < CUT.toNanos()) {
            long cutMs = (System.nanoTime() - cutAt) / 1_000_000;
            var peer = active.peer(standby).orElseThrow();
            states.merge(peer.state(), 1, Integer::sum);
            assertThat(peer.state())
                    .as("%s ms after the cut: %s", cutMs, peer)
                    .isNotIn(Sync.State.EQUAL, Sync.State.JOINING, Sync.State.DIFFERENT);
            assertThat(peer.lastAckAgeMs())
                    .as("the age of the last answer, %s ms after the cut", cutMs)
                    .satisfiesAnyOf(
                            age -> assertThat(age).isNull(),
                            age -> assertThat(age).isGreaterThanOrEqualTo(cutMs - AGE_SLACK_MS));
            for (var unsynced :
                    new Long[] {peer.backlogDeltas(), peer.unsyncedConnections(), peer.oldestUnsyncedMs()}) {
                assertThat(unsynced)
                        .as("%s ms after the cut, with new clients all the time: %s", cutMs, peer)
                        .satisfiesAnyOf(
                                value -> assertThat(value).isNull(),
                                value -> assertThat(value).isPositive());
            }
            var readiness = active.status().failover();
            assertThat(readiness.safe()).isNotEqualTo(Safe.YES);
            assertThat(readiness.reasons()).anyMatch(reason -> reason.contains("interconnect"));
            assertThat(peer.word())
                    .as("what %s says of itself, which comes by the service links", standby)
                    .satisfies(word -> assertThat(word.ageMs()).isLessThan(WORD_MS_MAX));
            assertThat(active.is(Role.ACTIVE)).isTrue();
            assertThat(standby.is(Role.STANDBY)).isTrue();
            LockSupport.parkNanos(LOOK_INTERVAL);
        }
        return states;
    }

    private static boolean isSilent(Sync.Peer peer) {
        var age = peer.lastAckAgeMs();
        return peer.state() != Sync.State.EQUAL && (age == null || age > AGE_SLACK_MS);
    }
}
