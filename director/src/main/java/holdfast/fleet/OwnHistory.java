package holdfast.fleet;

import holdfast.admin.AuditList;
import holdfast.admin.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A director's own history, divided into the blocks that it publishes. For one thread.
public final class OwnHistory {
    /// Events that change a role, try to, or decide about it.
    private static final Set<String> CHANGES =
            Set.of("role changed", "vrrp transition", "failover ended", "failover asked");

    static final int TEXT_MAX = 600;
    static final int REQUEST_MAX = 200;

    private final DirectorId self;
    private final NavigableMap<Long, Event> changes = new TreeMap<>();
    private final NavigableMap<Long, AuditList.Entry> audits = new TreeMap<>();
    private final Set<Long> newChanges = new TreeSet<>();
    private final Set<Long> newAudits = new TreeSet<>();

    public OwnHistory(DirectorId self) {
        this.self = self;
    }

    /// Takes an event of this director; most are no part of the fleet's history.
    public void add(Event event) {
        if (CHANGES.contains(event.what())) {
            changes.put(
                    event.number(), Event.of(event.number(), event.at(), event.level(), cut(event.text(), TEXT_MAX)));
            newChanges.add(event.number() / News.BLOCK);
            while (changes.size() > Mirror.ENTRIES_MAX) {
                changes.pollFirstEntry();
            }
        }
    }

    /// Takes an entry of this director's audit log; one that is known already does no harm.
    public void add(AuditList.Entry entry) {
        if (audits.putIfAbsent(entry.number(), shortened(entry)) == null) {
            newAudits.add(entry.number() / News.BLOCK);
            while (audits.size() > Mirror.ENTRIES_MAX) {
                audits.pollFirstEntry();
            }
        }
    }

    private static AuditList.Entry shortened(AuditList.Entry entry) {
        var reason = entry.reason();
        return new AuditList.Entry(
                entry.number(),
                entry.ends(),
                entry.at(),
                entry.director(),
                cut(entry.user(), REQUEST_MAX),
                cut(entry.from(), REQUEST_MAX),
                cut(entry.operation(), REQUEST_MAX),
                cut(entry.request(), REQUEST_MAX),
                reason == null ? null : cut(reason, REQUEST_MAX),
                cut(entry.outcome(), REQUEST_MAX),
                cut(entry.hash(), REQUEST_MAX));
    }

    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    /// The blocks that changed since the last call.
    public List<News> takeNews() {
        var news = blocks(newChanges, newAudits);
        newChanges.clear();
        newAudits.clear();
        return news;
    }

    /// All blocks.
    public List<News> all() {
        var allChanges = new TreeSet<Long>();
        changes.keySet().forEach(number -> allChanges.add(number / News.BLOCK));
        var allAudits = new TreeSet<Long>();
        audits.keySet().forEach(number -> allAudits.add(number / News.BLOCK));
        return blocks(allChanges, allAudits);
    }

    private List<News> blocks(Set<Long> ofChanges, Set<Long> ofAudits) {
        var news = new ArrayList<News>();
        ofChanges.forEach(index -> news.add(new News.Changes(self, index, block(changes, index))));
        ofAudits.forEach(index -> news.add(new News.Audits(self, index, block(audits, index))));
        return news;
    }

    private static <T> List<T> block(NavigableMap<Long, T> all, long index) {
        return List.copyOf(
                all.subMap(index * News.BLOCK, (index + 1) * News.BLOCK).values());
    }
}
