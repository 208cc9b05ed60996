package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverResult;
import holdfast.admin.FailoverResult.Outcome;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// `holdfast failover`: hitless, or refused with a reason.
final class PlannedFailoverChaosIT extends PairUnderTest {
    private static final int FAILOVERS = 3;
    private static final Duration KNOWN_MAX = Duration.ofSeconds(15);

    @Test
    void threeFailoversUnderLoadFailNoRequest() throws IOException, InterruptedException {
        var traffic = Traffic.start();
        for (int i = 0; i < FAILOVERS; i++) {
            failover(active());
            traffic.awaitMoreAnswers(500);
        }
        var seen = traffic.stop();
        report("%s".formatted(seen));
        seen.assertHitless();
    }

    @Test
    void standbyRefuses() {
        var active = active();
        var standby = lab.other(active);
        assertRefused(standby.failover("chaos"), "is not active");
        assertThat(active.is(Role.ACTIVE)).isTrue();
    }

    @Test
    void refusedWhenTheStandbyWasStopped() {
        var active = active();
        lab.other(active).stop();
        assertRefused(active.failover("chaos"), "");
        assertThat(active.is(Role.ACTIVE)).isTrue();
    }

    @Test
    void refusedWhenTheStandbyWasKilled() {
        var active = active();
        lab.other(active).kill();
        assertRefused(active.failover("chaos"), "");
        assertThat(active.is(Role.ACTIVE)).isTrue();
    }

    @Test
    void notDoneWhenTheStandbyIsFrozenAndNobodyNotices() throws IOException, InterruptedException {
        var active = active();
        var standby = lab.other(active);
        afterwards(standby::thaw);
        var traffic = Traffic.start();
        standby.freeze();
        var result = active.failover("chaos");
        assertThat(result.outcome()).isIn(Outcome.REFUSED, Outcome.ABORTED);
        assertThat(result.blocking()).isNotEmpty();
        assertThat(active.is(Role.ACTIVE)).isTrue();
        traffic.awaitMoreAnswers(500);
        standby.thaw();
        awaitEqualStandbyOf(active);
        var seen = traffic.stop();
        report("frozen standby: %s %s; %s".formatted(result.outcome(), result.blocking(), seen));
        seen.assertHitless();
    }

    @Test
    void refusedWhenTheStandbyHasAnotherConfiguration() throws IOException {
        var active = active();
        var standby = lab.other(active);
        var file = Path.of("/run/holdfast", standby + ".yaml");
        var right = Files.readString(file);
        afterwards(() -> restartWith(standby, file, right));
        restartWith(standby, file, right.replaceFirst("weight: 1", "weight: 2"));
        Lab.await(
                standby + " is known to " + active,
                KNOWN_MAX,
                () -> active.peer(standby)
                        .filter(peer -> peer.lastAckAgeMs() != null)
                        .isPresent());
        Lab.await(
                "the configuration is the reason",
                KNOWN_MAX,
                () -> active.failover("chaos").blocking().stream().anyMatch(why -> why.contains("configuration")));
        assertRefused(active.failover("chaos"), "configuration");
        assertThat(active.is(Role.ACTIVE)).isTrue();
    }

    private static void restartWith(Director director, Path file, String configuration) {
        director.stop();
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        director.start();
    }

    private void assertRefused(FailoverResult result, String why) {
        report("refused: %s".formatted(result.blocking()));
        assertThat(result.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(result.done()).isFalse();
        assertThat(result.blocking())
                .isNotEmpty()
                .allSatisfy(reason -> assertThat(reason).isNotBlank());
        assertThat(String.join(" ", result.blocking())).contains(why);
    }
}
