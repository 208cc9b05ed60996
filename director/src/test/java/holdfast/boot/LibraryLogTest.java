package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LibraryLogTest {
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final LibraryLog limit = new LibraryLog();

    @BeforeEach
    void attach() {
        limit.setContext(context);
        context.addTurboFilter(limit);
        log.start();
        var root = context.getLogger("ROOT");
        root.setLevel(Level.INFO);
        root.addAppender(log);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private void write(String logger, int lines) {
        for (int i = 0; i < lines; i++) {
            context.getLogger(logger).warn("line {}", i);
        }
    }

    @Test
    void librariesWriteSoManyLinesAMinuteAndTheRestIsCounted() {
        write("org.jgroups.protocols.pbcast.NAKACK2", 1000);
        write("holdfast.sync.jgroups.SealedUdp", 1000);
        assertThat(log.list).hasSize(LibraryLog.LINES_MAX);
        limit.endMinute();
        assertThat(log.list.getLast().getFormattedMessage()).contains("lines-left-out=1980");
        write("io.netty.channel", 1);
        assertThat(log.list.getLast().getLoggerName()).isEqualTo("io.netty.channel");
    }

    @Test
    void ourOwnLinesAreNotLimitedAndWhatIsNotLoggedIsNotCounted() {
        write("holdfast.sync.node.SyncNode", 100);
        for (int i = 0; i < 100; i++) {
            context.getLogger("org.jgroups.x").debug("off");
        }
        write("org.jgroups.x", 1);
        assertThat(log.list).hasSize(101);
    }
}
