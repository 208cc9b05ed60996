package holdfast.cli;

import holdfast.admin.Event;
import holdfast.admin.FleetHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What happened in a fleet: failovers, and what operators changed, the newest first.
///
/// @param entries   of both kinds
/// @param troubles  each a sentence
record FleetRecord(List<Entry> entries, List<String> troubles) {
    /// A failover, or an entry of an audit log.
    ///
    /// @param failover  null for an entry of an audit log
    /// @param audit     null for a failover
    record Entry(
            String at,
            String director,
            String cluster,
            @Nullable PastFailover failover,
            FleetHistory.@Nullable Audited audit) {
        private String line() {
            var who = cluster + "/" + director;
            if (failover != null) {
                return "%s  %-16s  %s".formatted(at, who, failover.line().substring(failover.at().length()).strip());
            }
            return audit == null ? "" : "%s  %-16s  %s".formatted(at, who, said(audit));
        }

        private static String said(FleetHistory.Audited audited) {
            var entry = audited.entry();
            return "audit     %s: %s%s, %s"
                    .formatted(
                            entry.user(),
                            entry.operation(),
                            entry.reason() == null ? "" : " (" + entry.reason() + ")",
                            entry.outcome());
        }
    }

    FleetRecord {
        entries = List.copyOf(entries);
        troubles = List.copyOf(troubles);
    }

    static FleetRecord of(FleetHistory history, int limit) {
        var entries = new ArrayList<Entry>();
        history.changes().stream()
                .collect(Collectors.groupingBy(
                        change -> Map.entry(change.cluster(), change.director()),
                        () -> new TreeMap<>(
                                Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry::getValue)),
                        Collectors.mapping(FleetHistory.Change::event, Collectors.toList())))
                .forEach((who, events) -> failovers(events)
                        .forEach(failover -> entries.add(
                                new Entry(failover.at(), who.getValue(), who.getKey(), failover, null))));
        history.audit().forEach(audited -> entries.add(new Entry(
                audited.entry().at(), audited.entry().director(), audited.cluster(), null, audited)));
        entries.sort(Comparator.comparing(Entry::at).reversed());
        return new FleetRecord(entries.subList(0, Math.min(limit, entries.size())), history.troubles());
    }

    private static List<PastFailover> failovers(List<Event> events) {
        return PastFailover.of(events.stream()
                .sorted(Comparator.comparingLong(Event::number))
                .toList());
    }

    String text() {
        var lines = new ArrayList<String>();
        troubles.forEach(trouble -> lines.add("  ! " + trouble));
        entries.forEach(entry -> lines.add(entry.line()));
        return entries.isEmpty() && troubles.isEmpty()
                ? "The fleet's history has no entry yet"
                : String.join(System.lineSeparator(), lines);
    }
}
