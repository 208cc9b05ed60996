package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.lab.Director;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The active director dies as a process does: SIGKILL, under load.
final class CrashChaosIT extends PairUnderTest {
    /// The bar of the issue for default settings.
    private static final double BLACKOUT_MS_MAX = 250;

    private static final Duration STAYS_STANDBY = Duration.ofSeconds(2);

    @Test
    void standbyServesWithAllThatTheDeadOneKnew() throws IOException, InterruptedException {
        var victim = active();
        var next = lab.other(victim);
        var traffic = Traffic.start();
        var before = victim.connections();
        long beganAt = System.nanoTime();
        victim.kill();
        awaitTakeover(next);
        var losses = Losses.between(before, next.connections(), Duration.ofNanos(System.nanoTime() - beganAt));
        traffic.awaitMoreAnswers(500);

        victim.start();
        awaitEqualStandbyOf(next);
        double rejoined = (System.nanoTime() - beganAt) / 1e9;
        staysStandby(victim);
        var seen = traffic.stop();
        report("%s; of %d entries %s; equal again %.1f s after the crash"
                .formatted(seen, before.entries().size(), losses, rejoined));
        seen.assertIntact();
        assertThat(losses).isEqualTo(new Losses(0, 0));
        assertThat(seen.outage().blackoutMs()).isLessThanOrEqualTo(BLACKOUT_MS_MAX);
    }

    private static void staysStandby(Director joined) {
        for (long until = System.nanoTime() + STAYS_STANDBY.toNanos(); System.nanoTime() < until; ) {
            assertThat(joined.role())
                    .as("the role of %s, which came back", joined)
                    .contains(Role.STANDBY);
        }
    }
}
