package holdfast.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    private final LoggerContext context = new LoggerContext();
    private final AtomicLong clock = new AtomicLong(-7);
    private final LogLevels levels = new LogLevels(context, LogLevel.INFO, clock::get);

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void librariesLogTheirErrorsOnlyUntilAnOperatorAsksForMore() {
        assertThat(isLogged("holdfast.group.RoleChange", "INFO")).isTrue();
        assertThat(isLogged("holdfast.group.RoleChange", "DEBUG")).isFalse();
        assertThat(isLogged("org.jgroups.protocols.pbcast.NAKACK4", "WARN")).isFalse();
        assertThat(isLogged("org.jgroups.protocols.pbcast.NAKACK4", "ERROR")).isTrue();
        assertThat(isLogged("holdfast.sync.jgroups.SealedUdp", "WARN")).isFalse();
        assertThat(isLogged("io.netty.channel", "WARN")).isFalse();
        levels.change(new LogRequest(LogLevel.DEBUG, null));
        assertThat(isLogged("holdfast.group.RoleChange", "DEBUG")).isTrue();
        assertThat(isLogged("org.jgroups.protocols.pbcast.NAKACK4", "WARN")).isTrue();
        assertThat(isLogged("org.jgroups.protocols.pbcast.NAKACK4", "INFO")).isFalse();
    }

    @Test
    void anotherLevelEndsByItself() {
        assertThat(levels.change(new LogRequest(LogLevel.DEBUG, 60)))
                .isEqualTo(new LogState(LogLevel.DEBUG, LogLevel.INFO, 60));
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(59_500));
        assertThat(levels.state().leftS()).isEqualTo(1);
        levels.end();
        assertThat(levels.state()).isEqualTo(new LogState(LogLevel.INFO, LogLevel.INFO, null));
        assertThat(isLogged("holdfast.x", "DEBUG")).isFalse();
    }

    @Test
    void theUsualLevelHasNoEnd() {
        levels.change(new LogRequest(LogLevel.ERROR, 60));
        assertThat(levels.change(new LogRequest(LogLevel.INFO, 60)).leftS()).isNull();
    }

    @Test
    void theEnvironmentNamesALevelOrIsRefused() {
        assertThat(LogLevels.of(null)).contains(LogLevel.INFO);
        assertThat(LogLevels.of("debug")).contains(LogLevel.DEBUG);
        assertThat(LogLevels.of("loud")).isEmpty();
        assertThat(LogLevels.mistake("loud")).contains("HOLDFAST_LOG_LEVEL", "'loud'", "ERROR, WARN, INFO, DEBUG");
    }

    private boolean isLogged(String logger, String level) {
        return context.getLogger(logger).isEnabledFor(ch.qos.logback.classic.Level.toLevel(level));
    }
}
