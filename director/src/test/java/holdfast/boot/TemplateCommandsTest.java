package holdfast.boot;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.DrainResult;
import holdfast.conf.DrainMode;
import holdfast.forward.Worker;
import holdfast.linux.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What operators are told of templates.
@Timeout(10)
class TemplateCommandsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int REAL = 0; // the id of the only real server
    private static final int CLIENT = ip("198.51.100.7");

    private final IdleWorker idle = new IdleWorker();
    private final Worker worker = idle.worker;

    @BeforeEach
    void configure() {
        idle.configure(List.of(), persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1)));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    private int template(int client, long timeoutS) {
        long expiresAt = Clock.monotonic() + timeoutS * SECOND;
        return worker.query(tables -> tables.templates().insert(client, REAL, timeoutS, expiresAt))
                .join();
    }

    private @Nullable Long templatesGoneMs() {
        var drained = worker.query(tables -> {
                    tables.quiesce(REAL, DrainMode.KEEP_CONNECTIONS, 0);
                    return new DrainResult(
                            tcp(80),
                            Named.endpoint(tables.reals(), REAL),
                            DrainMode.KEEP_CONNECTIONS,
                            0,
                            0,
                            tables.reals().persistent(REAL),
                            TemplateCommands.templatesGoneMs(tables, REAL),
                            null);
                })
                .join();
        return TemplateCommands.promised(drained, new Listing(worker)).templatesGoneMs();
    }

    @Test
    void aDrainSaysWhenTheLastTemplateGoes() {
        assertThat(templatesGoneMs()).isZero();
        template(CLIENT, 300);
        template(CLIENT + 1, 600); // of an earlier configuration
        assertThat(templatesGoneMs()).isEqualTo(600_000);
    }

    @Test
    void aDrainPromisesNothingWhereATemplateIsPinned() {
        int pinned = template(CLIENT, 300);
        template(CLIENT + 1, 300);
        worker.query(tables -> tables.templates().view().at(pinned).pinned(true))
                .join();
        assertThat(templatesGoneMs()).isNull();
    }

    @Test
    void aDrainPromisesNothingWhereATemplateControlsAConnectionOnAnotherRealServer() {
        int moved = template(CLIENT, 300);
        worker.query(tables -> {
                    tables.persistence().link(moved);
                    return moved;
                })
                .join();
        assertThat(templatesGoneMs()).isNull();
    }
}
