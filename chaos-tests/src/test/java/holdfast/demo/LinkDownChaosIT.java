package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The active director loses its interface to the clients.
final class LinkDownChaosIT extends PairUnderTest {
    @Test
    void standbyTakesOverAndTheOneWithoutLinkServesAgainLater() throws IOException, InterruptedException {
        var cutOff = active();
        var next = lab.other(cutOff);
        afterwards(() -> up(cutOff.name()));
        var traffic = Traffic.start();
        lab.run("ip", "-n", cutOff.name(), "link", "set", "front", "down");
        awaitTakeover(next);
        traffic.awaitMoreAnswers(500);
        assertThat(cutOff.role()).isNotEqualTo(Optional.of(Role.ACTIVE));

        up(cutOff.name());
        awaitEqualStandbyOf(next);
        var outage = traffic.stop();
        report("%s".formatted(outage));
        outage.assertIntact();

        var again = Traffic.start();
        failover(next);
        again.awaitMoreAnswers(1000);
        var seen = again.stop();
        report("back on it: %s".formatted(seen));
        seen.assertHitless();
    }

    /// The kernel forgets the routes of an interface that goes down, and an operator's tools set them again.
    private void up(String director) {
        lab.run("ip", "-n", director, "link", "set", "front", "up");
        lab.run("ip", "-n", director, "route", "replace", "198.51.100.0/24", "via", "192.0.2.254");
    }
}
