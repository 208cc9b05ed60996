package holdfast.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The level of the log, which an operator changes for a while.
///
/// Libraries log behind it: their warnings are mostly steps of a repair that they finish themselves, and an operator
/// has nothing to do about them. So they show with our DEBUG, and only their errors before.
final class LogLevels {
    /// Names the level of the start.
    static final String VARIABLE = "HOLDFAST_LOG_LEVEL";

    private static final Logger log = LoggerFactory.getLogger(LogLevels.class);
    private static final String OURS = "holdfast";
    /// JGroups logs under the name of our transport.
    private static final String TRANSPORT = "holdfast.sync.jgroups.SealedUdp";

    private final LoggerContext context;
    private final LongSupplier clock;
    private final LogLevel usual;
    private @Nullable Future<?> end;
    private LogLevel level;
    private long endsAt;

    /// @param clock  as [System#nanoTime]
    LogLevels(LoggerContext context, LogLevel usual, LongSupplier clock) {
        this.context = context;
        this.usual = usual;
        this.clock = clock;
        level = usual;
        use(usual);
    }

    /// The level that the environment names; empty if it names no level.
    ///
    /// @param text  null where the variable is not set
    static Optional<LogLevel> of(@Nullable String text) {
        return text == null
                ? Optional.of(LogLevel.INFO)
                : Arrays.stream(LogLevel.values())
                        .filter(each -> each.name().equals(text.toUpperCase(Locale.ROOT)))
                        .findFirst();
    }

    static String mistake(String text) {
        return "%s is '%s', which is no level; it is one of %s"
                .formatted(
                        VARIABLE,
                        text,
                        Arrays.stream(LogLevel.values()).map(LogLevel::name).collect(Collectors.joining(", ")));
    }

    synchronized LogState state() {
        boolean isUsual = end == null;
        long left = TimeUnit.NANOSECONDS.toSeconds(endsAt - clock.getAsLong() + 999_999_999);
        return new LogState(level, usual, isUsual ? null : (int) Math.max(1, left));
    }

    /// Logs at another level, until the usual one returns by itself.
    synchronized LogState change(LogRequest request) {
        cancel();
        if (request.level() != usual) {
            int seconds = Objects.requireNonNullElse(request.seconds(), LogRequest.SECONDS_USUAL);
            endsAt = clock.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
            end = context.getScheduledExecutorService().schedule(this::end, seconds, TimeUnit.SECONDS);
        }
        to(request.level(), "operator");
        return state();
    }

    /// Returns to the usual level.
    synchronized void end() {
        cancel();
        to(usual, "time-over");
    }

    private void cancel() {
        var running = end;
        if (running != null) {
            running.cancel(false);
            end = null;
        }
    }

    private void to(LogLevel next, String cause) {
        if (next == level) {
            return;
        }
        // The line itself must not fall to the level that it reports.
        use(LogLevel.INFO);
        log.info("log level changed from={} to={} cause={}", level, next, cause);
        level = next;
        use(next);
    }

    private void use(LogLevel ours) {
        var libraries = ours == LogLevel.DEBUG ? Level.WARN : Level.ERROR;
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(libraries);
        context.getLogger(TRANSPORT).setLevel(libraries);
        context.getLogger(OURS).setLevel(Level.toLevel(ours.name()));
    }
}
