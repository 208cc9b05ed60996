package holdfast.fleet;

import holdfast.admin.AuditList;
import holdfast.admin.Event;
import holdfast.admin.FleetHistory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The histories of all directors. An entry stays when its director dies, and an entry of an audit log is never
/// replaced by another one: a director whose log was changed is found out. For one thread; a [#snapshot] is for all.
public final class Mirror {
    /// Entries of a kind of one director; the oldest ones go.
    public static final int ENTRIES_MAX = 1000;

    static final int TROUBLES_MAX = 20;

    private static final int HASH_SHOWN = 12;

    private final int charsMax;
    private final Map<DirectorId, NavigableMap<Long, Event>> changes = new TreeMap<>();
    private final Map<DirectorId, NavigableMap<Long, AuditList.Entry>> audits = new TreeMap<>();
    private final Set<String> troubles = new LinkedHashSet<>();
    private long chars;
    private long dropped;

    /// @param charsMax  of all entries together
    public Mirror(int charsMax) {
        this.charsMax = charsMax;
    }

    /// What all may read.
    ///
    /// @param changes  in no order
    /// @param audits   in no order
    public record Snapshot(
            List<FleetHistory.Change> changes, List<FleetHistory.Audited> audits, List<String> troubles) {
        public static final Snapshot EMPTY = new Snapshot(List.of(), List.of(), List.of());

        public Snapshot {
            changes = List.copyOf(changes);
            audits = List.copyOf(audits);
            troubles = List.copyOf(troubles);
        }

        /// The newest entries of each kind.
        public FleetHistory newest(int limit) {
            return new FleetHistory(
                    changes.stream()
                            .sorted(Comparator.comparing((FleetHistory.Change change) ->
                                            change.event().at())
                                    .thenComparingLong(change -> change.event().number())
                                    .reversed())
                            .limit(limit)
                            .toList(),
                    audits.stream()
                            .sorted(Comparator.comparing((FleetHistory.Audited audited) ->
                                            audited.entry().at())
                                    .thenComparingLong(
                                            audited -> audited.entry().number())
                                    .reversed())
                            .limit(limit)
                            .toList(),
                    troubles);
        }
    }

    /// @return whether there was something new
    public boolean hear(News.Changes block) {
        boolean isNews = false;
        for (var event : block.events()) {
            isNews |= hear(block.from(), event);
        }
        bound();
        return isNews;
    }

    /// A director whose disk was set back numbers its events anew; the later one counts.
    private boolean hear(DirectorId from, Event event) {
        var known = place(changes, from);
        if (known == null) {
            return false;
        }
        var before = known.get(event.number());
        if (before != null && before.at().compareTo(event.at()) >= 0) {
            return false;
        }
        chars += size(event) - (before == null ? 0 : size(before));
        known.put(event.number(), event);
        return true;
    }

    /// @return whether there was something new
    public boolean hear(News.Audits block) {
        boolean isNews = false;
        for (var entry : block.entries()) {
            isNews |= hear(block.from(), entry);
        }
        bound();
        return isNews;
    }

    private boolean hear(DirectorId from, AuditList.Entry entry) {
        var known = place(audits, from);
        if (known == null) {
            return false;
        }
        var before = known.putIfAbsent(entry.number(), entry);
        if (before == null) {
            chars += size(entry);
            return true;
        }
        return !before.hash().equals(entry.hash())
                && troubles.size() < TROUBLES_MAX
                && troubles.add(changed(from, before, entry));
    }

    private static String changed(DirectorId from, AuditList.Entry before, AuditList.Entry now) {
        return "entry %d of the audit log of %s is not the one that it sent before: its hash was %s and is %s"
                .formatted(now.number(), from, shown(before.hash()), shown(now.hash()));
    }

    private static String shown(String hash) {
        return hash.substring(0, Math.min(HASH_SHOWN, hash.length()));
    }

    private <T> @Nullable NavigableMap<Long, T> place(Map<DirectorId, NavigableMap<Long, T>> all, DirectorId from) {
        var known = all.get(from);
        if (known == null && all.size() < Roster.DIRECTORS_MAX) {
            known = new TreeMap<>();
            all.put(from, known);
        }
        if (known == null) {
            dropped++;
        }
        return known;
    }

    private void bound() {
        changes.values().forEach(known -> {
            while (known.size() > ENTRIES_MAX) {
                chars -= size(known.pollFirstEntry().getValue());
            }
        });
        audits.values().forEach(known -> {
            while (known.size() > ENTRIES_MAX) {
                chars -= size(known.pollFirstEntry().getValue());
            }
        });
        while (chars > charsMax) {
            dropped++;
            dropOldestOfTheLongest();
        }
    }

    private void dropOldestOfTheLongest() {
        var change = longest(changes);
        var audit = longest(audits);
        if (change.size() > audit.size()) {
            chars -= size(change.pollFirstEntry().getValue());
        } else {
            chars -= size(audit.pollFirstEntry().getValue());
        }
    }

    private static <T> NavigableMap<Long, T> longest(Map<DirectorId, NavigableMap<Long, T>> all) {
        return all.values().stream()
                .max(Comparator.comparingInt(NavigableMap::size))
                .orElseGet(TreeMap::new);
    }

    private static int size(Event event) {
        return 2 * event.text().length();
    }

    private static int size(AuditList.Entry entry) {
        return entry.request().length()
                + entry.outcome().length()
                + entry.hash().length();
    }

    /// Entries that found no room.
    public long dropped() {
        return dropped;
    }

    /// Characters of all entries, about.
    long chars() {
        return chars;
    }

    public Snapshot snapshot() {
        var allChanges = new ArrayList<FleetHistory.Change>();
        changes.forEach((from, known) -> known.values()
                .forEach(event -> allChanges.add(new FleetHistory.Change(from.name(), from.cluster(), event))));
        var allAudits = new ArrayList<FleetHistory.Audited>();
        audits.forEach((from, known) ->
                known.values().forEach(entry -> allAudits.add(new FleetHistory.Audited(from.cluster(), entry))));
        return new Snapshot(allChanges, allAudits, List.copyOf(troubles));
    }
}
