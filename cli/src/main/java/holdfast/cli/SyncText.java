package holdfast.cli;

import holdfast.admin.Role;
import holdfast.admin.Sync;
import holdfast.conf.KebabCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The state of replication for a reader.
final class SyncText {
    private static final String[] HEAD = {
        "PEER",
        "STATE",
        "LAST-HEARD",
        "WORD-AGE",
        "LAST-ACK",
        "LAG-P50",
        "LAG-P99",
        "LAG-MAX",
        "BACKLOG",
        "UNSYNCED-TEMPLATES",
        "UNSYNCED-CONNECTIONS",
        "OLDEST-UNSYNCED"
    };

    /// Hellos come ten times a second on each path.
    private static final long SILENT_MS = 1000;

    private SyncText() {}

    static String of(Sync sync) {
        var lines = new ArrayList<String>();
        lines.add(headline(sync));
        var position = sync.position();
        lines.add(
                position == null
                        ? "Position: none yet"
                        : "Position: batch %d, sequence %d, digest %s"
                                .formatted(
                                        position.batch(),
                                        position.sequence(),
                                        position.digest() == null ? Text.UNKNOWN : position.digest()));
        if (!sync.peers().isEmpty()) {
            var table = new TextTable(HEAD);
            sync.peers().forEach(peer -> table.add(row(peer)));
            lines.addAll(table.lines());
        }
        sync.peers().forEach(peer -> lines.addAll(remarks(peer)));
        if (!sync.counters().isEmpty()) {
            lines.add("Counters: "
                    + sync.counters().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(counter -> counter.getKey() + " " + counter.getValue())
                            .collect(Collectors.joining(", ")));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String headline(Sync sync) {
        var self = "This director is %s in %s."
                .formatted(KebabCase.of(sync.role()).toUpperCase(Locale.ROOT), term(sync.term()));
        if (sync.trouble() != null) {
            return self + " NOTHING IS KNOWN of the others: " + sync.trouble() + ".";
        }
        if (sync.peers().isEmpty()) {
            return self + " NO OTHER DIRECTOR was seen: nothing is synchronised.";
        }
        var behind = sync.peers().stream()
                .filter(peer -> peer.state() != Sync.State.EQUAL)
                .toList();
        if (behind.isEmpty()) {
            return self
                    + (sync.peers().size() == 1 ? " The other director holds" : " Every other director holds")
                    + (sync.role() == Role.ACTIVE ? " equal tables." : " tables equal to ours.");
        }
        return self + " NOT EQUAL: "
                + behind.stream()
                        .map(peer -> peer.name() + " is " + KebabCase.of(peer.state()))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /// A peer's own report, unless all is well; and the paths on which it is not heard.
    private static List<String> remarks(Sync.Peer peer) {
        var remarks = new ArrayList<String>();
        var word = peer.word();
        if (word != null) {
            remarks.addAll(word.obstacles());
            if (!word.unreachable().isEmpty()) {
                remarks.add("it gets no answer from " + String.join(", ", word.unreachable()));
            }
        }
        if (!peer.sameConfiguration()) {
            remarks.add("it runs another configuration");
        }
        peer.paths().entrySet().stream()
                .filter(path -> path.getValue() > SILENT_MS)
                .sorted(Map.Entry.comparingByKey())
                .forEach(path -> remarks.add("not heard on " + path.getKey() + " for " + Text.ms(path.getValue())));
        return remarks.stream().map(remark -> peer.name() + ": " + remark).toList();
    }

    static String term(@Nullable Integer term) {
        return term == null ? "no term yet" : "term " + term;
    }

    private static String[] row(Sync.Peer peer) {
        return new String[] {
            peer.name(),
            KebabCase.of(peer.state()),
            Text.ms(peer.lastHeardAgeMs()),
            Text.ms(peer.word() == null ? null : peer.word().ageMs()),
            Text.ms(peer.lastAckAgeMs()),
            Text.micros(peer.lagP50Micros()),
            Text.micros(peer.lagP99Micros()),
            Text.micros(peer.lagMaxMicros()),
            Text.orUnknown(peer.backlogDeltas()),
            Text.orUnknown(peer.unsyncedTemplates()),
            Text.orUnknown(peer.unsyncedConnections()),
            Text.ms(peer.oldestUnsyncedMs())
        };
    }
}
