package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.AgentRequest;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.DrainRequest;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Host;
import holdfast.admin.ServiceList;
import holdfast.conf.DrainMode;
import holdfast.conf.ServiceKey;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Changes of the shared configuration while the pair runs.
final class ConfigChaosIT extends PairUnderTest {
    private static final Duration KNOWN_MAX = Duration.ofSeconds(10);
    private static final int CHANGES = 40;

    @Test
    void aChangeOnTheStandbyIsInForceOnBothAndOutlivesTheActive() {
        var active = active();
        var standby = lab.other(active);
        var made = weight(standby, 7);
        assertThat(made.made()).isTrue();
        assertThat(made.lacking()).isEmpty();
        assertWeight(active, 7);
        assertWeight(standby, 7);
        lab.awaitEqualPair();

        active.kill();
        awaitTakeover(standby);
        assertWeight(standby, 7);
        var alone = weight(standby, 9);
        assertThat(alone.made()).isTrue();
        active.start();
        Lab.await(active + " has the change that it missed", KNOWN_MAX, () -> weightOn(active) == 9);
        assertThat(active.config().revision()).isEqualTo(alone.revision());
        lab.awaitEqualPair();
    }

    @Test
    void changesUnderTrafficFailNoRequest() throws IOException, InterruptedException {
        var active = active();
        var traffic = Traffic.start();
        for (int i = 1; i <= CHANGES; i++) {
            var asked = i % 2 == 0 ? active : lab.other(active);
            assertThat(weight(asked, i + 1).lacking()).isEmpty();
        }
        failover(active);
        assertThat(weight(active, 1).made()).isTrue();
        traffic.awaitMoreAnswers(200);
        var seen = traffic.stop();
        report("%d changes: %s".formatted(CHANGES, seen));
        seen.assertHitless();
        assertThat(lab.d1().config().revision()).isEqualTo(lab.d2().config().revision());
    }

    @Test
    void aDirectorKilledInTheMiddleOfChangesComesBackWithTheNewest() throws IOException, InterruptedException {
        for (int i = 1; i <= 4; i++) {
            var active = active();
            var victim = i % 2 == 0 ? active : lab.other(active);
            var other = lab.other(victim);
            int last = 10 * i;
            for (int weight = last - 9; weight < last; weight++) {
                weight(other, weight);
                if (weight == last - 5) {
                    victim.kill();
                    awaitTakeover(other);
                }
            }
            victim.start();
            lab.awaitEqualPair();
            Lab.await(victim + " has the newest", KNOWN_MAX, () -> weightOn(victim) == last - 1);
            assertWeight(other, last - 1);
        }
    }

    @Test
    void aDrainByHandIsInForceOnBothAndOutlivesEveryProcess() {
        var active = active();
        var standby = lab.other(active);
        var service = service(active);
        var real = Host.of(real(active));
        standby.drain(new DrainRequest(service, real, DrainMode.KEEP_ALL, null, false));
        assertWeight(active, 0);
        assertWeight(standby, 0);
        weightOfAnother(active);
        assertWeight(active, 0);
        active.kill();
        awaitTakeover(standby);
        assertWeight(standby, 0);
        active.start();
        lab.awaitEqualPair();
        assertWeight(active, 0);
        active.drain(new DrainRequest(service, real, null, null, true));
        assertWeight(active, 1);
        assertWeight(standby, 1);
    }

    @Test
    void aReportOfAnAgentIsOnBothAndOutlivesEveryProcess() {
        var one = active();
        var other = lab.other(one);
        agent(other, 60);
        assertThat(percentOn(other)).as("at once where it was given").hasValue(60);
        awaitPercent(one, 60);
        for (var director : List.of(one, other)) {
            assertThat(director.status().config().reducedByAgents()).isEqualTo(1);
            assertThat(director.config().revision())
                    .as("a report is no revision")
                    .isEqualTo("0.0");
        }
        failover(one);
        assertThat(percentOn(other)).as("after a planned failover").hasValue(60);
        agent(other, 50);
        awaitPercent(one, 50);

        other.kill();
        awaitTakeover(one);
        assertThat(percentOn(one))
                .as("after the death of the director that took it")
                .hasValue(50);
        agent(one, 40);
        other.start();
        awaitPercent(other, 40);
        lab.awaitEqualPair();
        one.kill();
        awaitTakeover(other);
        assertThat(percentOn(other)).as("on the one that was restarted").hasValue(40);
        one.start();
        awaitPercent(one, 40);
        lab.awaitEqualPair();

        List.of(one, other).forEach(Director::kill);
        List.of(one, other).forEach(Director::start);
        lab.awaitEqualPair();
        for (var director : List.of(one, other)) {
            assertThat(percentOn(director)).as("from the disk of " + director).hasValue(40);
        }
        agent(one, 100);
        awaitPercent(other, 100);
        assertThat(other.status().config().reducedByAgents()).isZero();
    }

    private static void agent(Director on, int percent) {
        on.agent(new AgentRequest(service(on), Host.of(real(on)), percent));
    }

    private void awaitPercent(Director on, int percent) {
        long since = System.nanoTime();
        Lab.await(on + " has the report", KNOWN_MAX, () -> percentOn(on).orElse(100) == percent);
        report("the report was on %s after %d ms"
                .formatted(on, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)));
    }

    private static ServiceKey service(Director on) {
        return ServiceKey.of(first(on.config().text(), "service: (\\S+)"));
    }

    private static String real(Director on) {
        return first(on.config().text(), "address: ([0-9.]+)");
    }

    private static Optional<Integer> percentOn(Director on) {
        return Optional.ofNullable(listed(on).agentPercent());
    }

    /// An order by hand takes nothing from the files' say: an edited one counts at the next start.
    @Test
    void afterADrainAnEditedFileCountsAtItsNextStart() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var service = service(active);
        var real = Host.of(real(active));
        active.drain(new DrainRequest(service, real, DrainMode.KEEP_ALL, null, false));
        for (var director : List.of(standby, active)) {
            var file = director.configuration();
            var right = Files.readString(file);
            afterwards(() -> write(file, right));
            write(file, withAnotherWeight(right));
        }
        standby.stop();
        standby.start();
        awaitEqualStandbyOf(active);
        Lab.await(
                "the files differ in force",
                REJOIN_MAX,
                () -> active.config().directors().stream().anyMatch(other -> !other.same()));
        assertThat(standby.config().text()).contains("weight: 6");
        assertThat(standby.status().config().ofFile()).isTrue();
        assertThat(standby.status().config().drains()).isEqualTo(1);
        Lab.await(
                "nothing else is in the way of a failover",
                REJOIN_MAX,
                () -> active.status().failover().reasons().size() == 1);
        var refused = active.failover("chaos");
        assertThat(refused.outcome()).isEqualTo(FailoverResult.Outcome.REFUSED);
        assertThat(refused.blocking()).singleElement().asString().contains("another configuration");
        assertThat(refused.configurationDiff()).anyMatch(line -> line.startsWith("+") && line.contains("weight: 6"));
        assertThat(active.failover(new FailoverRequest("chaos", "the other file follows"))
                        .outcome())
                .isEqualTo(FailoverResult.Outcome.MOVED);
        awaitEqualStandbyOf(standby);
        active.stop();
        active.start();
        lab.awaitEqualPair();
        assertThat(active.config().directors()).allMatch(ConfigState.Elsewhere::same);
        for (var director : List.of(active, standby)) {
            assertThat(director.config().text()).contains("weight: 6");
            assertWeight(director, 0);
        }
    }

    private static String withAnotherWeight(String text) {
        int second = text.indexOf("weight: 1", text.indexOf("weight: ") + 1);
        return text.substring(0, second) + "weight: 6" + text.substring(second + "weight: 1".length());
    }

    /// Changes the configuration elsewhere.
    private static void weightOfAnother(Director on) {
        var state = on.config();
        var text = withAnotherWeight(state.text());
        assertThat(on.change(new ConfigChange(text, null, state.revision(), "chaos", "another", false))
                        .made())
                .isTrue();
    }

    @Test
    void aHangUpSignalTakesTheFileAgain() throws IOException {
        var active = active();
        var file = active.configuration();
        var right = Files.readString(file);
        afterwards(() -> write(file, right));
        write(file, right.replaceFirst("weight: 1\\b", "weight: 5"));
        active.hangUp();
        Lab.await(
                "the file is in force on both",
                KNOWN_MAX,
                () -> weightOn(active) == 5 && weightOn(lab.other(active)) == 5);
        write(file, "no configuration");
        active.hangUp();
        assertWeight(active, 5);
        assertThat(active.config().fileDiffers()).isNull();
    }

    private ConfigResult weight(Director on, int weight) {
        var state = on.config();
        var text = state.text().replaceFirst("weight: [0-9]+", "weight: " + weight);
        return on.change(new ConfigChange(text, null, state.revision(), "chaos", "weight " + weight, false));
    }

    private static void assertWeight(Director on, int weight) {
        assertThat(weightOn(on)).as("weight on %s", on).isEqualTo(weight);
    }

    /// Of the real server that the text names first.
    private static int weightOn(Director director) {
        return listed(director).weight();
    }

    private static ServiceList.RealServer listed(Director director) {
        var service = service(director);
        var real = real(director);
        return director.services().services().stream()
                .filter(listed -> listed.service().equals(service))
                .flatMap(listed -> listed.realServers().stream())
                .filter(listed -> listed.address().equals(real))
                .findFirst()
                .orElseThrow();
    }

    private static String first(String text, String pattern) {
        var found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
