package holdfast.cli;

import holdfast.admin.AuditList;
import holdfast.admin.AuditRequest;
import holdfast.admin.Event;
import holdfast.admin.EventList;
import holdfast.admin.EventsRequest;
import holdfast.admin.LogLevel;
import holdfast.admin.LogRequest;
import holdfast.admin.LogState;
import holdfast.admin.MaintenanceRequest;
import holdfast.admin.MaintenanceState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What a director in memory writes down: a takeover and a failover among its events, its maintenance and the level of
/// its log.
final class JournalInMemory {
    private static final MaintenanceState SERVING = new MaintenanceState(false, null, null, null, null);

    private final List<Event> events = new ArrayList<>();
    private MaintenanceState maintenance = SERVING;
    private LogState log = new LogState(LogLevel.INFO, LogLevel.INFO, null);

    JournalInMemory() {
        add("2026-11-30T14:20:00Z", "director starting name=d1 version=0.1.0");
        add(
                "2026-11-30T14:30:00Z",
                "vrrp transition vrid=51 from=STANDBY to=ACTIVE cause=PEER_SILENT peer=192.0.2.2 heard-ms-ago=310.4");
        add("2026-11-30T14:30:00Z", "role changed to=active term=6 cause=PEER_SILENT serves-after-ms=3");
        add("2026-11-30T14:50:00Z", "failover asked outcome=REFUSED against=\"d2 lacks 3 templates\"");
        add("2026-11-30T15:00:00Z", "failover ended side=TAKER outcome=DONE peer=d2 took-ms=4.2");
    }

    /// Adds an event with the next number.
    void add(String at, String text) {
        events.add(Event.of(events.size() + 1, at, LogLevel.INFO, text));
    }

    AuditList audit(AuditRequest request) {
        var asked = new AuditList.Entry(
                1,
                null,
                "2026-11-30T14:49:59.998Z",
                "d1",
                "alice",
                "10.0.0.5",
                "POST /v1/failover",
                "{\"reason\":\"kernel update\"}",
                "kernel update",
                "begun",
                "1".repeat(64));
        var refused = new AuditList.Entry(
                2,
                1L,
                "2026-11-30T14:50:00.003Z",
                "d1",
                "alice",
                "10.0.0.5",
                "POST /v1/failover",
                "",
                null,
                "409",
                "2".repeat(64));
        var all = List.of(asked, refused);
        return new AuditList(all.subList(Math.max(0, 2 - request.limit()), 2), 2, null);
    }

    EventList events(EventsRequest request) {
        var after = Objects.requireNonNullElse(request.after(), 0L);
        var since = Objects.requireNonNullElse(request.since(), Instant.MIN);
        var fitting = events.stream()
                .filter(event ->
                        event.number() > after && !Instant.parse(event.at()).isBefore(since))
                .toList();
        var listed = fitting.subList(Math.max(0, fitting.size() - request.limit()), fitting.size());
        return new EventList(listed, events.size(), events.size());
    }

    LogState log() {
        return log;
    }

    LogState log(LogRequest request) {
        log = new LogState(
                request.level(), log.usual(), Objects.requireNonNullElse(request.seconds(), LogRequest.SECONDS_USUAL));
        return log;
    }

    MaintenanceState maintenance() {
        return maintenance;
    }

    MaintenanceState maintenance(MaintenanceRequest request) {
        maintenance = request.on()
                ? new MaintenanceState(true, DirectorInMemory.AT, request.author(), request.reason(), "d2")
                : SERVING;
        return maintenance;
    }
}
