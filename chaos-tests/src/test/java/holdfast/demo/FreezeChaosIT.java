package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.admin.Sync;
import holdfast.lab.Faults;
import holdfast.lab.Lab;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A director stands still (SIGSTOP), until the other one serves or for a while, and then continues.
final class FreezeChaosIT extends PairUnderTest {
    private static final Duration ALONE_PAUSE = Duration.ofSeconds(2);
    private static final Duration COMMON_PAUSE = Duration.ofSeconds(1);
    private static final double SERVES_AGAIN_MS_MAX = 100;
    private static final int PROBES = 50;

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
        assertThat(frozen.status().alarms())
                .as("what the other one announced while this one stood still is no theft")
                .noneMatch(alarm ->
                        alarm.contains(Faults.mac(next.frontMac())) || alarm.contains(Faults.mac(next.backMac())));
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
                        .filter(peer -> peer.state() == Sync.State.UNKNOWN || peer.state() == Sync.State.GONE)
                        .isPresent());
        frozen.thaw();
        awaitEqualStandbyOf(active);
        var seen = traffic.stop();
        report("frozen standby: %s".formatted(seen));
        assertThat(active.status().term()).as("the term, were the VIPs to move").isEqualTo(term);
        seen.assertHitless();
    }

    /// C10: nobody can have taken over, so it goes on at once.
    @Test
    void activeWithoutALivingPeerServesAtOnceAfterAPause() throws IOException, InterruptedException {
        var active = active();
        var dead = lab.other(active);
        dead.kill();
        Lab.await(
                active + " knows that " + dead + " is gone",
                TAKEOVER_MAX,
                () -> active.peer(dead)
                        .filter(peer -> peer.state() == Sync.State.GONE)
                        .isPresent());
        afterwards(active::thaw);
        var prober = Prober.start(Target.NAT.client(5), Target.NAT.echo());
        Lab.await("probes are answered", TAKEOVER_MAX, () -> prober.answered() > PROBES);
        active.freeze();
        LockSupport.parkNanos(ALONE_PAUSE.toNanos());
        var waits = CpuWait.on(List.of(active));
        active.thaw();
        long thawedAt = System.nanoTime(); // before it, this process itself waits for the one that sends the signal
        int before = prober.answered();
        Lab.await("probes are answered again", TAKEOVER_MAX, () -> prober.answered() > before + PROBES);
        var outage = prober.stop();
        waits.stop();
        long servedAt = prober.sentAt(0) + outage.from() + outage.blackout();
        double waited = waits.longest(thawedAt, servedAt).ms();
        double took = (servedAt - thawedAt) / 1e6;
        report("alone: served %.1f ms after it went on, of which a thread waited %.1f ms for a CPU"
                .formatted(took, waited));
        assertThat(took - waited).isLessThan(SERVES_AGAIN_MS_MAX);
        assertThat(active.is(Role.ACTIVE)).isTrue();
    }

    /// C10: neither can have taken over while both stood still.
    @Test
    void activeStaysActiveWhenBothWerePausedTogether() {
        var active = active();
        var standby = lab.other(active);
        afterwards(active::thaw);
        afterwards(standby::thaw);
        for (int i = 0; i < 2; i++) {
            active.freeze();
            standby.freeze();
            LockSupport.parkNanos(COMMON_PAUSE.toNanos());
            lab.run("kill", "-CONT", Long.toString(standby.pid()), Long.toString(active.pid()));
            awaitWhole("a common pause");
            assertThat(active.is(Role.ACTIVE))
                    .as(active + ", which was active, still is")
                    .isTrue();
        }
    }
}
