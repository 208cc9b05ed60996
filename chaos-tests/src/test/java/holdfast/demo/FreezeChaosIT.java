package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Sync;
import holdfast.lab.Lab;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The active director stands still (SIGSTOP) until the other one serves, and then goes on.
final class FreezeChaosIT extends PairUnderTest {
    @Test
    void thawedDirectorSendsNothingOfItsOldTimeAndStandsByEqual() throws IOException, InterruptedException {
        var frozen = active();
        var next = lab.other(frozen);
        afterwards(frozen::thaw);
        var watch = WireWatch.on(lab, frozen);
        var traffic = Traffic.start();
        frozen.freeze();
        awaitTakeover(next);
        traffic.awaitMoreAnswers(300);
        watch.isBackNow();
        frozen.thaw();
        awaitEqualStandbyOf(next);
        traffic.awaitMoreAnswers(1000);
        var seen = traffic.stop();
        report("%s, %d answered twice".formatted(seen, seen.repeated()));
        assertThat(watch.stop()).isEmpty();
        seen.assertIntact();
    }

    /// Everything that it had queued up, closed sockets too, says that the active has left. It has not.
    @Test
    void thawedStandbyLeavesTheActiveAlone() throws IOException, InterruptedException {
        var active = active();
        var frozen = lab.other(active);
        var term = active.status().term();
        afterwards(frozen::thaw);
        var traffic = Traffic.start();
        frozen.freeze();
        Lab.await(
                active + " gives up " + frozen,
                TAKEOVER_MAX,
                () -> active.peer(frozen)
                        .filter(peer -> peer.state() == Sync.State.GONE)
                        .isPresent());
        frozen.thaw();
        awaitEqualStandbyOf(active);
        var seen = traffic.stop();
        report("frozen standby: %s".formatted(seen));
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
        seen.assertHitless();
    }
}
