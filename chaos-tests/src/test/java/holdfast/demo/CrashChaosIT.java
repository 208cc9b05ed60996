package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Connections;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The active director's process dies: SIGKILL, under load.
final class CrashChaosIT extends PairUnderTest {
    private static final Duration REPLICATED_MAX = Duration.ofSeconds(10);
    private static final Duration STAYS_STANDBY = Duration.ofSeconds(2);
    private static final Losses NONE = new Losses(0, 0);

    @Test
    void standbyServesWithAllThatItHadOfTheDeadOne() throws IOException, InterruptedException {
        var victim = active();
        var next = lab.other(victim);
        var traffic = Traffic.start();
        long listedAt = System.nanoTime();
        var before = victim.connections();
        Lab.await(
                next + " has what " + victim + " listed",
                REPLICATED_MAX,
                () -> lossesSince(listedAt, before, next).equals(NONE));
        long beganAt = System.nanoTime();
        victim.kill();
        awaitTakeover(next);
        var losses = lossesSince(listedAt, before, next);
        var promotion = next.status().lastTransition();
        traffic.awaitMoreAnswers(500);

        victim.start();
        awaitEqualStandbyOf(next);
        double rejoined = (System.nanoTime() - beganAt) / 1e9;
        staysStandby(victim);
        var seen = traffic.stop();
        report("%s; of %d entries %s; equal again %.1f s after the crash"
                .formatted(seen, before.entries().size(), losses, rejoined));
        seen.assertIntact();
        assertThat(losses).isEqualTo(NONE);
        assertThat(promotion)
                .extracting(Status.Transition::cause)
                .as("what made %s active, long before the other's silence would have", next)
                .isEqualTo("PEER_PROCESS_DIED");
    }

    private static Losses lossesSince(long listedAt, Connections before, Director next) {
        var after = next.connections();
        return Losses.between(before, after, Duration.ofNanos(System.nanoTime() - listedAt));
    }

    private static void staysStandby(Director joined) {
        for (long until = System.nanoTime() + STAYS_STANDBY.toNanos(); System.nanoTime() < until; ) {
            assertThat(joined.role())
                    .as("the role of %s, which came back", joined)
                    .contains(Role.STANDBY);
        }
    }
}
