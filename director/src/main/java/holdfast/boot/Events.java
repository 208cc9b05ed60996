package holdfast.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogLevel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// The newest events of this director: the lines of its own log, from INFO on. So whatever the log has is also an
/// event, and an operator finds it without the journal. Any thread.
final class Events extends AppenderBase<ILoggingEvent> {
    private static final String OURS = "holdfast.";

    private final int most;
    private final Consumer<Event> file;
    private final Deque<Event> events = new ArrayDeque<>(); // the newest last; under the lock of itself
    private long newest;

    /// @param before  of earlier runs, the oldest first
    /// @param most    how many are kept
    /// @param file    receives each new event; returns at once
    Events(List<Event> before, int most, Consumer<Event> file) {
        this.most = most;
        this.file = file;
        before.stream().skip(Math.max(0, before.size() - most)).forEach(events::add);
        // A second process that was refused may have written beside the first one.
        newest = before.stream().mapToLong(Event::number).max().orElse(0);
    }

    /// Hears of each line from now on.
    void listen(LoggerContext context) {
        setContext(context);
        start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent line) {
        if (!line.getLoggerName().startsWith(OURS) || !line.getLevel().isGreaterOrEqual(Level.INFO)) {
            return;
        }
        var at = Instant.ofEpochMilli(line.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS);
        var text = line.getFormattedMessage().lines().findFirst().orElse("");
        synchronized (events) {
            newest++;
            var event = Event.of(newest, at.toString(), LogLevel.valueOf(line.getLevel().levelStr), text);
            if (events.size() == most) {
                events.removeFirst();
            }
            events.addLast(event);
            file.accept(event);
        }
    }

    EventList list(EventsRequest request) {
        synchronized (events) {
            var found = events.stream()
                    .filter(event -> request.after() == null || event.number() > request.after())
                    .filter(event -> request.since() == null
                            || !Instant.parse(event.at()).isBefore(request.since()))
                    .toList();
            var last = found.subList(Math.max(0, found.size() - request.limit()), found.size());
            return new EventList(last, newest, events.size());
        }
    }
}
