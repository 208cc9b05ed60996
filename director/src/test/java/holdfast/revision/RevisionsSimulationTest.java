package holdfast.revision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.ByHand;
import holdfast.conf.Configuration;
import holdfast.conf.MarkRule;
import holdfast.conf.Revision;
import holdfast.conf.RevisionId;
import holdfast.conf.RevisionText;
import holdfast.conf.Shared;
import holdfast.sync.ConfigMessage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Two to four directors that change their configuration in virtual time: messages are lost, doubled and late, disks
/// are slow and refuse, directors crash at each step, links are cut, and two may be active at once.
class RevisionsSimulationTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final int SEEDS = Integer.getInteger("seeds", 150);
    private static final int FIRST_SEED = Integer.getInteger("seed", 0);

    @Test
    void whateverHappensAllEndOnOneRevisionAndNoneIsLostThatWasAcknowledged() {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Cluster(seed, true).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void mostChangesAreMadeInPeace() {
        int made = 0;
        for (int seed = 0; seed < 50; seed++) {
            made += new Cluster(seed, false).runInPeace();
        }
        assertThat(made).isGreaterThan(50 * 20);
    }

    @Test
    void withOneActiveAtATimeEveryAcknowledgedRevisionLeadsToTheLast() {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Cluster(seed, false).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Cluster {
        private final Random random;
        private final boolean hasSplits;
        private final PriorityQueue<Timed> timeline = new PriorityQueue<>();
        private final List<Node> nodes = new ArrayList<>();
        private final Set<Set<String>> cut = new HashSet<>();
        private final Map<RevisionId, Revision> acknowledged = new TreeMap<>();
        private final int lossPercent;
        private long now = SECOND;
        private long order;
        private int term = 1;
        private int proposals;

        private record Timed(long at, long order, Runnable action) implements Comparable<Timed> {
            @Override
            public int compareTo(Timed other) {
                return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
            }
        }

        Cluster(int seed, boolean hasSplits) {
            random = new Random(seed);
            this.hasSplits = hasSplits;
            lossPercent = random.nextInt(30);
            int count = 2 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                nodes.add(new Node("d" + (i + 1)));
            }
        }

        void run() {
            nodes.forEach(Node::start);
            nodes.getFirst().promote(term);
            for (int i = 0; i < 40; i++) {
                after(random.nextInt(8000) * MS, this::mischief);
            }
            for (int i = 0; i < 25; i++) {
                after(random.nextInt(8000) * MS, this::proposeSomewhere);
            }
            runFor(9 * SECOND);
            heal();
            runFor(10 * SECOND);
            restInOne();
            runFor(15 * SECOND);
            check();
        }

        /// @return the changes made
        int runInPeace() {
            nodes.forEach(Node::start);
            nodes.stream().skip(1).forEach(node -> node.follow(nodes.getFirst().name));
            nodes.getFirst().promote(term);
            for (int i = 0; i < 25; i++) {
                after((1 + i) * SECOND, this::proposeSomewhere);
            }
            runFor(60 * SECOND);
            check();
            return acknowledged.size();
        }

        private void heal() {
            cut.clear();
            nodes.forEach(node -> node.diskFails = false);
            nodes.stream().filter(node -> !node.isUp()).forEach(Node::start);
        }

        private void restInOne() {
            var chosen = nodes.get(random.nextInt(nodes.size()));
            nodes.stream().filter(node -> node != chosen).forEach(node -> node.follow(chosen.name));
            chosen.promote(++term);
        }

        private void check() {
            var newest = nodes.getFirst().held();
            for (var node : nodes) {
                assertThat(node.held()).as("revision of %s", node.name).isEqualTo(newest);
                assertThat(node.inForce.get(node.held()))
                        .as("content of %s on %s", newest, node.name)
                        .isEqualTo(nodes.getFirst().inForce.get(newest));
            }
            for (var entry : acknowledged.entrySet()) {
                assertThat(nodes.stream().anyMatch(node -> {
                            var text = node.disk.get(entry.getKey());
                            return text != null
                                    && revision(text)
                                            .reason()
                                            .equals(entry.getValue().reason());
                        }))
                        .as("%s is kept somewhere", entry.getKey())
                        .isTrue();
            }
            if (!hasSplits) {
                var chain = new HashSet<RevisionId>();
                for (var id = newest; id.isNewerThan(RevisionId.OF_FILE); ) {
                    chain.add(id);
                    var kept = id;
                    var text = nodes.stream()
                            .map(node -> node.disk.get(kept))
                            .filter(found -> found != null)
                            .findFirst()
                            .orElseThrow();
                    id = revision(text).base();
                }
                assertThat(chain).as("all that led to %s", newest).containsAll(acknowledged.keySet());
                var last = nodes.getFirst().inForce.get(newest);
                assertThat(acknowledged.keySet())
                        .as("known to have led to %s", newest)
                        .allMatch(made -> last != null && last.isFrom(made));
            }
            assertThat(nodes).allSatisfy(node -> assertThat(node.unanswered).isEmpty());
            assertThat(nodes).allSatisfy(node -> assertThat(node.looking).isEmpty());
        }

        private void mischief() {
            var node = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(6)) {
                case 0 -> node.crash();
                case 1 -> {
                    if (!node.isUp()) {
                        node.start();
                    }
                }
                case 2 -> node.diskFails = !node.diskFails;
                case 3 -> {
                    if (node.isUp()) {
                        takeOver(node);
                    }
                }
                case 4 -> {
                    var other = nodes.get(random.nextInt(nodes.size()));
                    if (other != node && hasSplits) {
                        cut.add(Set.of(node.name, other.name));
                    }
                }
                default -> cut.clear();
            }
        }

        /// In a world without splits, the new active has heard of the newest revision first, as VRRP lets only an
        /// equal standby take over while another one lives.
        private void takeOver(Node node) {
            var newest = nodes.stream()
                    .filter(Node::isUp)
                    .map(Node::newestOnDisk)
                    .max(RevisionId::compareTo)
                    .orElse(RevisionId.OF_FILE);
            boolean isBehind = newest.isNewerThan(node.held());
            boolean isAnyDown = nodes.stream().anyMatch(other -> !other.isUp());
            if (!hasSplits && (isBehind || isAnyDown || nodes.stream().anyMatch(Node::isBusy))) {
                return;
            }
            nodes.stream()
                    .filter(other -> other != node && other.isUp())
                    .filter(_ -> !hasSplits || random.nextInt(3) > 0)
                    .forEach(other -> other.follow(node.name));
            // Two that become active in one term: rare, and possible.
            node.promote(hasSplits && random.nextInt(8) == 0 ? term : ++term);
        }

        private void proposeSomewhere() {
            var node = nodes.get(random.nextInt(nodes.size()));
            if (node.isUp()) {
                node.propose("change " + ++proposals);
                node.look(nodes.get(random.nextInt(nodes.size())).name);
            }
        }

        private void after(long delay, Runnable action) {
            timeline.add(new Timed(now + delay, order++, action));
        }

        private void runFor(long time) {
            long end = now + time;
            while (!timeline.isEmpty() && timeline.peek().at() <= end) {
                var next = timeline.remove();
                now = next.at();
                next.action().run();
            }
            now = end;
        }

        private static Revision revision(byte[] text) {
            return switch (RevisionText.read(Path.of("revision"), text, TestDirector.CONFIGURATION)) {
                case RevisionText.Good good -> good.revision();
                case RevisionText.Mistakes mistakes -> throw new AssertionError(mistakes);
            };
        }

        private final class Node {
            final String name;
            final Map<RevisionId, byte[]> disk = new HashMap<>();
            final Map<Long, String> looking = new HashMap<>();
            final Map<RevisionId, Revision> inForce = new HashMap<>();
            final Map<Long, Revision> unanswered = new HashMap<>();
            final Map<String, Long> heardAt = new HashMap<>();
            boolean diskFails;
            private Place place = Place.UNKNOWN;
            private Effect.Tell told = new Effect.Tell(RevisionId.OF_FILE, "");
            private @Nullable Revisions core;
            private int life;
            private long ticket;

            Node(String name) {
                this.name = name;
            }

            boolean isUp() {
                return core != null;
            }

            RevisionId held() {
                return core == null ? newestOnDisk() : core.held();
            }

            boolean isBusy() {
                return core != null && core.isUnderWay();
            }

            RevisionId newestOnDisk() {
                return disk.keySet().stream().max(RevisionId::compareTo).orElse(RevisionId.OF_FILE);
            }

            void start() {
                life++;
                var newest = newestOnDisk();
                var revision = Optional.ofNullable(disk.get(newest)).map(Cluster::revision);
                revision.ifPresent(found -> inForce.put(newest, found));
                core = new Revisions(
                        name,
                        revision,
                        text -> RevisionText.read(Path.of("revision"), text, TestDirector.CONFIGURATION),
                        () -> "the whole of " + name + ", ".repeat(2000));
                told = new Effect.Tell(
                        newest,
                        revision.map(RevisionText::of).map(RevisionText::digest).orElse(""));
                place = Place.UNKNOWN;
                ticket = random.nextLong() >>> 2;
                at(0, this::hello);
                at(0, this::tick);
            }

            void crash() {
                core = null;
                unanswered.clear();
                looking.clear();
                heardAt.clear();
                life++;
            }

            void promote(int to) {
                place = new Place(true, to, "");
                tell();
            }

            void follow(String active) {
                place = new Place(false, place.term(), active);
                tell();
            }

            private void tell() {
                if (core != null) {
                    core.place(place, now);
                    perform();
                }
            }

            void propose(String reason) {
                var before = inForce.get(held());
                boolean isOrder = random.nextInt(3) == 0;
                var shared = before == null ? TestDirector.SHARED : before.shared();
                var draft = new Revision(
                        held(),
                        Instant.ofEpochMilli(now / MS),
                        name,
                        "operator",
                        reason,
                        isOrder
                                ? shared
                                : new Shared(
                                        shared.vips(),
                                        shared.ipvs(),
                                        List.of(),
                                        TestDirector.with(shared.services(), random.nextInt(200))),
                        isOrder && (before == null || before.ofFiles()),
                        isOrder ? block(random.nextInt(200)) : before == null ? ByHand.NONE : before.byHand());
                unanswered.put(++ticket, draft);
                node().propose(ticket, draft, now);
                perform();
            }

            private static ByHand block(int third) {
                var clients = MarkRule.Prefix.of("10.0." + third + ".0/24");
                return ByHand.NONE.with(new ByHand.ClientRule(clients, true, 0, 0, Optional.empty()));
            }

            void look(String at) {
                looking.put(++ticket, at);
                node().look(ticket, at, now);
                perform();
            }

            private Revisions node() {
                if (core == null) {
                    throw new IllegalStateException(name + " is down");
                }
                return core;
            }

            /// Something that happens to this life of the process.
            private void at(long delay, Runnable action) {
                int mine = life;
                after(delay, () -> {
                    if (mine == life && core != null) {
                        action.run();
                    }
                });
            }

            private void tick() {
                node().turn(now);
                perform();
                at(Math.max(MS, node().idleFor(now)), this::tick);
            }

            private void hello() {
                var tell = told;
                for (var other : nodes) {
                    send(other, () -> {
                        other.heardAt.put(name, now);
                        other.node().heard(name, tell.id(), tell.digest(), now);
                    });
                }
                at(100 * MS, this::hello);
            }

            private void send(Node to, Runnable delivery) {
                if (to == this || cut.contains(Set.of(name, to.name)) || random.nextInt(100) < lossPercent) {
                    return;
                }
                int copies = random.nextInt(20) == 0 ? 2 : 1;
                for (int i = 0; i < copies; i++) {
                    long delay = random.nextInt(50) == 0 ? random.nextInt(400) * MS : random.nextInt(3) * MS;
                    after(delay, () -> {
                        if (to.core != null) {
                            delivery.run();
                            to.perform();
                        }
                    });
                }
            }

            private void perform() {
                if (core == null) {
                    return;
                }
                for (var effect : core.takeEffects()) {
                    switch (effect) {
                        case Effect.Store(Revision revision) ->
                            at(random.nextInt(30) * MS, () -> {
                                if (diskFails) {
                                    node().notStored("No space left on device", "free space there", now);
                                } else {
                                    disk.put(revision.id(), RevisionText.of(revision));
                                    node().stored(now);
                                }
                                perform();
                            });
                        case Effect.Use(Revision revision) ->
                            at(random.nextInt(10) * MS, () -> {
                                assertThat(disk)
                                        .as("%s is on the disk of %s", revision.id(), name)
                                        .containsKey(revision.id());
                                inForce.put(revision.id(), revision);
                                node().used(now);
                                perform();
                            });
                        case Effect.Send(String to, ConfigMessage message) -> {
                            var receiver = nodes.stream()
                                    .filter(node -> node.name.equals(to))
                                    .findFirst()
                                    .orElseThrow();
                            send(receiver, () -> receiver.node().message(name, message, now));
                        }
                        case Effect.Tell tell -> told = tell;
                        case Effect.Done(long of, Outcome outcome) -> done(of, outcome);
                        case Effect.Seen(long of, Optional<String> text) -> {
                            var at = looking.remove(of);
                            assertThat(at).as("an answer to each look once").isNotNull();
                            text.ifPresent(whole -> assertThat(whole).startsWith("the whole of " + at + ","));
                        }
                        case Effect.Warn _ -> {}
                    }
                }
            }

            private void done(long of, Outcome outcome) {
                var draft = unanswered.remove(of);
                assertThat(draft).as("an answer to each ticket once").isNotNull();
                switch (outcome) {
                    case Outcome.Made(RevisionId id, List<String> lacking) -> {
                        acknowledged.put(id, draft);
                        assertThat(nodes).anyMatch(node -> node.disk.containsKey(id));
                        if (place.isActive()) {
                            assertThat(nodes)
                                    .filteredOn(node -> node != this && node.isUp() && !lacking.contains(node.name))
                                    .filteredOn(node -> now - heardAt.getOrDefault(node.name, 0L) < 500 * MS)
                                    .allMatch(node -> node.newestOnDisk().compareTo(id) >= 0);
                        }
                    }
                    case Outcome.Overtaken(RevisionId by) -> {
                        var taken = nodes.stream()
                                .map(node -> node.inForce.get(by))
                                .filter(revision -> revision != null)
                                .findFirst();
                        assertThat(taken.map(Revision::reason))
                                .as("the change by which %s was overtaken", draft)
                                .isNotEqualTo(Optional.of(requireNonNull(draft).reason()));
                    }
                    case Outcome.Refused _ -> {}
                }
            }
        }
    }

    /// A director's configuration, for its VIPs.
    private static final class TestDirector {
        static final Configuration CONFIGURATION = RevisionSamples.configuration();
        static final Shared SHARED = Shared.of(CONFIGURATION);

        static List<Configuration.Service> with(List<Configuration.Service> services, int weight) {
            return RevisionSamples.with(services, weight);
        }
    }
}
