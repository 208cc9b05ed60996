package holdfast.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/// Keeps the messages of throw-away directors out of the log; `logback.xml` names it.
public final class RehearsalSilence extends TurboFilter {
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        boolean isRehearsed = Thread.currentThread().getName().startsWith(RehearsedPair.THREAD)
                && !logger.getName().equals(Rehearsal.class.getName());
        return isRehearsed ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
