package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.DrainRequest;
import holdfast.admin.FailoverRequest;
import holdfast.admin.FailoverResult;
import holdfast.admin.Host;
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
        var service = ServiceKey.of(first(active.config().text(), "service: (\\S+)"));
        var real = Host.of(first(active.config().text(), "address: ([0-9.]+)"));
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

    /// An order by hand takes nothing from the files' say: an edited one counts at the next start.
    @Test
    void afterADrainAnEditedFileCountsAtItsNextStart() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var service = ServiceKey.of(first(active.config().text(), "service: (\\S+)"));
        var real = Host.of(first(active.config().text(), "address: ([0-9.]+)"));
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
        var text = director.config().text();
        var service = first(text, "service: (\\S+)");
        var real = first(text, "address: ([0-9.]+)");
        return director.services().services().stream()
                .filter(listed -> listed.service().toString().equals(service))
                .flatMap(listed -> listed.realServers().stream())
                .filter(listed -> listed.address().equals(real))
                .findFirst()
                .orElseThrow()
                .weight();
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
