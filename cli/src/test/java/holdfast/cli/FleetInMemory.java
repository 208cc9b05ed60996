package holdfast.cli;

import holdfast.admin.AuditList;
import holdfast.admin.EventsRequest;
import holdfast.admin.FailoverReadiness.Safe;
import holdfast.admin.FleetHistory;
import holdfast.admin.FleetView;
import holdfast.admin.Role;
import holdfast.admin.Sync;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A fleet of two pairs, as a director in memory has heard it: one director is silent, and one pair follows the other.
final class FleetInMemory {
    private FleetInMemory() {}

    static FleetView view() {
        return new FleetView(
                "north",
                List.of("the clock of d4 of back is 12 s ahead of ours; see to NTP on both"),
                List.of(
                        member("d3", "back", Role.ACTIVE, 2, List.of("d4 is silent"), 812, false),
                        member("d4", "back", Role.STANDBY, 2, List.of(), 72_400, true),
                        member("d1", "front", Role.ACTIVE, 7, List.of(), 120, false),
                        member("d2", "front", Role.STANDBY, 7, List.of(), 640, false)),
                Map.of("members", 3L));
    }

    private static FleetView.Member member(
            String name, String cluster, Role role, int term, List<String> reasons, long heardAgeMs, boolean silent) {
        var isActive = role == Role.ACTIVE;
        return new FleetView.Member(
                name,
                cluster,
                "shop",
                51,
                role,
                term,
                reasons.isEmpty() ? Safe.YES : Safe.NO,
                null,
                reasons,
                name.equals("d2") ? List.of("the disk is full") : List.of(),
                List.of(),
                isActive
                        ? List.of(new FleetView.Standby(
                                "other",
                                Sync.State.EQUAL,
                                reasons.isEmpty() ? 1320L : null,
                                0L,
                                reasons.isEmpty() ? 0L : null))
                        : List.of(),
                "17.7",
                cluster.equals("front"),
                cluster.equals("back") && isActive ? new FleetView.Follows("front", "16.7 (1a2b3c4d)", null) : null,
                "0.1.0",
                3_600_000,
                heardAgeMs,
                silent);
    }

    static FleetHistory history(JournalInMemory journal) {
        return new FleetHistory(
                journal.events(EventsRequest.ALL).events().stream()
                        .map(event -> new FleetHistory.Change("d1", "front", event))
                        .toList(),
                List.of(
                        audited(5, 4L, "2026-11-30T14:40:01Z", null, "200"),
                        audited(4, null, "2026-11-30T14:40:00Z", "kernel update", "begun"),
                        audited(3, null, "2026-11-30T14:10:00Z", "the power went", "begun")),
                List.of());
    }

    private static FleetHistory.Audited audited(
            long number, @Nullable Long ends, String at, @Nullable String reason, String outcome) {
        return new FleetHistory.Audited(
                "back",
                new AuditList.Entry(
                        number,
                        ends,
                        at,
                        "d3",
                        "alice",
                        "socket",
                        "POST /v1/failover",
                        "{}",
                        reason,
                        outcome,
                        "ab".repeat(32)));
    }
}
