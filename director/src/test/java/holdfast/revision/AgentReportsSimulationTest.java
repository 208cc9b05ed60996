package holdfast.revision;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.conf.AgentReport;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import holdfast.sync.ConfigMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Two to four directors that take reports in virtual time: messages are lost, doubled and late, directors crash and
/// begin with what their disk had, links are cut, clocks differ by minutes, and configurations differ for a while.
class AgentReportsSimulationTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final int SEEDS = Integer.getInteger("seeds", 200);
    private static final int FIRST_SEED = Integer.getInteger("seed", 0);
    private static final int REALS = 200; // more than one message carries

    @Test
    void whateverHappensAllEndWithTheSameReportsAndOnEachTheLaterOneCounts() {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Cluster(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aReportThatIsSentAtOnceIsNotSentAgainWithTheWholeList() {
        var reports = new AgentReports(Set.of(real(1), real(2)), List.of());
        reports.heard("d2", 0);
        reports.report(real(1), 60, 5);
        reports.report(real(2), 50, 5);
        assertThat(sent(reports)).containsExactly(0, 1, 1);
        reports.heard("d2", AgentReports.TELL_INTERVAL);
        assertThat(sent(reports)).as("only the digest").containsExactly(0);
        reports.message("d2", new ConfigMessage.Reports(0, List.of()));
        reports.heard("d2", 2 * AgentReports.TELL_INTERVAL - 1);
        assertThat(sent(reports)).as("too soon").isEmpty();
        reports.heard("d2", 2 * AgentReports.TELL_INTERVAL);
        assertThat(sent(reports)).containsExactly(2);
    }

    private static List<Integer> sent(AgentReports by) {
        return by.takeSends().stream()
                .map(send -> ((ConfigMessage.Reports) send.message()).reports().size())
                .toList();
    }

    private static AgentReport.Real real(int number) {
        return new AgentReport.Real(
                ServiceKey.of("tcp/192.0.2.10:80"), new Ipv4(Ipv4.of("10.0.0.0").bits() + number), 80);
    }

    private static final class Cluster {
        private final Random random;
        private final PriorityQueue<Timed> timeline =
                new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));
        private final List<Node> nodes = new ArrayList<>();
        private final Set<Set<Node>> cut = new HashSet<>();
        private final Set<AgentReport.Real> everywhere = new HashSet<>();
        private int lossPercent;
        private long now;
        private long order;

        private record Timed(long at, long order, Runnable action) {}

        Cluster(int seed) {
            random = new Random(seed);
            lossPercent = random.nextInt(30);
            IntStream.range(0, REALS).mapToObj(AgentReportsSimulationTest::real).forEach(everywhere::add);
            for (int i = 0; i < 2 + random.nextInt(3); i++) {
                nodes.add(new Node("d" + (i + 1), random.nextInt(600_000)));
            }
        }

        void run() {
            nodes.forEach(Node::start);
            for (int i = 0; i < 30; i++) {
                after(random.nextInt(8000) * MS, this::mischief);
            }
            int reports = random.nextInt(500);
            for (int i = 0; i < reports; i++) {
                after(random.nextInt(8000) * MS, () -> any().report(real(random.nextInt(REALS)), random.nextInt(101)));
            }
            runFor(9 * SECOND);
            heal();
            runFor(6 * SECOND);
            assertEqual();

            var last = real(random.nextInt(REALS));
            any().report(last, 7);
            nodes.forEach(
                    node -> assertThat(node.inForce).as("at once on " + node).containsEntry(last, 7));
            assertEqual();

            var restarted = any();
            restarted.crash();
            restarted.start();
            runFor(2500 * MS);
            assertThat(restarted.inForce).as("of the restarted " + restarted).containsEntry(last, 7);
            assertEqual();
            assertThat(sentIn(5 * SECOND)).as("reports that are sent at rest").isZero();

            nodes.forEach(node -> node.known(Set.of(last)));
            runFor(2 * SECOND);
            nodes.forEach(node -> assertThat(node.core().all()).hasSize(1));
            nodes.forEach(node -> node.known(everywhere));
            runFor(2 * SECOND);
            nodes.forEach(node -> assertThat(node.core().all())
                    .as("what was removed begins anew")
                    .hasSize(1));
            assertEqual();
        }

        private void heal() {
            cut.clear();
            lossPercent = 0;
            for (var node : nodes) {
                if (node.core == null) {
                    node.start();
                }
                node.known(everywhere);
            }
        }

        private void assertEqual() {
            for (var node : nodes) {
                assertThat(node.core().all())
                        .as("reports of " + node)
                        .containsExactlyInAnyOrderElementsOf(
                                nodes.getFirst().core().all());
                node.core()
                        .all()
                        .forEach(report -> assertThat(node.inForce.getOrDefault(report.real(), 100))
                                .as("in force on " + node + " for " + report)
                                .isEqualTo(report.percent()));
            }
        }

        private long sentIn(long time) {
            long before = nodes.stream().mapToLong(node -> node.reportsSent).sum();
            runFor(time);
            return nodes.stream().mapToLong(node -> node.reportsSent).sum() - before;
        }

        private void mischief() {
            var node = any();
            switch (random.nextInt(5)) {
                case 0 -> node.crash();
                case 1 -> {
                    if (node.core == null) {
                        node.start();
                    }
                }
                case 2 -> {
                    var other = any();
                    if (other != node) {
                        cut.add(Set.of(node, other));
                    }
                }
                case 3 -> {
                    if (node.core != null) {
                        var fewer = new HashSet<>(everywhere);
                        fewer.removeIf(_ -> random.nextInt(4) == 0);
                        node.known(fewer);
                    }
                }
                default -> cut.clear();
            }
        }

        private Node any() {
            return nodes.get(random.nextInt(nodes.size()));
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

        private final class Node {
            final Map<AgentReport.Real, Integer> inForce = new HashMap<>();
            final Map<AgentReport.Real, AgentReport> newest = new HashMap<>();
            private final String name;
            private final long clockErrorMs;
            private Set<AgentReport.Real> known = Set.of();
            private List<AgentReport> disk = List.of();
            private @Nullable AgentReports core;
            private int life;
            private long reportsSent;

            Node(String name, long clockErrorMs) {
                this.name = name;
                this.clockErrorMs = clockErrorMs;
            }

            AgentReports core() {
                if (core == null) {
                    throw new IllegalStateException(name + " is down");
                }
                return core;
            }

            void start() {
                life++;
                inForce.clear();
                newest.clear();
                core = new AgentReports(everywhere, disk);
                known = everywhere;
                perform();
                hello(life);
            }

            void crash() {
                core = null;
                life++;
            }

            void report(AgentReport.Real real, int percent) {
                if (core != null && core.report(real, percent, now / MS + clockErrorMs)) {
                    perform();
                    assertThat(inForce.getOrDefault(real, 100)).isEqualTo(percent);
                    runFor(lossPercent == 0 ? 5 * MS : 0);
                }
            }

            void known(Set<AgentReport.Real> reals) {
                core().known(reals);
                known = reals;
                newest.keySet().retainAll(reals);
                perform();
            }

            private void hello(int mine) {
                if (mine != life) {
                    return;
                }
                if (random.nextInt(10) == 0) {
                    disk = core().all();
                }
                for (var other : nodes) {
                    send(other, () -> other.core().heard(name, now));
                }
                after(100 * MS, () -> hello(mine));
            }

            private void send(Node to, Runnable delivery) {
                if (to == this || cut.contains(Set.of(this, to)) || random.nextInt(100) < lossPercent) {
                    return;
                }
                for (int copies = random.nextInt(20) == 0 ? 2 : 1; copies > 0; copies--) {
                    long delay = lossPercent > 0 && random.nextInt(20) == 0
                            ? random.nextInt(1500) * MS
                            : random.nextInt(3) * MS;
                    after(delay, () -> {
                        if (to.core != null) {
                            delivery.run();
                            to.perform();
                        }
                    });
                }
            }

            private void perform() {
                for (var changed : core().takeChanged()) {
                    inForce.put(changed.real(), changed.percent());
                }
                for (var report : core().all()) {
                    var before = newest.put(report.real(), report);
                    if (before != null && !before.equals(report) && !report.isLaterThan(before)) {
                        throw new AssertionError("%s after %s on %s".formatted(report, before, name));
                    }
                    if (!known.contains(report.real())) {
                        throw new AssertionError("%s, which %s does not have".formatted(report, name));
                    }
                }
                for (var send : core().takeSends()) {
                    var message = (ConfigMessage.Reports) send.message();
                    reportsSent += message.reports().size();
                    nodes.stream()
                            .filter(node -> node.name.equals(send.to()))
                            .forEach(to -> send(to, () -> to.core().message(name, message)));
                }
            }

            @Override
            public String toString() {
                return name;
            }
        }
    }
}
