package holdfast.cli;

import holdfast.admin.AuditList;
import holdfast.admin.Event;
import holdfast.admin.FleetHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    /// A failover, or what an operator asked for.
    ///
    /// @param failover  null for an entry of an audit log
    /// @param audit     the outcome, or a request without one; null for a failover
    /// @param reason    of the request; null without one
    record Entry(
            String at,
            String director,
            String cluster,
            @Nullable PastFailover failover,
            FleetHistory.@Nullable Audited audit,
            @Nullable String reason) {
        private String line() {
            var who = cluster + "/" + director;
            if (failover != null) {
                return "%s  %-16s  %s"
                        .formatted(
                                at,
                                who,
                                failover.line()
                                        .substring(failover.at().length())
                                        .strip());
            }
            return audit == null ? "" : "%s  %-16s  %s".formatted(at, who, said(audit.entry()));
        }

        private String said(AuditList.Entry entry) {
            return "audit     %s: %s%s, %s"
                    .formatted(
                            entry.user(),
                            entry.operation(),
                            reason == null ? "" : " (" + reason + ")",
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
                                new Entry(failover.at(), who.getValue(), who.getKey(), failover, null, null))));
        entries.addAll(audits(history.audit()));
        entries.sort(Comparator.comparing(Entry::at).reversed());
        return new FleetRecord(entries.subList(0, Math.min(limit, entries.size())), history.troubles());
    }

    /// A request and its outcome are one entry.
    private static List<Entry> audits(List<FleetHistory.Audited> all) {
        var begun = new HashMap<Request, AuditList.Entry>();
        all.forEach(audited -> begun.put(Request.of(audited, audited.entry().number()), audited.entry()));
        var ended = new HashSet<Request>();
        all.forEach(audited -> {
            if (audited.entry().ends() != null) {
                ended.add(Request.of(audited, audited.entry().ends()));
            }
        });
        return all.stream()
                .filter(audited ->
                        !ended.contains(Request.of(audited, audited.entry().number())))
                .map(audited -> entry(audited, begun))
                .toList();
    }

    private static Entry entry(FleetHistory.Audited audited, Map<Request, AuditList.Entry> begun) {
        var entry = audited.entry();
        var asked = entry.ends() == null ? entry : begun.getOrDefault(Request.of(audited, entry.ends()), entry);
        return new Entry(entry.at(), entry.director(), audited.cluster(), null, audited, asked.reason());
    }

    private record Request(String cluster, String director, long number) {
        static Request of(FleetHistory.Audited audited, long number) {
            return new Request(audited.cluster(), audited.entry().director(), number);
        }
    }

    private static List<PastFailover> failovers(List<Event> events) {
        return PastFailover.of(
                events.stream().sorted(Comparator.comparingLong(Event::number)).toList());
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
