package holdfast.boot;

import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.admin.Status;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/// What a director reports to its service manager (sd_notify(3)), as a pure function of its status. Times are monotonic
/// ns.
///
/// It is ready when it forwards, stands by and would serve, or is in maintenance. A director that is not so far after
/// [#READY_MAX], such as one with a dead link, is ready all the same: the manager would kill it for being late, and
/// that
/// mends nothing.
///
/// The ping of the watchdog proves two threads: the datapath has answered within a second, and the election has turned.
/// A frozen one keeps the process from forwarding or from resigning, and the manager then ends the process.
///
/// @param isReady    whether that was reported
/// @param headline   as last reported
/// @param startedAt  of the process
record Vigil(boolean isReady, String headline, long startedAt) {
    static final long READY_MAX = TimeUnit.SECONDS.toNanos(30);
    /// An election turns at least once in an advert interval, which is at most a minute.
    static final long TURN_MAX = TimeUnit.SECONDS.toNanos(2);

    /// What a director sees of itself.
    ///
    /// @param turned      ns since the election turned, beyond its advert interval
    /// @param isKeptBack  whether an operator keeps it from serving
    record Sight(Status status, long turned, boolean isKeptBack) {
        /// The thread that has stopped; empty if both run.
        Optional<String> frozen() {
            if (status.datapath().connections() == null) {
                return Optional.of("the datapath does not answer");
            }
            return turned > TURN_MAX
                    ? Optional.of("the election has not turned for " + TimeUnit.NANOSECONDS.toSeconds(turned) + " s")
                    : Optional.empty();
        }

        /// Forwards, or would in the place of the active, or is not meant to.
        private boolean isOfUse() {
            return status.role() == Role.ACTIVE || status.failover().safe() == Safe.YES || isKeptBack;
        }

        private String headline() {
            var failover = status.failover();
            var reasons = failover.reasons().isEmpty() ? "" : ", because " + String.join("; ", failover.reasons());
            var standing = status.director() + " is " + status.role();
            return status.role() == Role.ACTIVE
                    ? "%s; safe to fail over%s: %s%s"
                            .formatted(
                                    standing,
                                    failover.to() == null ? "" : " to " + failover.to(),
                                    failover.safe().name().toLowerCase(Locale.ROOT),
                                    reasons)
                    : "%s; would serve: %s%s"
                            .formatted(standing, failover.safe().name().toLowerCase(Locale.ROOT), reasons);
        }
    }

    /// @param message  for the manager; empty for none
    record Step(Vigil next, String message) {}

    static Vigil begun(long now) {
        return new Vigil(false, "", now);
    }

    /// @param isWatched  whether the manager expects pings
    Step look(Sight sight, boolean isWatched, long now) {
        var message = new StringJoiner("\n");
        boolean isReadyNow = isReady || sight.isOfUse() || now - startedAt >= READY_MAX;
        if (isReadyNow && !isReady) {
            message.add("READY=1");
        }
        var line = sight.headline().replace('\n', ' ');
        if (!line.equals(headline)) {
            message.add("STATUS=" + line);
        }
        if (isWatched && sight.frozen().isEmpty()) {
            message.add("WATCHDOG=1");
        }
        return new Step(new Vigil(isReadyNow, line, startedAt), message.toString());
    }
}
