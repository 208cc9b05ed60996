package holdfast.demo;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// An operator stops the active director (SIGTERM) under load.
final class StopChaosIT extends PairUnderTest {
    @Test
    void stopIsAsHitlessAsAFailover() throws IOException, InterruptedException {
        var leaver = active();
        var next = lab.other(leaver);
        var traffic = Traffic.start();
        long beganAt = System.nanoTime();
        leaver.stop();
        double took = (System.nanoTime() - beganAt) / 1e6;
        awaitTakeover(next);
        traffic.awaitMoreAnswers(500);
        leaver.start();
        awaitEqualStandbyOf(next);
        var seen = traffic.stop();
        report("%s; the process was gone after %.0f ms".formatted(seen, took));
        seen.assertHitless();
    }
}
