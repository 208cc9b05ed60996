package holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The start and end of every chaos test: the lab around it with three real servers and an equal pair of directors. So
/// tests share one lab in any order.
abstract class PairUnderTest {
    static final Duration TAKEOVER_MAX = Duration.ofSeconds(10);
    static final Duration REJOIN_MAX = Duration.ofSeconds(30);
    static final int ADVERTS_MS = 100;
    static final int SLOW_ADVERTS_MS = 500;

    final Lab lab = Lab.around();
    private final Deque<Runnable> repairs = new ArrayDeque<>();
    private final Path[] logs = {Path.of("/run/holdfast/d1.log"), Path.of("/run/holdfast/d2.log")};
    private final long[] logFrom = new long[logs.length];
    private @Nullable WireGuard guard;

    /// The directors' logs of a test that failed are its trace.
    @RegisterExtension
    final AfterTestExecutionCallback trace = context -> {
        if (context.getExecutionException().isPresent()) {
            System.out.println(context.getDisplayName() + " failed: "
                    + context.getExecutionException().get());
            printLogs();
        }
    };

    @BeforeEach
    final void findPair() throws IOException {
        guard = WireGuard.posted(lab);
        for (int i = 0; i < logs.length; i++) {
            logFrom[i] = Files.exists(logs[i]) ? Files.size(logs[i]) : 0;
        }
        lab.startRealServers();
        lab.advertise(advertIntervalMs());
        bothRun();
        lab.awaitEqualPair();
    }

    /// Tests that are not about speed take [#SLOW_ADVERTS_MS], so that a machine without CPU to give makes no takeover.
    int advertIntervalMs() {
        return ADVERTS_MS;
    }

    @AfterEach
    final void leavePair() throws IOException {
        try {
            while (!repairs.isEmpty()) {
                repairs.pop().run();
            }
            forgetRevisions();
            bothRun();
            lab.awaitEqualPair();
            guard().check();
        } catch (Lab.NotInTimeException | AssertionError e) {
            printLogs();
            throw e;
        }
    }

    /// The tests change the directors' files, which count only while there is no revision; a drain by hand makes one.
    private void forgetRevisions() {
        var directors = List.of(lab.d1(), lab.d2());
        if (directors.stream().anyMatch(director -> Files.isDirectory(revisions(director)))) {
            directors.forEach(Director::stop);
            directors.forEach(PairUnderTest::forgetRevisions);
        }
    }

    private static Path revisions(Director director) {
        return director.stateDirectory().resolve("revisions");
    }

    private static void forgetRevisions(Director director) {
        var directory = revisions(director);
        if (Files.isDirectory(directory)) {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void bothRun() {
        Stream.of(lab.d1(), lab.d2()).filter(d -> !d.isRunning()).forEach(Director::start);
    }

    final WireGuard guard() {
        if (guard == null) {
            throw new IllegalStateException("no guard before the test begins");
        }
        return guard;
    }

    /// Runs after the test, however it ends; the last one first. It may be needless by then.
    final void afterwards(Runnable repair) {
        repairs.push(repair);
    }

    final Director active() {
        return lab.active().orElseThrow(() -> new AssertionError("not exactly one director is active"));
    }

    final void awaitTakeover(Director next) {
        Lab.await(next + " serves", TAKEOVER_MAX, () -> next.is(Role.ACTIVE));
    }

    /// Waits until both say that they are active.
    final void awaitTwoActives() {
        Lab.await(
                "both are active",
                TAKEOVER_MAX,
                () -> lab.d1().is(Role.ACTIVE) && lab.d2().is(Role.ACTIVE));
    }

    /// Waits until one is active, the tables are equal and both readouts say so, for no longer than is promised.
    final void awaitWhole(String after) {
        report("whole again %d ms after %s"
                .formatted(Wholeness.await(lab, Wholeness.AGAIN_MAX).toMillis(), after));
    }

    /// Moves the VIPs to the other director, which serves and has an equal standby when this returns.
    ///
    /// A director whose peer gets no processor for a tenth of a second refuses and says why, and for two seconds
    /// after a failover its old active still relays. So it may be asked again; one that was begun must be done.
    final void failover(Director from) {
        var to = lab.other(from);
        var result = new Pair(lab, this::report).handOver(from);
        report("%s to %s: refused %d times, packets held for %s ms"
                .formatted(from, to, result.refused(), result.heldMs()));
        assertThat(result.failures())
                .as("what is wrong with the failover to %s", to)
                .isEmpty();
        awaitTakeover(to);
        awaitEqualStandbyOf(to);
    }

    /// Waits until the other one stands by with equal tables.
    final void awaitEqualStandbyOf(Director active) {
        Lab.await(lab.other(active) + " stands by with equal tables", REJOIN_MAX, () -> lab.hasEqualStandby(active));
    }

    /// A measurement, for whoever reads the log of a run that was green.
    final void report(String measured) {
        System.out.println(getClass().getSimpleName() + ": " + measured);
    }

    private void printLogs() throws IOException {
        for (int i = 0; i < logs.length; i++) {
            var all = Files.readAllBytes(logs[i]);
            int from = (int) Math.min(logFrom[i], all.length);
            System.out.println("--- " + logs[i].getFileName() + " of this test");
            System.out.write(all, from, all.length - from);
            System.out.println();
        }
    }
}
