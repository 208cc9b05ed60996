package holdfast.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/// Limits the log lines of all libraries together to [#LINES_MAX] a minute. A stranger may make a library complain of
/// each packet, and a full disk is worse than a missing line. At the end of the minute it logs the number of dropped
/// lines. `logback.xml` names it.
public final class LibraryLog extends TurboFilter {
    static final int LINES_MAX = 20;

    private static final String OURS = "holdfast.";
    /// A transport of JGroups logs under the name of its class.
    private static final String TRANSPORT = "holdfast.sync.jgroups.SealedUdp";

    private final AtomicInteger lines = new AtomicInteger();

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        if (!isOfALibrary(logger.getName()) || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        int line = lines.incrementAndGet();
        if (line == 1) {
            var _ = getContext().getScheduledExecutorService().schedule(this::endMinute, 1, TimeUnit.MINUTES);
        }
        return line <= LINES_MAX ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    void endMinute() {
        int leftOut = lines.getAndSet(0) - LINES_MAX;
        if (leftOut > 0) {
            ((LoggerContext) getContext())
                    .getLogger(LibraryLog.class)
                    .warn("library log limited lines-left-out={} interval=1m", leftOut);
        }
    }

    private static boolean isOfALibrary(String logger) {
        return !logger.startsWith(OURS) || logger.startsWith(TRANSPORT);
    }
}
