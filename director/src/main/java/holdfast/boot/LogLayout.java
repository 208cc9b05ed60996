package holdfast.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The form of a log line: with its time and level, or for the journal, which keeps the time itself and takes the level
/// as a priority in front of each line (sd-daemon(3)). `logback.xml` names it.
public final class LogLayout extends LayoutBase<ILoggingEvent> {
    private static final String PLAIN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %msg%n%rootException{6}";
    private static final String FOR_JOURNAL = "[%thread] %msg%n%rootException{6}";

    private final boolean isForJournal;
    private final PatternLayout pattern = new PatternLayout();

    public LogLayout() {
        this(isJournal(System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2")));
    }

    LogLayout(boolean isForJournal) {
        this.isForJournal = isForJournal;
    }

    /// Whether the journal reads what is written to a file: systemd passes the device and the inode of its stream. They
    /// differ if the process, or a shell before it, has sent its output elsewhere.
    static boolean isJournal(@Nullable String stream, Path output) {
        if (stream == null) {
            return false;
        }
        try {
            return stream.equals(Files.getAttribute(output, "unix:dev") + ":" + Files.getAttribute(output, "unix:ino"));
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    @Override
    public void start() {
        pattern.setContext(getContext());
        pattern.setPattern(isForJournal ? FOR_JOURNAL : PLAIN);
        pattern.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        var text = pattern.doLayout(event);
        if (!isForJournal) {
            return text;
        }
        var priority = "<" + priority(event.getLevel()) + ">";
        return text.lines().map(line -> priority + line).collect(Collectors.joining("\n", "", "\n"));
    }

    /// As in syslog(3).
    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }
}
