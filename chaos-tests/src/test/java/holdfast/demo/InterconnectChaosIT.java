package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import holdfast.lab.Stranger;
import holdfast.sync.jgroups.StockNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A host on the interconnect without the key: it ends nothing, moves nothing, and each of its datagrams is counted.
final class InterconnectChaosIT extends PairUnderTest {
    private static final String GROUP = "239.255.72.1";
    private static final int PORT = 7600;
    private static final int CHANGED = 50_000;
    private static final int CHANGED_PER_SECOND = 5000;
    private static final int REPEATED = 20_000;
    private static final int REPEATED_PER_SECOND = 2000;
    private static final Duration LISTENS = Duration.ofSeconds(4);
    private static final int LOG_BYTES_MAX = 100_000;
    private static final int RSS_KB_MAX = 30_000;
    private static final long LOOK_INTERVAL = 100_000_000;
    private static final double EQUAL_MIN = 0.95;
    private static final Duration TOLD_MAX = Duration.ofSeconds(10);
    private static final Duration STARTED_MAX = Duration.ofMinutes(1);
    /// A few of these are normal.
    private static final int OWN_REFUSALS_MAX = 50;

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    /// A director's growth since this was taken.
    private record Before(
            Director director,
            long rssKb,
            long logBytes,
            long refused,
            long drops,
            @Nullable Integer term) {
        static Before of(Lab lab, Director director) {
            return new Before(
                    director,
                    rssOf(director),
                    logSize(director),
                    refusedBy(director),
                    droppedBy(lab, director),
                    director.status().term());
        }

        void assertUnharmed() {
            assertThat(director.status().term())
                    .as("the term, were the VIPs to move")
                    .isEqualTo(term);
            assertThat(logSize(director) - logBytes)
                    .as("bytes logged by " + director)
                    .isLessThan(LOG_BYTES_MAX);
            assertThat(rssOf(director) - rssKb)
                    .as("kB that " + director + " grew by")
                    .isLessThan(RSS_KB_MAX);
        }

        private static long logSize(Director director) {
            try {
                return Files.size(director.log());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// C1 (objects), H1, H3.
    @ParameterizedTest
    @EnumSource
    void stockNodeChangesNothing(StockNode.Attack attack) {
        var active = active();
        var both = both(active);
        var sees = new Looks(active);
        try (var node = lab.stranger()
                .run(
                        StockNode.class,
                        List.of(
                                attack.name(),
                                Network.SYNC.strangersAddress().toString(),
                                GROUP,
                                Integer.toString(PORT)))) {
            assertThat(sees.during(node)).contains("the stranger sees []");
        }
        sees.assertEqualThroughout();
        both.forEach(Before::assertUnharmed);
        for (var before : both) {
            report("%s: %s counted %d more as refused"
                    .formatted(attack, before.director(), refusedBy(before.director()) - before.refused()));
            assertThat(before.director().sync().counters().get("refused-not-sealed"))
                    .isPositive();
            awaitAlarm(before.director(), "packets from " + Network.SYNC.strangersAddress() + " are not sealed");
        }
    }

    /// C1 (captured datagrams).
    @Test
    void changedRecordingsChangeNothingAndAreAllCounted() {
        var active = active();
        var both = both(active);
        var sees = new Looks(active);
        String said;
        try (var sending =
                lab.stranger().repeat(Network.SYNC, GROUP, PORT, LISTENS, CHANGED, CHANGED_PER_SECOND, true)) {
            said = sees.during(sending);
        }
        report(said);
        sees.assertEqualThroughout();
        both.forEach(Before::assertUnharmed);
        var sent = sent(said);
        for (var before : both) {
            var director = before.director();
            long toIt = sent.getOrDefault(GROUP, 0L)
                    + sent.getOrDefault(Network.SYNC.address(director).toString(), 0L);
            long drops = droppedBy(lab, director) - before.drops();
            Lab.await(
                    director + " has counted all",
                    TOLD_MAX,
                    () -> refusedBy(director) - before.refused() + drops >= toIt);
            long counted = refusedBy(director) - before.refused();
            report("%s: %d sent to it, %d counted, %d dropped by the kernel, %s"
                    .formatted(director, toIt, counted, drops, director.sync().counters()));
            assertThat(counted + drops - toIt).as("counted beside those").isBetween(0L, (long) OWN_REFUSALS_MAX);
            awaitAlarm(director, "packets from " + Network.SYNC.strangersAddress());
        }
    }

    /// What was recorded before a restart means nothing after it, neither of the one that restarted nor of the other.
    @Test
    void recordingsAreRefusedAcrossARestart() {
        var active = active();
        var standby = lab.other(active);
        var term = active.status().term();
        try (var sending =
                lab.stranger().repeat(Network.SYNC, GROUP, PORT, LISTENS, REPEATED, REPEATED_PER_SECOND, false)) {
            standby.kill();
            standby.start();
            Lab.await(
                    standby + " has started", STARTED_MAX, () -> standby.role().isPresent());
            awaitWhole("a restart under recordings");
            report(sending.await());
        }
        assertThat(active.is(Role.ACTIVE)).isTrue();
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
        for (var director : List.of(active, standby)) {
            var counters = director.sync().counters();
            report(director + ": " + counters);
            assertThat(counters.getOrDefault("refused-replayed", 0L) + counters.getOrDefault("refused-unproven", 0L))
                    .isGreaterThan(1000);
            awaitAlarm(director, "are recordings");
        }
    }

    /// A third director of the cluster with the key of another one, or with one that was replaced.
    @Test
    void directorWithAnotherKeyChangesNothing() throws IOException {
        var active = active();
        var both = both(active);
        lab.configureAsCopy(lab.d3(), lab.other(active));
        var mend = lab.faults()
                .configure(
                        lab.d3(),
                        yaml -> yaml.replaceFirst("name: d\\d", "name: d3").replaceFirst("trust: \\S+", ""));
        var mendKey = lab.faults().otherKey(lab.d3());
        afterwards(mend);
        afterwards(mendKey);
        var sees = new Looks(active);
        var log = lab.d3().configuration().resolveSibling("d3.log").toFile();
        var third = lab.in(
                        "d3",
                        System.getenv("HOLDFAST_HOME") + "/bin/holdfast",
                        "director",
                        "--config",
                        lab.d3().configuration().toString())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        afterwards(() -> third.destroyForcibly().onExit().join());
        for (var before : both) {
            awaitAlarm(before.director(), Network.SYNC.address(lab.d3()) + " carry another seal");
            assertThat(before.director().sync().counters().get("refused-unknown-key"))
                    .isPositive();
        }
        for (long until = System.nanoTime() + LISTENS.toNanos(); System.nanoTime() < until; ) {
            sees.look();
            LockSupport.parkNanos(LOOK_INTERVAL);
        }
        third.destroyForcibly().onExit().join();
        sees.assertEqualThroughout();
        both.forEach(Before::assertUnharmed);
    }

    @Test
    void keyIsReplacedWithoutARestart() throws IOException {
        var active = active();
        var both = List.of(active, lab.other(active));
        var file = Path.of("/run/holdfast/cluster.key");
        var old = Files.readString(file).strip();
        afterwards(() -> replaceKeys(file, old, both));
        var sees = new Looks(active);
        var fresh = "5".repeat(64);
        for (var lines : List.of(old + "\n# the next one\n" + fresh, fresh + "\n" + old, fresh)) {
            replaceKeys(file, lines, both);
            for (long until = System.nanoTime() + LISTENS.toNanos(); System.nanoTime() < until; ) {
                sees.look();
                LockSupport.parkNanos(LOOK_INTERVAL);
            }
        }
        sees.assertEqualThroughout();
        Files.writeString(file, "not a key\n");
        assertThat(lab.holdfast(active, "key", "reload").exit()).isEqualTo(2);
        report(lab.holdfast(active, "key", "list").text());
        assertThat(lab.holdfast(active, "key", "list").text())
                .contains(lab.other(active) + " seals with ")
                .doesNotContain("accepts");
    }

    private void replaceKeys(Path file, String lines, List<Director> both) {
        try {
            Files.writeString(file, lines + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        both.forEach(director ->
                assertThat(lab.holdfast(director, "key", "reload").exit()).isZero());
    }

    /// Checks the pair repeatedly.
    private final class Looks {
        private final Director active;
        private int all;
        private int equal;

        Looks(Director active) {
            this.active = active;
        }

        void look() {
            all++;
            if (active.is(Role.ACTIVE) && lab.hasEqualStandby(active)) {
                equal++;
            }
        }

        String during(Stranger.Sending sending) {
            while (sending.isRunning()) {
                look();
                LockSupport.parkNanos(LOOK_INTERVAL);
            }
            return sending.await();
        }

        void assertEqualThroughout() {
            report("equal in %d of %d looks".formatted(equal, all));
            assertThat((double) equal / all)
                    .as("part of the looks that found an equal pair")
                    .isGreaterThan(EQUAL_MIN);
            assertThat(Wholeness.lacks(lab)).isEmpty();
        }
    }

    private List<Before> both(Director active) {
        return List.of(Before.of(lab, active), Before.of(lab, lab.other(active)));
    }

    private static long refusedBy(Director director) {
        return director.sync().counters().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("refused-"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static Map<String, Long> sent(String said) {
        var sent = new HashMap<String, Long>();
        var each = Pattern.compile("([0-9.]+)=(\\d+)").matcher(said);
        while (each.find()) {
            sent.put(each.group(1), Long.valueOf(each.group(2)));
        }
        return sent;
    }

    private static long rssOf(Director director) {
        return number(read(Path.of("/proc/" + director.pid() + "/status")), "VmRSS:\\s+(\\d+)");
    }

    /// Datagrams that the kernel of a director's host had no room for.
    private static long droppedBy(Lab lab, Director director) {
        var snmp = lab.run("ip", "netns", "exec", director.name(), "cat", "/proc/net/snmp");
        return number(snmp, "Udp: \\d+ \\d+ (\\d+)");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(String in, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(in);
        assertThat(matcher.find()).as(pattern).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static void awaitAlarm(Director director, String what) {
        Lab.await(
                director + " has an alarm with '" + what + "'",
                TOLD_MAX,
                () -> director.status().alarms().stream().anyMatch(alarm -> alarm.contains(what)));
    }
}
