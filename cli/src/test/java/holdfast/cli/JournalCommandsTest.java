package holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import holdfast.admin.ApiError;
import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.LogLevel;
import holdfast.admin.LogState;
import holdfast.admin.MaintenanceState;
import holdfast.admin.Role;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The commands for the log, the events, the failovers among them, and the maintenance of a director.
class JournalCommandsTest extends AgainstASocket {
    private static final EventList EVENTS = new EventList(
            List.of(
                    event(7, "director starting name=d1 version=0.1.0"),
                    event(
                            8,
                            "vrrp transition vrid=51 from=STANDBY to=ACTIVE cause=PEER_SILENT peer=192.0.2.2 heard-ms-ago=310.4"),
                    event(9, "role changed to=active term=8 cause=PEER_SILENT serves-after-ms=3")),
            9,
            3);

    private static Event event(long number, String text) {
        return Event.of(number, "2026-11-30T16:00:0" + number + "Z", LogLevel.INFO, text);
    }

    @Test
    void eventsAreTheLinesOfTheLog() throws IOException {
        var ended = with("/v1/events?limit=100", 200, EVENTS, "events");
        assertThat(ended.exit()).isZero();
        assertThat(ended.out().lines())
                .hasSize(3)
                .endsWith(
                        "2026-11-30T16:00:09Z INFO  role changed to=active term=8 cause=PEER_SILENT serves-after-ms=3");
        assertThat(with("/v1/events?limit=100", 200, new EventList(List.of(), 0, 0), "events"))
                .isEqualTo(new Ended(0, "Nothing happened\n", ""));
    }

    @Test
    void eventsThatComeAreFollowedOverARestart() throws IOException {
        var director = new DirectorInMemory();
        var servers = new ArrayDeque<TinyServer>();
        servers.add(new TinyServer(socket(), director::answer));
        var waits = new ArrayList<Duration>();
        pause = wait -> {
            waits.add(wait);
            try {
                switch (waits.size()) {
                    case 1 -> director.journal.add("2026-11-30T15:00:41Z", "one");
                    case 2 -> {
                        servers.remove().close();
                        Files.delete(socket());
                    }
                    case 4 -> {
                        director.journal.add("2026-11-30T15:00:42Z", "two");
                        servers.add(new TinyServer(socket(), director::answer));
                    }
                    default -> {}
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return waits.size() < 6;
        };
        var ended = run("events", "--follow", "--limit=1", "--output=json");
        servers.remove().close();
        assertThat(ended.exit()).isZero();
        assertThat(ended.out().lines().map(line -> result(line, EventList.class).events()))
                .allSatisfy(events -> assertThat(events).hasSize(1))
                .extracting(events -> events.getFirst().number())
                .containsExactly(5L, 6L, 7L);
        assertThat(ended.err())
                .hasLineCount(1)
                .contains("the director does not run")
                .endsWith("; waiting for it\n");
        assertThat(waits).containsOnly(Duration.ofMillis(500));
    }

    @Test
    void theLastFailoverHasItsTimes() throws IOException {
        assertThat(with("/v1/events?limit=1000", 200, EVENTS, "failover", "last")
                        .out())
                .startsWith("2026-11-30T16:00:09Z  takeover  took over: PEER_SILENT, peer 192.0.2.2\n")
                .contains("  serves-after-ms  3\n", "  heard-ms-ago     310.4\n");
        assertThat(with("/v1/events?limit=1000", 200, EVENTS, "failover", "history")
                        .out())
                .hasLineCount(1);
        assertThat(with("/v1/events?limit=1000", 200, new EventList(List.of(), 0, 0), "failover", "last"))
                .isEqualTo(new Ended(0, "This director's events have no failover\n", ""));
    }

    @Test
    void thePlanSaysWhatAFailoverWouldDoAndEndsWithThreeWhereItIsRefused() throws IOException {
        var safe =
                with("/v1/status", 200, Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL), "failover", "plan");
        assertThat(safe.exit()).isZero();
        assertThat(safe.out()).startsWith("A failover would move ");
        var unknown = with(
                "/v1/status", 200, Samples.status(Role.STANDBY, Samples.UNKNOWN, Samples.SILENT), "failover", "plan");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.out()).startsWith("A failover from ").contains("\n  - ");
    }

    @Test
    void theLevelOfTheLogIsShownAndChangedForAWhile() throws IOException {
        assertThat(with("/v1/log", 200, new LogState(LogLevel.INFO, LogLevel.INFO, null), "log", "level"))
                .isEqualTo(new Ended(0, "The director logs at its usual level INFO\n", ""));
        assertThat(with(
                        "/v1/log",
                        200,
                        new LogState(LogLevel.DEBUG, LogLevel.INFO, 600),
                        "log",
                        "level",
                        "debug",
                        "--for",
                        "10m"))
                .isEqualTo(new Ended(0, "The director logs at DEBUG for 10m0s, then at INFO again\n", ""));
    }

    @Test
    void aTemplateThatIsThereAlreadyIsNoMiss() throws IOException {
        var result = new TemplateResult(TemplateRequest.Action.MOVE, false, 3, 1, List.of());
        assertThat(with(
                        "/v1/templates",
                        200,
                        result,
                        "template",
                        "move",
                        "--client=198.51.100.7",
                        "--to=10.0.0.12",
                        "--yes"))
                .isEqualTo(new Ended(0, "1 template moved, of 3 that fit; 2 are there already\n", ""));
    }

    @Test
    void aFileOfAnotherMachineIsCheckedWithoutItsKeyAndStateDirectory() throws IOException {
        var file = configuration("vrid: 51", "[]");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("state-dir: " + folder, "state-dir: " + folder.resolve("elsewhere"))
                        .replace("key-file: ", "key-file: /nowhere"));
        assertThat(runBare("config", "check", file.toString()).exit()).isEqualTo(2);
        assertThat(runBare("config", "check", "--offline", file.toString()).exit())
                .isZero();
    }

    @Test
    void maintenanceIsShownWithItsReasonAndItsLimit() throws IOException {
        var on = new MaintenanceState(true, "2026-11-30T16:00:00Z", "root", "kernel update", null);
        assertThat(with("/v1/maintenance", 200, on, "maintenance", "status")).isEqualTo(new Ended(3, """
                        This director is in maintenance since 2026-11-30T16:00:00Z by root: kernel update.
                        It stands by, and takes over only if no other director serves
                        """, ""));
        var off = new MaintenanceState(false, null, null, null, null);
        assertThat(with("/v1/maintenance", 200, off, "maintenance", "off"))
                .isEqualTo(new Ended(0, "This director is not in maintenance\n", ""));
        assertThat(with(
                                "/v1/maintenance",
                                409,
                                new ApiError(
                                        "maintenance was not changed",
                                        "cannot write /x: it is full",
                                        "free space there"),
                                "maintenance",
                                "off")
                        .exit())
                .isEqualTo(3);
    }
}
