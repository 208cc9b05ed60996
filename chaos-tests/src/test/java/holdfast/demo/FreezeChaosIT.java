package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

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
        report("%s, %d answered twice", seen, seen.repeated());
        assertThat(watch.stop()).isEmpty();
        seen.assertIntact();
    }
}
