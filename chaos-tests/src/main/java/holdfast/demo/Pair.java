package holdfast.demo;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.lab.Director;
import holdfast.lab.Lab;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The two directors of the lab, as the demo uses them.
final class Pair {
    private static final Duration TAKEOVER_MAX = Duration.ofSeconds(15);
    private static final long PAUSE = 25_000_000;

    private final Lab lab;
    private final Consumer<String> progress;

    /// @param progress  takes a line for each event
    Pair(Lab lab, Consumer<String> progress) {
        this.lab = lab;
        this.progress = progress;
    }

    Lab lab() {
        return lab;
    }

    void say(String line) {
        progress.accept(line);
    }

    /// @throws IllegalStateException if not exactly one is active
    Director active() {
        return lab.active().orElseThrow(() -> new IllegalStateException("not exactly one director is active"));
    }

    void awaitTakeoverFrom(Director old) {
        var next = lab.other(old);
        Lab.await(next + " serves", TAKEOVER_MAX, () -> next.is(Role.ACTIVE));
    }

    /// Whether the active reports that a failover to the other director is safe now.
    boolean isReady(Director active) {
        var readiness = active.status().failover();
        return readiness.safe() == Safe.YES && lab.other(active).name().equals(readiness.to());
    }

    /// Moves the VIPs to the other director as an operator would.
    HandOver.Result handOver(Director from) {
        var to = lab.other(from);
        return new HandOver(
                        () -> from.failover("demo"),
                        () -> from.is(Role.STANDBY) && to.is(Role.ACTIVE),
                        progress,
                        new RealTime())
                .untilDone();
    }

    private static final class RealTime implements HandOver.Time {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void pause() {
            LockSupport.parkNanos(PAUSE);
        }
    }

    /// Restores a pair after a round that ended early.
    ///
    /// @return whether that was possible
    boolean recover() {
        say("making a pair again of what is left");
        try {
            for (var director : Stream.of(lab.d1(), lab.d2()).toList()) {
                if (director.isRunning()) {
                    director.thaw();
                } else {
                    director.start();
                }
            }
            lab.awaitEqualPair();
            return true;
        } catch (Lab.NotInTimeException | IllegalStateException e) {
            say("  " + e.getMessage());
            return false;
        }
    }
}
