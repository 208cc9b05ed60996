package holdfast.control;

import static holdfast.testing.Fixtures.ip;
import static holdfast.testing.Fixtures.persistent;
import static holdfast.testing.Fixtures.real;
import static holdfast.testing.Fixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import holdfast.admin.ApiError;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.EntryFilter;
import holdfast.admin.Host;
import holdfast.admin.RehomeRequest;
import holdfast.admin.TemplateRequest;
import holdfast.api.RefusedException;
import holdfast.conf.DrainMode;
import holdfast.conf.MarkRule;
import holdfast.linux.Clock;
import holdfast.sync.SyncState;
import holdfast.table.TemplateOrders;
import holdfast.worker.GroupDatapath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The answers to an operator about templates.
@Timeout(10)
class TemplateCommandsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int REAL = 0; // the id of the only real server
    private static final int OTHER = 2; // the id of one that a second configuration adds
    private static final int CLIENT = ip("198.51.100.7");

    private final IdleWorker idle = new IdleWorker();
    private final GroupDatapath datapath = idle.datapath;

    @BeforeEach
    void configure() {
        idle.configure(List.of(), persistent(tcp(80), 300, "255.255.255.255", real("10.0.0.11", 8080, 1)));
    }

    @AfterEach
    void close() {
        idle.close();
    }

    private int template(int client, long timeoutS) {
        return template(client, REAL, timeoutS);
    }

    private int template(int client, int real, long timeoutS) {
        long expiresAt = Clock.monotonic() + timeoutS * SECOND;
        return datapath.query(tables -> tables.templates().insert(client, real, timeoutS, expiresAt))
                .join();
    }

    private @Nullable Long templatesGoneMs() {
        var drained = datapath.query(tables -> {
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
        return TemplateCommands.promised(drained, new EntryListing(datapath)).templatesGoneMs();
    }

    @Test
    void aDrainSaysWhenTheLastTemplateGoes() {
        assertThat(templatesGoneMs()).isZero();
        template(CLIENT, 300);
        template(CLIENT + 1, 600); // of an earlier configuration
        assertThat(templatesGoneMs()).isEqualTo(600_000);
    }

    @Test
    void aRealServerThatIsNamedWithoutItsPortIsFoundBeforeTheOrderIsGiven() {
        idle.configure(
                List.of(),
                persistent(
                        tcp(80),
                        300,
                        "255.255.255.255",
                        real("10.0.0.11", 8080, 1),
                        real("10.0.0.11", 8081, 1),
                        real("10.0.0.12", 8080, 1)));
        datapath.activate(1, Long.MAX_VALUE).join();
        int slot = template(CLIENT, OTHER, 300);
        var commands = new TemplateCommands(datapath, Optional::empty);
        var client = MarkRule.Prefix.of("198.51.100.7");
        var ambiguous = Host.of("10.0.0.11");
        var why = "there are several real servers 10.0.0.11 in tcp/192.0.2.10:80";

        assertThatThrownBy(() -> commands.rehome(new RehomeRequest(client, tcp(80), ambiguous)))
                .hasMessage(why);
        var filter = new EntryFilter(client, null, tcp(80));
        assertThatThrownBy(() ->
                        commands.change(new TemplateRequest(TemplateRequest.Action.MOVE, filter, ambiguous, false)))
                .hasMessage(why);
        assertThat(datapath.query(tables -> tables.templates().view().at(slot).real())
                        .join())
                .isEqualTo(OTHER);

        assertThat(commands.rehome(new RehomeRequest(client, tcp(80), Host.of("10.0.0.11:8081")))
                        .to())
                .containsExactly(Endpoint.of("10.0.0.11:8081"));
    }

    @Test
    void anOrderThatTakesLongIsNotSaidToHaveFailed() {
        var endless = new CompletableFuture<TemplateOrders.Outcome>();
        assertThatThrownBy(() -> commands(null).outcome(endless, 0, false))
                .isInstanceOf(RefusedException.class)
                .hasMessage("templates are still being changed");
        assertThatThrownBy(() -> commands(null).outcome(endless, 0, true))
                .isInstanceOf(RefusedException.class)
                .hasMessage("templates are still being counted");

        endless.completeExceptionally(new IllegalStateException("this director is not active any more"));
        assertThatThrownBy(() -> commands(null).outcome(endless, 0, false)).hasMessage("templates were not changed");
    }

    @Test
    void aStandbyNamesTheDirectorThatMayChangeTemplates() {
        var onStandby = CompletableFuture.<TemplateOrders.Outcome>failedFuture(
                new IllegalStateException("this director is not active; ask the one that is"));
        assertThatThrownBy(() -> commands("d2").outcome(onStandby, 1, false))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refusal -> assertThat(refusal.error())
                                .isEqualTo(new ApiError(
                                        "templates were not changed",
                                        "this director is not active",
                                        "d2 is: run it there")));
    }

    private TemplateCommands commands(@Nullable String active) {
        return new TemplateCommands(
                datapath, () -> Optional.ofNullable(active).map(name -> SyncSamples.seen(name, SyncState.EQUAL)));
    }

    @Test
    void aDrainPromisesNothingWhereATemplateIsPinned() {
        int pinned = template(CLIENT, 300);
        template(CLIENT + 1, 300);
        datapath.query(tables -> tables.templates().view().at(pinned).pinned(true))
                .join();
        assertThat(templatesGoneMs()).isNull();
    }

    @Test
    void aDrainPromisesNothingWhereATemplateControlsAConnectionOnAnotherRealServer() {
        int moved = template(CLIENT, 300);
        datapath.query(tables -> {
                    tables.persistence().link(moved);
                    return moved;
                })
                .join();
        assertThat(templatesGoneMs()).isNull();
    }
}
