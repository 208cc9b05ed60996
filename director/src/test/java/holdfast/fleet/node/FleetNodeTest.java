package holdfast.fleet.node;

import static holdfast.fleet.Samples.D1;
import static holdfast.fleet.Samples.D2;
import static holdfast.fleet.Samples.D3;
import static holdfast.fleet.Samples.audit;
import static holdfast.fleet.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import holdfast.admin.Event;
import holdfast.admin.FleetView;
import holdfast.admin.Role;
import holdfast.fleet.DirectorId;
import holdfast.fleet.News;
import holdfast.fleet.Samples;
import holdfast.fleet.wire.FleetCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FleetNodeTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<FleetNode> nodes = new ArrayList<>();
    private final Network network = new Network();

    @AfterEach
    void close() {
        nodes.forEach(FleetNode::close);
    }

    /// Carries at once, unless it is cut.
    private static final class Network {
        final Map<String, byte[]> values = new ConcurrentHashMap<>();
        final List<Carrier.Ear> ears = new CopyOnWriteArrayList<>();
        volatile boolean isCut;

        Carrier join(Carrier.Ear ear) {
            ears.forEach(Carrier.Ear::joined);
            ears.add(ear);
            values.forEach(ear::heard);
            return new Silent() {
                @Override
                public void publish(String key, byte[] value) {
                    if (!isCut) {
                        values.put(key, value);
                        ears.forEach(each -> each.heard(key, value));
                    }
                }
            };
        }
    }

    /// Carries nothing.
    private static class Silent implements Carrier {
        @Override
        public void publish(String key, byte[] value) {}

        @Override
        public void remove(String key) {}

        @Override
        public List<String> members() {
            return List.of();
        }

        @Override
        public Optional<String> trouble() {
            return Optional.of("nothing is carried");
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private static class Surroundings implements FleetSurroundings {
        private final DirectorId who;
        final Role role;
        final List<Event> events = new CopyOnWriteArrayList<>();
        final List<String> taken = new CopyOnWriteArrayList<>();
        volatile String text = "own";
        volatile Taken outcome = new Taken.InForce();

        Surroundings(DirectorId who, Role role) {
            this.who = who;
            this.role = role;
        }

        @Override
        public FleetView.Member self(FleetView.@Nullable Follows follows) {
            return Samples.said(who, role);
        }

        @Override
        public List<Event> eventsAfter(long number) {
            return events.stream().filter(event -> event.number() > number).toList();
        }

        @Override
        public Optional<News.SharedCopy> shared() {
            return role == Role.ACTIVE ? Optional.of(new News.SharedCopy(who, 6, "1.6", text)) : Optional.empty();
        }

        @Override
        public String presentText() {
            return text;
        }

        @Override
        public Optional<String> lastTaken() {
            return Optional.empty();
        }

        @Override
        public Taken take(News.SharedCopy copy, String reason) {
            taken.add(reason);
            return outcome;
        }
    }

    private FleetNode node(DirectorId who, Surroundings around, @Nullable String follows) {
        var node = FleetNode.start("north", who, Optional.ofNullable(follows), around, network::join);
        nodes.add(node);
        return node;
    }

    @Test
    void everyDirectorShowsAllAndTheHistoryOfADeadOne() {
        var around = new Surroundings(D1, Role.ACTIVE);
        around.events.add(event(7, "role changed to=active term=6 cause=PEER_SILENT"));
        var first = node(D1, around, null);
        first.audited(audit(D1, 3, "a".repeat(64)));
        var second = node(D3, new Surroundings(D3, Role.STANDBY), null);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(second.view().directors())
                    .extracting(FleetView.Member::director)
                    .containsExactly("d3", "d1");
            assertThat(first.view().directors()).hasSize(2);
            assertThat(second.history(10).changes()).extracting("director").containsExactly("d1");
            assertThat(second.history(10).audit()).hasSize(1);
        });
        first.close();
        var third = node(D2, new Surroundings(D2, Role.STANDBY), null);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(third.view().directors()).hasSize(3);
            assertThat(third.history(10).changes()).hasSize(1);
            assertThat(third.history(10).audit()).hasSize(1);
        });
    }

    @Test
    void anotherRevisionIsTakenOnceByTheActiveOfThePairThatFollows() {
        var followed = new Surroundings(D1, Role.ACTIVE);
        followed.text = "services: []\n";
        var follower = new Surroundings(D3, Role.ACTIVE);
        follower.outcome = new FleetSurroundings.Taken.Refused("it has a VIP without a network", true);
        node(D1, followed, null);
        var node = node(D3, follower, "front");
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(follower.taken).singleElement().asString().startsWith("follows front revision 1.6 (");
            assertThat(node.view().directors().getFirst().director()).isEqualTo("d3");
        });
        followed.text = "services: [other]\n";
        await().atMost(SOON).untilAsserted(() -> assertThat(follower.taken).hasSize(2));
    }

    @Test
    void withoutALinkItShowsItselfAndSaysWhatIsWrong() {
        var around = new Surroundings(D1, Role.ACTIVE);
        var node = FleetNode.start("north", D1, Optional.empty(), around, _ -> new Silent());
        nodes.add(node);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(node.view().directors()).hasSize(1);
            assertThat(node.view().troubles()).containsExactly("nothing is carried");
        });
    }

    @Test
    void aCutLinkLeavesTheLastKnownWithItsAge() {
        var node = node(D1, new Surroundings(D1, Role.ACTIVE), null);
        node(D3, new Surroundings(D3, Role.STANDBY), null);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(node.view().directors()).hasSize(2));
        network.isCut = true;
        await().atMost(SOON).untilAsserted(() -> {
            var other = node.view().directors().getFirst();
            assertThat(other.director()).isEqualTo("d3");
            assertThat(other.heardAgeMs()).isGreaterThan(3000);
            assertThat(node.view().directors().getLast().heardAgeMs()).isLessThan(3000);
        });
    }

    /// A status that hangs keeps the thread; nobody else waits for it.
    @Test
    void whileItsThreadHangsEveryCallReturnsAtOnce() throws InterruptedException {
        var hangs = new CountDownLatch(1);
        var ends = new CountDownLatch(1);
        var around = new Surroundings(D1, Role.ACTIVE) {
            @Override
            public FleetView.Member self(FleetView.@Nullable Follows follows) {
                hangs.countDown();
                try {
                    ends.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.self(follows);
            }
        };
        var node = node(D1, around, null);
        hangs.await();
        long began = System.nanoTime();
        for (int number = 1; number < 10_000; number++) {
            node.audited(audit(D1, number, "a".repeat(64)));
            node.heard("summary/back/d3", new byte[] {1});
        }
        assertThat(node.view().directors()).isEmpty();
        assertThat(node.view().counters().get("notes-dropped")).isGreaterThan(15_000);
        assertThat(node.history(10).audit()).isEmpty();
        node.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        ends.countDown();
    }

    @Test
    void garbageAndWordsInOurNameAreRefused() {
        var node = node(D1, new Surroundings(D1, Role.ACTIVE), null);
        node.heard("summary/back/d3", "garbage".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var forged = Samples.summary(D1, Long.MAX_VALUE, 9, Role.FAULT);
        node.heard(forged.key(), FleetCodec.write(forged).orElseThrow());
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(node.view().counters()).containsEntry("values-refused", 1L);
            assertThat(node.view().directors())
                    .singleElement()
                    .extracting(FleetView.Member::role)
                    .isEqualTo(Role.ACTIVE);
        });
    }
}
