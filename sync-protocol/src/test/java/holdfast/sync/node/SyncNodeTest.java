package holdfast.sync.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.conf.Ipv4;
import holdfast.sync.ClusterKey;
import holdfast.sync.ClusterKeys;
import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;
import holdfast.sync.KeyUse;
import holdfast.sync.ModelDirector;
import holdfast.sync.ModelWorker;
import holdfast.sync.Refused;
import holdfast.sync.ServiceLink;
import holdfast.sync.Standing;
import holdfast.sync.StreamRole;
import holdfast.sync.SyncState;
import holdfast.sync.SyncStatus;
import holdfast.sync.TableSize;
import holdfast.sync.Whereabouts;
import holdfast.sync.Word;
import holdfast.sync.jgroups.BrokenView;
import holdfast.sync.jgroups.GroupChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whole nodes over real JGroups multicast on the loopback interface; members that die or freeze are JVMs of their
/// own.
@Timeout(60)
@Tag("slow")
public class SyncNodeTest {
    static final ClusterKeys KEYS = ClusterKeys.of(ClusterKey.of(new byte[32]));
    private static final AtomicInteger PORTS =
            new AtomicInteger(46_000 + (int) (ProcessHandle.current().pid() % 2000));

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Process> children = new ArrayList<>();
    private final int port = PORTS.addAndGet(2);

    public static final class Heard implements SyncNode.Listener {
        final Queue<String> died = new ConcurrentLinkedQueue<>();
        final Queue<Integer> terms = new ConcurrentLinkedQueue<>();
        final Queue<ByteBuffer> handovers = new ConcurrentLinkedQueue<>();
        final Queue<SyncState> states = new ConcurrentLinkedQueue<>();
        final Map<String, Word> words = new ConcurrentHashMap<>();
        final Queue<ConfigMessage> configMessages = new ConcurrentLinkedQueue<>();
        final Map<String, ConfigVersion> configs = new ConcurrentHashMap<>();
        final Queue<String> twins = new ConcurrentLinkedQueue<>();
        volatile long diedAt;

        @Override
        public void peerProcessDied(String member) {
            diedAt = System.nanoTime();
            died.add(member);
        }

        @Override
        public void peerTerm(int term) {
            terms.add(term);
        }

        @Override
        public boolean handover(String from, ByteBuffer step) {
            return step.hasRemaining() && handovers.add(step);
        }

        @Override
        public void standbyState(String member, SyncState state) {
            states.add(state);
        }

        @Override
        public void peerWord(String member, Whereabouts whereabouts, Word word, long ageNanos) {
            words.put(member, word);
        }

        @Override
        public void config(String from, ConfigMessage message) {
            configMessages.add(message);
        }

        @Override
        public void peerConfig(String member, ConfigVersion config) {
            configs.put(member, config);
        }

        @Override
        public void twin(String address) {
            twins.add(address);
        }
    }

    private record Director(SyncNode node, ModelWorker worker, Heard heard) {
        SyncState own() {
            return node.status().state().orElse(SyncState.UNKNOWN);
        }

        SyncState sees(String member) {
            return peer(member).map(SyncStatus.Peer::state).orElse(SyncState.UNKNOWN);
        }

        /// Its lag, once there is a sample.
        SyncStatus.Lag awaitLag(String member) {
            return await().until(() -> peer(member).flatMap(SyncStatus.Peer::lag), Optional::isPresent)
                    .orElseThrow();
        }

        Optional<SyncStatus.Peer> peer(String member) {
            return node.status().peers().stream()
                    .filter(peer -> peer.name().equals(member))
                    .findFirst();
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (Process child : children) {
            child.destroyForcibly();
            child.waitFor();
        }
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void aJoiningStandbyGetsTheTableAndThenEveryChange() {
        Director active = start("d1");
        active.worker().promote(2, 100_000);
        active.node().active(2);
        await().until(active.worker()::isActive);
        long joinsAt = System.nanoTime();
        Director standby = start("d2");
        long joinedAt = System.nanoTime();
        await().pollInterval(5, TimeUnit.MILLISECONDS).until(() -> standby.own() == SyncState.EQUAL);
        long equalAt = System.nanoTime();
        assertThat(standby.worker().tables.digest())
                .isEqualTo(active.worker().tables.digest());

        active.worker().rate(2_000, 100_000);
        await().during(1000, TimeUnit.MILLISECONDS).until(() -> true);
        SyncStatus.Lag low = active.awaitLag("d2");
        active.worker().rate(50_000, 100_000);
        await().during(1000, TimeUnit.MILLISECONDS).until(() -> true);
        active.worker().rate(0, 1_000_000);
        await().until(() ->
                active.worker().tables.digest() == standby.worker().tables.digest());
        await().until(() -> active.sees("d2") == SyncState.EQUAL);
        SyncStatus.Lag high = active.awaitLag("d2");
        SyncStatus.Counters counters = active.node().status().counters();
        System.out.printf(
                "sync: channel joined in %d ms, equal with 100000 entries after %d ms more; lag at 2000/s %s us, then at"
                        + " 50000/s %s us; counters %s%n",
                (joinedAt - joinsAt) / 1_000_000, (equalAt - joinedAt) / 1_000_000, low, high, counters);
        assertThat(counters.deltasLost()).isZero();
        await().untilAsserted(() ->
                assertThat(active.peer("d2").orElseThrow().unsyncedTemplates()).hasValue(0));
        assertThat(standby.heard().terms).contains(2);

        var step = ByteBuffer.wrap(new byte[] {7, 8, 9});
        active.node().send("d2", 2, step);
        await().until(() -> !standby.heard().handovers.isEmpty());
        assertThat(standby.heard().handovers).containsExactly(step);
        active.node().send("d2", 0, ByteBuffer.allocate(0));
        await().untilAsserted(
                        () -> assertThat(standby.node().status().counters().refused())
                                .as("a step that the election cannot read is counted")
                                .containsEntry(Refused.MALFORMED, 1L));
    }

    @Test
    void aStandbyThatIsPromotedServesTheOldActive() {
        Director first = start("d1");
        first.worker().promote(2, 500);
        first.node().active(2);
        Director second = start("d2");
        await().until(() -> second.own() == SyncState.EQUAL);
        second.worker().promote(3, 0);
        second.node().active(3);
        await().until(() -> first.node().status().highestTerm() == 3);
        assertThat(first.node().status().role()).as("only vrrp moves the role").isEqualTo(StreamRole.ACTIVE);
        assertThat(first.node().status().trouble().orElse("")).contains("two directors are active");
        assertThat(first.heard().terms).as("asked while the other is active").isEmpty();
        first.worker().demote();
        first.node().standby();
        await().until(() -> first.heard().terms.contains(3));
        await().until(() -> first.own() == SyncState.EQUAL);
        assertThat(first.worker().tables.digest())
                .isEqualTo(second.worker().tables.digest());
    }

    @Test
    void aMemberThatLeavesIsNoDeath() {
        Director active = start("d1");
        active.node().active(1);
        Director standby = start("d2");
        await().until(() -> active.peer("d2").isPresent());
        standby.node().close();
        await().until(() -> active.sees("d2") == SyncState.GONE);
        await().during(300, TimeUnit.MILLISECONDS)
                .until(() -> active.heard().died.isEmpty());
    }

    @Test
    void aKilledProcessIsReportedByItsLifeline() throws Exception {
        Director survivor = start("d1");
        survivor.worker().promote(2, 100);
        survivor.node().active(2);
        Process child = child("d2");
        await().pollInterval(5, TimeUnit.MILLISECONDS).until(() -> survivor.sees("d2") == SyncState.EQUAL);
        long killedAt = System.nanoTime();
        child.destroyForcibly();
        await().pollInterval(1, TimeUnit.MILLISECONDS)
                .until(() -> !survivor.heard().died.isEmpty());
        long millis = (survivor.heard().diedAt - killedAt) / 1_000_000;
        System.out.printf("sync: process death of d2 reported after %d ms%n", millis);
        assertThat(survivor.heard().died)
                .as("only a lifeline says that a process died")
                .containsExactly("d2");
    }

    @Test
    void aFrozenStandbyNeverHoldsUpTheActive() throws Exception {
        Director active = start("d1");
        active.worker().promote(2, 1000);
        active.node().active(2);
        Process child = child("d2");
        await().pollInterval(5, TimeUnit.MILLISECONDS).until(() -> active.sees("d2") == SyncState.EQUAL);
        active.worker().rate(20_000, 100_000);
        await().during(700, TimeUnit.MILLISECONDS).until(() -> active.sees("d2") == SyncState.EQUAL);
        signal(child, "STOP");
        active.worker().takeOutMax();
        long frozenAt = System.nanoTime();
        long stateKnownAfter = 0;
        long oldestMs = 0;
        while (System.nanoTime() - frozenAt < TimeUnit.SECONDS.toNanos(2)) {
            SyncStatus.Peer peer = active.peer("d2").orElseThrow();
            if (stateKnownAfter == 0 && peer.state() != SyncState.EQUAL) {
                stateKnownAfter = (System.nanoTime() - frozenAt) / 1_000_000;
                oldestMs = peer.oldestUnsyncedMs().orElse(-1);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        int backlog = active.worker().takeOutMax();
        long lost = active.worker().tables.lost();
        signal(child, "CONT");
        active.worker().rate(0, 1_000_000);
        await().atMost(20, TimeUnit.SECONDS).until(() -> active.sees("d2") == SyncState.EQUAL);
        System.out.printf(
                "sync: frozen standby: no longer equal after %d ms (oldest unsynced %d ms), worker's ring held at most %d"
                        + " records at 20000/s, lost %d; died reported %s; equal again %d ms after the freeze began; %s%n",
                stateKnownAfter,
                oldestMs,
                backlog,
                lost,
                active.heard().died,
                (System.nanoTime() - frozenAt) / 1_000_000,
                active.node().status().counters());
        assertThat(lost).isZero();
        assertThat(backlog).as("records that waited for the sync thread").isLessThan(20_000);
        assertThat(active.heard().died).as("frozen is not dead").isEmpty();
    }

    @Test
    void wordsTravelOnTheInterconnectAndOnServiceLinks() {
        var link = List.of(new ServiceLink("lo", 0x7f000001));
        Director first = start(options("d1", port), link);
        Director second = start(options("d2", port), link);
        var word = new Word(
                Standing.STANDBY,
                7,
                Map.of("d1", 9L),
                List.of("warming"),
                List.of(1),
                List.of("10.0.0.0/8"),
                List.of("10.0.0.0/9"),
                5,
                Optional.of(new TableSize(750, 20)));
        second.node().word(word);
        await().untilAsserted(() -> assertThat(first.heard().words).containsEntry("d2", word));
        await().untilAsserted(() -> {
            SyncStatus.Peer peer = first.peer("d2").orElseThrow();
            assertThat(peer.says()).isEqualTo(word);
            assertThat(peer.paths()).containsOnlyKeys("interconnect", "lo");
        });
        second.node().serviceLinks(List.of(new ServiceLink("no-such-link", 0)));
        await().untilAsserted(() -> assertThat(first.peer("d2").orElseThrow().paths())
                .hasEntrySatisfying("lo", ms -> assertThat(ms).isGreaterThan(300))
                .hasEntrySatisfying("interconnect", ms -> assertThat(ms).isLessThan(300)));
        second.node().serviceLinks(link);
        await().untilAsserted(() -> assertThat(first.peer("d2").orElseThrow().paths())
                .hasEntrySatisfying("lo", ms -> assertThat(ms).isLessThan(300)));
    }

    @Test
    void aSecondDirectorOfANameIsToldAndThePairStaysEqual() {
        Director elder = start("d1");
        elder.worker().promote(2, 500);
        elder.node().active(2);
        Director standby = start("d2");
        await().until(() -> standby.own() == SyncState.EQUAL);
        await().during(1100, TimeUnit.MILLISECONDS).until(() -> true); // so that nobody started together with it
        Director twin = start("d1");
        await().untilAsserted(() -> assertThat(twin.heard().twins).containsExactly("127.0.0.1"));
        await().untilAsserted(() -> assertThat(standby.node().status().strangers())
                .isNotEmpty()
                .allMatch(stranger ->
                        stranger.reason() == Refused.TWIN && stranger.name().equals("d1")));
        assertThat(standby.own()).isEqualTo(SyncState.EQUAL);
        assertThat(elder.sees("d2")).isEqualTo(SyncState.EQUAL);
        twin.node().close();
        await().during(800, TimeUnit.MILLISECONDS).until(() -> standby.own() == SyncState.EQUAL);
        assertThat(elder.heard().twins).isEmpty();
        assertThat(standby.heard().died).isEmpty();
    }

    @Test
    void aDirectorWithAnotherKeyIsNamedByItsAddress() {
        Director honest = start("d1");
        var options = options("d2", port);
        byte[] other = new byte[32];
        other[0] = 1;
        start(
                new SyncNode.Options(
                        options.cluster(),
                        options.group(),
                        options.member(),
                        options.bindAddress(),
                        options.multicastAddress(),
                        options.multicastPort(),
                        ClusterKeys.of(ClusterKey.of(other)),
                        options.config(),
                        options.whereabouts(),
                        options.serviceLinks()),
                List.of(new ServiceLink("lo", 0x7f000001)));
        honest.node().serviceLinks(List.of(new ServiceLink("lo", 0x7f000001)));
        await().untilAsserted(() -> assertThat(honest.node().status().strangers())
                .singleElement()
                .extracting(SyncStatus.Stranger::address, SyncStatus.Stranger::reason)
                .containsExactly("127.0.0.1", Refused.UNKNOWN_KEY));
        assertThat(honest.node().status().peers()).isEmpty();
    }

    @Test
    void aKeyIsReplacedWhileThePairStaysEqual() {
        Director active = start("d1");
        active.worker().promote(2, 500);
        active.node().active(2);
        Director standby = start("d2");
        await().until(() -> active.sees("d2") == SyncState.EQUAL);
        active.worker().rate(1000, 100_000);
        ClusterKey old = KEYS.current();
        ClusterKey fresh = ClusterKey.of(Arrays.copyOf(new byte[] {2}, ClusterKey.BYTES));
        for (var step : List.of(ClusterKeys.of(old, fresh), ClusterKeys.of(fresh, old), ClusterKeys.of(fresh))) {
            for (Director each : List.of(active, standby)) {
                each.node().keys(step);
                long sent = active.node().status().counters().deltasSent();
                await().until(() -> active.node().status().counters().deltasSent() > sent + 50
                        && active.sees("d2") == SyncState.EQUAL);
            }
            for (Director each : List.of(active, standby)) {
                await().until(() -> each.node().keyUse().peers().stream()
                        .map(KeyUse.Peer::fingerprint)
                        .toList()
                        .equals(List.of(step.current().fingerprint())));
            }
        }
        assertThat(active.node().status().strangers()).isEmpty();
        assertThat(standby.node().status().counters().refused().get(Refused.UNKNOWN_KEY))
                .isZero();
        standby.node().keys(KEYS);
        await().until(() -> active.sees("d2") == SyncState.UNKNOWN);
        await().untilAsserted(() -> assertThat(active.node().status().strangers())
                .extracting(SyncStatus.Stranger::reason)
                .containsExactly(Refused.UNKNOWN_KEY));
    }

    @Test
    void aRestartedDirectorIsBelievedAgain() {
        Director active = start("d1");
        active.worker().promote(2, 500);
        active.node().active(2);
        start("d2").node().close();
        Director again = start("d2");
        await().until(() -> again.own() == SyncState.EQUAL);
        await().until(() -> active.sees("d2") == SyncState.EQUAL);
    }

    @Test
    void aBrokenSyncThreadShowsNothingOldAndTellsThatNothingIsKnown() {
        Director active = start("d1");
        active.worker().promote(2, 500);
        active.node().active(2);
        Director standby = start("d2");
        await().until(() -> standby.own() == SyncState.EQUAL);
        standby.worker().tables.onWakeUp = () -> {
            throw new StackOverflowError("planted");
        };
        active.worker().rate(100, 100_000);
        await().until(() -> standby.node().status().trouble().isPresent());
        SyncStatus status = standby.node().status();
        assertThat(status.trouble().orElseThrow()).contains("the sync thread has ended by a bug", "planted");
        assertThat(status.state()).hasValue(SyncState.UNKNOWN);
        assertThat(status.peers()).singleElement().satisfies(peer -> {
            assertThat(peer.state()).isEqualTo(SyncState.UNKNOWN);
            assertThat(peer.says()).isEqualTo(Word.UNKNOWN);
            assertThat(peer.lastHeardMs()).isEmpty();
        });
        await().untilAsserted(() -> assertThat(standby.heard().states).last().isEqualTo(SyncState.UNKNOWN));
    }

    @Test
    void aStuckSyncThreadShowsNothingOld() {
        Director active = start("d1");
        active.worker().promote(2, 500);
        active.node().active(2);
        Director standby = start("d2");
        await().until(() -> standby.own() == SyncState.EQUAL);
        var release = new CountDownLatch(1);
        standby.worker().tables.onWakeUp = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        active.worker().rate(100, 100_000);
        await().until(() -> standby.own() == SyncState.UNKNOWN);
        assertThat(standby.node().status().trouble().orElseThrow()).contains("has not answered for");
        standby.worker().tables.onWakeUp = () -> {};
        release.countDown();
        await().until(() -> standby.node().status().trouble().isEmpty());
    }

    @Test
    void aMemberThatIsInNoViewIsServedAllTheSameAndTheChannelIsJoinedAnew() throws Exception {
        Director active = start("d1");
        active.worker().promote(2, 500);
        active.node().active(2);
        Director standby = start("d2");
        await().until(() -> standby.own() == SyncState.EQUAL);
        BrokenView.isolate(channel(active));
        BrokenView.isolate(channel(standby));
        active.worker().rate(200, 100_000);
        assertThat(BrokenView.members(channel(active))).isEqualTo(1);
        active.node().send("d2", 2, ByteBuffer.allocate(1));
        await().until(() -> !standby.heard().handovers.isEmpty());
        long acked = active.peer("d2").orElseThrow().lastAckMs().orElseThrow();
        assertThat(acked).as("acks need no view").isLessThan(500);
        await().atMost(15, TimeUnit.SECONDS).until(() -> BrokenView.members(channel(active)) == 2);
        active.worker().rate(0, 1_000_000);
        await().until(() -> active.sees("d2") == SyncState.EQUAL);
        await().until(() -> standby.own() == SyncState.EQUAL);
        assertThat(standby.worker().tables.digest())
                .isEqualTo(active.worker().tables.digest());
    }

    private static GroupChannel channel(Director of) throws ReflectiveOperationException {
        var field = SyncNode.class.getDeclaredField("channel");
        field.setAccessible(true);
        return (GroupChannel) field.get(of.node());
    }

    private Director start(String name) {
        return start(options(name, port), List.of());
    }

    private Director start(SyncNode.Options options, List<ServiceLink> links) {
        var worker = new ModelWorker();
        var heard = new Heard();
        var node = SyncNode.start(options, worker.tables, heard);
        node.serviceLinks(links);
        worker.with(node);
        open.add(node);
        open.add(worker);
        return new Director(node, worker, heard);
    }

    public static SyncNode.Options options(String name, int port) {
        return new SyncNode.Options(
                "holdfast-test",
                "web",
                name,
                Ipv4.of("127.0.0.1"),
                Ipv4.of("239.255.70.1"),
                port,
                KEYS,
                ConfigVersion.ofFile("hash"),
                new Whereabouts(0, 100, Map.of("lo", 0x020000000001L)),
                List.of());
    }

    private Process child(String name) throws IOException {
        var process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ModelDirector.class.getName(),
                        name,
                        Integer.toString(port))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        children.add(process);
        return process;
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
