package holdfast.boot;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.FailoverReadiness;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.Sync;
import holdfast.boot.Supervision.Manager;
import holdfast.boot.Vigil.Sight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SupervisionTest {
    private static final long START = -5;
    private static final Sight ACTIVE = sight(Role.ACTIVE, Safe.YES, true, 0);
    private static final Sight JOINING = sight(Role.STANDBY, Safe.NO, true, 0);
    private static final Sight STANDBY = sight(Role.STANDBY, Safe.YES, true, 0);

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Test
    void whoForwardsIsReadyAtOnce() {
        assertThat(Vigil.begun(START).look(ACTIVE, true, START).message())
                .isEqualTo("READY=1\nSTATUS=d1 is ACTIVE; safe to fail over to d2: yes\nWATCHDOG=1");
    }

    @Test
    void aStandbyIsReadyOnceItWouldServe() {
        var joining = Vigil.begun(START).look(JOINING, false, START);
        assertThat(joining.message())
                .isEqualTo("STATUS=d1 is STANDBY; would serve: no, because d1 is taking its first copy of the tables");
        assertThat(joining.next()
                        .look(JOINING, false, START + SECONDS.toNanos(1))
                        .message())
                .isEmpty();
        assertThat(joining.next()
                        .look(STANDBY, false, START + SECONDS.toNanos(2))
                        .message())
                .isEqualTo("READY=1\nSTATUS=d1 is STANDBY; would serve: yes");
    }

    @Test
    void whoCannotServeIsReadyAfterAWhileAndSaysWhyNot() {
        var late = Vigil.begun(START).look(JOINING, false, START + Vigil.READY_MAX);
        assertThat(late.message()).startsWith("READY=1\nSTATUS=d1 is STANDBY; would serve: no, because");
    }

    @Test
    void whoIsInMaintenanceIsReadyAtOnce() {
        var keptBack = new Sight(JOINING.status(), 0, true);
        assertThat(Vigil.begun(START).look(keptBack, false, START).message())
                .startsWith("READY=1\nSTATUS=d1 is STANDBY");
    }

    @Test
    void aFrozenThreadStopsThePings() {
        var vigil = Vigil.begun(START).look(ACTIVE, true, START).next();
        assertThat(vigil.look(ACTIVE, true, START).message()).isEqualTo("WATCHDOG=1");
        assertThat(vigil.look(sight(Role.ACTIVE, Safe.YES, false, 0), true, START)
                        .message())
                .as("datapath")
                .isEmpty();
        assertThat(vigil.look(sight(Role.ACTIVE, Safe.YES, true, Vigil.TURN_MAX + 1), true, START)
                        .message())
                .as("election")
                .isEmpty();
        assertThat(vigil.look(sight(Role.ACTIVE, Safe.YES, true, Vigil.TURN_MAX), true, START)
                        .message())
                .isEqualTo("WATCHDOG=1");
    }

    @Test
    void theManagerHearsOfReadinessAReloadAndTheEnd() throws InterruptedException {
        var manager = new Manager(heard::add, OptionalLong.of(SECONDS.toNanos(4)));
        var order = new LinkedBlockingQueue<String>();
        try (var supervision = Supervision.start(ACTIVE::status, () -> 0, () -> false, Optional.of(manager))) {
            assertThat(heard.poll(10, SECONDS)).startsWith("READY=1\nSTATUS=").endsWith("WATCHDOG=1");
            supervision.reload(() -> {
                heard.drainTo(order);
                order.add("the file is read");
            });
            heard.drainTo(order);
            supervision.stopping();
        }
        heard.drainTo(order);
        assertThat(order.stream().filter(message -> !message.equals("WATCHDOG=1")))
                .satisfiesExactly(
                        first -> assertThat(first).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"),
                        second -> assertThat(second).isEqualTo("the file is read"),
                        third -> assertThat(third).isEqualTo("READY=1"),
                        fourth -> assertThat(fourth).isEqualTo("STOPPING=1"));
    }

    @Test
    void aStatusThatFailsStopsThePingsUntilItWorksAgain() throws InterruptedException {
        var manager = new Manager(heard::add, OptionalLong.of(MILLISECONDS.toNanos(40)));
        var looks = new AtomicInteger();
        try (var _ = Supervision.start(
                () -> {
                    if (looks.incrementAndGet() <= 3) {
                        throw new IllegalStateException("a bug");
                    }
                    return ACTIVE.status();
                },
                () -> 0,
                () -> false,
                Optional.of(manager))) {
            assertThat(heard.poll(10, SECONDS)).startsWith("READY=1\nSTATUS=").endsWith("WATCHDOG=1");
            assertThat(looks).hasValueGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void onlyTheWatchedProcessPings() {
        var socket = Map.of("NOTIFY_SOCKET", "@holdfast-test", "WATCHDOG_USEC", "10000000");
        assertThat(Manager.of(Map.of(), 7)).isEmpty();
        assertThat(Manager.of(Map.of("NOTIFY_SOCKET", "relative"), 7)).isEmpty();
        assertThat(Manager.of(socket, 7).orElseThrow().watchdog()).hasValue(SECONDS.toNanos(10));
        for (var pid : List.of("7", "8")) {
            var watched = Map.of("NOTIFY_SOCKET", "@holdfast-test", "WATCHDOG_USEC", "10000000", "WATCHDOG_PID", pid);
            assertThat(Manager.of(watched, 7).orElseThrow().watchdog().isPresent())
                    .isEqualTo(pid.equals("7"));
        }
    }

    static Status status(Role role) {
        return sight(role, Safe.YES, true, 0).status();
    }

    private static Sight sight(Role role, Safe safe, boolean datapathAnswers, long turned) {
        var reasons = safe == Safe.YES ? List.<String>of() : List.of("d1 is taking its first copy of the tables");
        var to = role == Role.ACTIVE ? "d2" : "d1";
        var table = datapathAnswers ? new Status.Table(1, 64) : null;
        return new Sight(
                new Status(
                        "d1",
                        "1",
                        "2026-11-30T16:00:00Z",
                        7,
                        1000,
                        role,
                        3,
                        "shop",
                        51,
                        100,
                        List.of(),
                        List.of(),
                        List.of(),
                        new Status.Adverts(100, 0, 0, Map.of(), Map.of(), null, null),
                        null,
                        new FailoverReadiness(safe, to, "d1", reasons, null, null, null, null),
                        new Sync(role, 3, null, null, List.of(), Map.of()),
                        new Status.Datapath(0, 0, Map.of(), Map.of(), table, table, null, true, null),
                        new Status.Config("0.0", true, false, 0, 0, 0)),
                turned,
                false);
    }
}
