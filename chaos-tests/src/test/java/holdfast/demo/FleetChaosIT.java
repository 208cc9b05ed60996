package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ConfigChange;
import holdfast.admin.FailoverReadiness;
import holdfast.admin.FleetView;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import holdfast.lab.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The fleet of two pairs: what it shows while directors die, and while its link is cut, lossy, mute, or visited by a
/// stranger; and that forwarding, failover and synchronisation never notice.
final class FleetChaosIT extends PairUnderTest {
    private static final Duration SEEN_MAX =
            Duration.ofMinutes(3); // on a busy machine Hazelcast repeats what timed out
    private static final int MEASURED_S = 10;
    private static final int TICKS_PER_S = 100; // USER_HZ of /proc
    private static final Path RUN = Path.of("/run/holdfast");
    private static final String LINK = "tcp dport 7700";
    private static final String LINK_BACK = "tcp sport 7700";

    private Director four = lab.otherPair().getFirst();
    private Director five = lab.otherPair().getLast();

    /// The other pair's logs and views of a test that failed.
    @RegisterExtension
    final AfterTestExecutionCallback otherTrace = context -> {
        if (context.getExecutionException().isPresent()) {
            for (var director : List.of(lab.d1(), lab.d2(), four, five)) {
                System.out.println(
                        lab.holdfast(director, "fleet", "--output", "json").text());
            }
            for (var director : lab.otherPair()) {
                System.out.println("--- " + director + "\n" + Files.readString(director.log()));
            }
        }
    };

    @Override
    int advertIntervalMs() {
        return SLOW_ADVERTS_MS;
    }

    @BeforeEach
    void makeAFleet() throws IOException {
        key("fleet.key", "f1");
        key("back.key", "b2");
        for (var director : List.of(lab.d1(), lab.d2())) {
            var before = Files.readString(director.configuration());
            afterwards(() -> {
                director.stop();
                write(director.configuration(), before);
            });
            write(director.configuration(), before + fleet(director));
            director.stop();
            director.start();
            lab.awaitEqualPair();
        }
        for (var director : lab.otherPair()) {
            lab.configure(director, ofOtherPair(director) + fleet(director));
            afterwards(() -> {
                if (director.isRunning()) {
                    director.kill();
                }
            });
        }
    }

    /// A director's memory, threads and CPU at rest, without the fleet and with it, in one run.
    @Test
    void whatTheFleetCosts() throws IOException, InterruptedException {
        startOtherPair();
        awaitAll(lab.d2(), "d1", "d2", "d4", "d5");
        var with = standby();
        report("with the fleet: " + cost(with));
        assertThat(hazelcastClasses(with)).isPositive();
        write(with.configuration(), Files.readString(with.configuration()).replaceAll("(?s)\nfleet:.*", "\n"));
        with.stop();
        with.start();
        lab.awaitEqualPair();
        Lab.await(
                with + " is warm, as its readiness has it",
                SEEN_MAX,
                () -> active().status().failover().safe() == FailoverReadiness.Safe.YES);
        report("without: " + cost(with));
        assertThat(hazelcastClasses(with))
                .as("classes of Hazelcast without the section")
                .isZero();
        var refused = lab.holdfast(with, "fleet");
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.text()).contains("no section 'fleet'").contains("add that section");
    }

    private Director standby() {
        return lab.other(active());
    }

    private String cost(Director director) throws IOException, InterruptedException {
        var pid = Long.toString(director.pid());
        long before = ticks(pid);
        TimeUnit.SECONDS.sleep(MEASURED_S);
        long used = ticks(pid) - before;
        jcmd(pid, "GC.run");
        var heap = jcmd(pid, "GC.heap_info")
                .lines()
                .filter(line -> line.contains("used"))
                .findFirst()
                .orElse("");
        var memory = Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
                .map(line -> line.replaceAll("\\s+", " "))
                .collect(Collectors.joining(", "));
        return "%s, heap %s, CPU at rest %.1f %% of a core"
                .formatted(memory, heap.strip(), 100.0 * used / (MEASURED_S * TICKS_PER_S));
    }

    /// CPU time in ticks of 10 ms, by `/proc/PID/stat`.
    private static long ticks(String pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", pid, "stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private String jcmd(String pid, String command) {
        return lab.run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, command);
    }

    private long hazelcastClasses(Director director) {
        return jcmd(Long.toString(director.pid()), "GC.class_histogram")
                .lines()
                .filter(line -> line.contains("com.hazelcast"))
                .count();
    }

    private static void key(String name, String digits) throws IOException {
        var file = Files.writeString(RUN.resolve(name), digits.repeat(32) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private String fleet(Director self) {
        return """

            fleet:
              site: lab
              key-file: %s
              members: [%s]
            """.formatted(
                        RUN.resolve("fleet.key"),
                        Stream.of(lab.d1(), lab.d2(), four, five)
                                .filter(other -> other != self)
                                .map(other -> Network.SYNC.address(other) + ":7700")
                                .collect(Collectors.joining(", ")));
    }

    private String ofOtherPair(Director director) throws IOException {
        return Files.readString(lab.d1().configuration())
                .replaceAll("(?s)\nfleet:.*", "\n")
                .replace("name: d1", "name: " + director)
                .replace("/run/holdfast/d1", "/run/holdfast/" + director)
                .replaceFirst("name: lab", "name: back")
                .replaceFirst("bind-address: \\S+", "bind-address: " + Network.SYNC.address(director))
                .replaceFirst("multicast-port: \\d+", "multicast-port: 7620")
                .replaceFirst("key-file: \\S+", "key-file: /run/holdfast/back.key");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startOtherPair() {
        four.start();
        five.start();
        Lab.await(
                "the other pair has an active and a standby",
                SEEN_MAX,
                () -> Stream.of(four, five).filter(each -> each.is(Role.ACTIVE)).count() == 1
                        && Stream.of(four, five)
                                        .filter(each -> each.is(Role.STANDBY))
                                        .count()
                                == 1);
    }

    private void awaitAll(Director on, String... present) {
        Lab.await(
                on + " lists " + List.of(present),
                SEEN_MAX,
                () -> on.fleet().directors().stream()
                        .filter(each -> !each.silent())
                        .map(FleetView.Member::director)
                        .toList()
                        .containsAll(List.of(present)));
    }

    private static Optional<FleetView.Member> member(Director on, Director of) {
        return on.fleet().directors().stream()
                .filter(each -> each.director().equals(of.name()))
                .findFirst();
    }

    private String shown(Director on, String... words) {
        var said = lab.holdfast(
                on, Stream.concat(Stream.of("fleet"), Stream.of(words)).toArray(String[]::new));
        report(System.lineSeparator() + said.text());
        assertThat(said.exit()).isZero();
        return said.text();
    }

    @Test
    void allAreListedAndWhatADeadOneDidIsKnownToTheOthers() {
        startOtherPair();
        for (var each : List.of(lab.d1(), lab.d2(), four, five)) {
            awaitAll(each, "d1", "d2", "d4", "d5");
        }
        var active = active();
        assertThat(shown(five)).contains("4 directors in 2 clusters").doesNotContain("SILENT");
        failover(active);
        Lab.await(
                "the other pair knows of the failover",
                SEEN_MAX,
                () -> four.fleetHistory().changes().stream()
                        .anyMatch(change -> change.cluster().equals("lab")
                                && change.event().what().equals("failover ended")));
        Lab.await(
                "the other pair shows the new roles",
                SEEN_MAX,
                () -> member(four, active)
                        .filter(each -> each.role() == Role.STANDBY)
                        .isPresent());

        var dead = active;
        dead.kill();
        Lab.await(
                dead + " is silent for the other pair",
                SEEN_MAX,
                () -> member(four, dead).filter(FleetView.Member::silent).isPresent());
        assertThat(shown(four)).contains("1 SILENT").contains("standby?");
        five.kill();
        five.start();
        awaitAll(five, "d4", lab.other(dead).name());
        Lab.await(
                "one that comes later has the history of the dead one",
                SEEN_MAX,
                () -> five.fleetHistory().changes().stream()
                        .anyMatch(change -> change.director().equals(dead.name())));
        assertThat(shown(five, "history")).contains("lab/" + dead).contains("planned");
        assertThat(five.fleetHistory().audit())
                .anyMatch(audited -> audited.entry().operation().equals("POST /v1/failover"));
    }

    @Test
    void aFailoverIsAsGoodWhileTheLinkOfTheFleetIsCut() throws IOException, InterruptedException {
        startOtherPair();
        awaitAll(lab.d1(), "d1", "d2", "d4", "d5");
        var traffic = Traffic.start();
        var whole = List.of(held(traffic), held(traffic), held(traffic), held(traffic));
        for (var director : List.of(lab.d1(), lab.d2())) {
            afterwards(lab.faults().dropFrom(director, Network.SYNC, LINK));
            afterwards(lab.faults().dropTo(director, Network.SYNC, LINK));
        }
        afterwards(lab.faults().dropFrom(four, Network.SYNC, LINK_BACK));
        var atOnce = List.of(held(traffic), held(traffic));
        Lab.await(
                "the others are silent",
                SEEN_MAX,
                () -> member(lab.d1(), four).filter(FleetView.Member::silent).isPresent());
        assertThat(member(lab.d1(), lab.d1()))
                .get()
                .extracting(FleetView.Member::silent)
                .isEqualTo(false);
        shown(lab.d1());
        var cut = List.of(held(traffic), held(traffic));
        var seen = traffic.stop();
        report("held for ms: link whole %s, just cut %s, cut %s; %s".formatted(whole, atOnce, cut, seen));
        seen.assertHitless();
        double longest = whole.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        assertThat(Stream.concat(atOnce.stream(), cut.stream())
                        .sorted()
                        .toList()
                        .getFirst())
                .as("the shortest with a cut link, against the longest with a whole one")
                .isLessThan(longest + 10);
    }

    private double held(Traffic traffic) {
        var from = active();
        var result = new Pair(lab, this::report).handOver(from);
        assertThat(result.failures()).isEmpty();
        awaitEqualStandbyOf(lab.other(from));
        traffic.awaitMoreAnswers(300);
        return result.heldMs() == null ? 0 : result.heldMs();
    }

    @Test
    void aLinkThatLosesEveryThirdPacketDelaysTheFleetAlone() throws IOException, InterruptedException {
        startOtherPair();
        awaitAll(lab.d1(), "d1", "d2", "d4", "d5");
        var traffic = Traffic.start();
        for (var director : List.of(lab.d1(), lab.d2(), four, five)) {
            afterwards(lab.faults().dropFrom(director, Network.SYNC, LINK + " numgen random mod 3 == 0"));
            afterwards(lab.faults().dropTo(director, Network.SYNC, LINK_BACK + " numgen random mod 3 == 0"));
        }
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        long loud = 0;
        int looks = 0;
        while (System.nanoTime() < until) {
            long began = System.nanoTime();
            loud += lab.d1().fleet().directors().stream()
                    .filter(each -> !each.silent())
                    .count();
            looks++;
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
            traffic.awaitMoreAnswers(100);
        }
        report("heard %.1f of 4 directors on the average of %d looks".formatted(loud / (double) looks, looks));
        held(traffic);
        var seen = traffic.stop();
        report(seen.toString());
        seen.assertHitless();
    }

    @Test
    void aMemberThatAcceptsAndNeverAnswersDelaysNobody() throws IOException {
        var mute = lab.in(
                        four.name(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getenv("HOLDFAST_HOME") + "/build/lib/*",
                        "holdfast.lab.MuteMember",
                        Network.SYNC.address(four).toString(),
                        "7700")
                .redirectErrorStream(true)
                .redirectOutput(RUN.resolve("guest.log").toFile())
                .start();
        afterwards(mute::destroyForcibly);
        for (var director : List.of(lab.d1(), lab.d2())) {
            director.kill();
            long began = System.nanoTime();
            director.start();
            lab.awaitEqualPair();
            report("%s is a director of an equal pair after %d ms beside a mute member"
                    .formatted(
                            director,
                            Duration.ofNanos(System.nanoTime() - began).toMillis()));
        }
        awaitAll(lab.d1(), "d1", "d2");
        awaitAll(lab.d2(), "d1", "d2");
        shown(lab.d1());
        assertThat(mute.isAlive()).isTrue();
        failover(active());
    }

    @Test
    void aStrangerNeverJoinsAndIsNamed() throws IOException {
        awaitAll(lab.d1(), "d1", "d2");
        var stranger = lab.in(
                        "stranger",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-cp",
                        System.getenv("HOLDFAST_HOME") + "/build/lib/*",
                        "holdfast.lab.HazelcastStranger",
                        "holdfast-lab",
                        Network.SYNC.strangersAddress().toString(),
                        Network.SYNC.address(lab.d1()) + ":7700",
                        Network.SYNC.address(lab.d2()) + ":7700")
                .redirectErrorStream(true)
                .redirectOutput(RUN.resolve("guest.log").toFile())
                .start();
        afterwards(stranger::destroyForcibly);
        Lab.await(
                "the stranger is named",
                SEEN_MAX,
                () -> Stream.of(lab.d1(), lab.d2())
                        .allMatch(each -> each.fleet().troubles().stream()
                                .anyMatch(trouble -> trouble.contains(
                                        Network.SYNC.strangersAddress().toString()))));
        for (var director : List.of(lab.d1(), lab.d2())) {
            awaitAll(director, "d1", "d2");
            var fleet = director.fleet();
            assertThat(fleet.directors()).extracting(FleetView.Member::director).containsExactly("d1", "d2");
            assertThat(fleet.counters()).containsEntry("members", 2L);
            assertThat(fleet.counters().get("links-refused")).isPositive();
        }
        shown(lab.d1());
        failover(active());
    }

    @Test
    void aPairTakesTheRevisionsOfTheOneThatItFollows() throws IOException {
        for (var director : lab.otherPair()) {
            write(director.configuration(), Files.readString(director.configuration()) + "  follow: lab\n");
        }
        startOtherPair();
        awaitAll(lab.d1(), "d1", "d2", "d4", "d5");
        change(active(), "weight: 1", "weight: 7", "heavier");
        Lab.await(
                "the other pair has the revision",
                SEEN_MAX,
                () -> Stream.of(four, five)
                        .allMatch(each -> each.config().text().contains("weight: 7")));
        var taken = four.configHistory().changes().getFirst();
        assertThat(taken.author()).isEqualTo("fleet");
        assertThat(taken.reason()).startsWith("follows lab revision ");
        Lab.await(
                "the fleet shows who follows whom",
                SEEN_MAX,
                () -> lab.holdfast(lab.d2(), "fleet").text().contains("follows lab, revision "));
        shown(lab.d2());

        change(four.is(Role.ACTIVE) ? four : five, "weight: 7", "weight: 3", "by hand");
        assertThat(four.config().text()).contains("weight: 3");
        change(active(), "weight: 7", "weight: 8", "heavier still");
        Lab.await(
                "the next revision takes the place of the change by hand",
                SEEN_MAX,
                () -> Stream.of(four, five)
                        .allMatch(each -> each.config().text().contains("weight: 8")));
        assertThat(four.configHistory().changes())
                .extracting("reason")
                .satisfies(reasons -> assertThat(reasons).hasSize(3));
    }

    private static void change(Director on, String from, String to, String why) {
        var text = on.config().text().replaceFirst(from, to);
        assertThat(on.change(new ConfigChange(text, null, null, "test", why, false))
                        .made())
                .isTrue();
    }
}
