package holdfast.group;

import holdfast.sync.TableSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares the sizes of two directors' tables. They should be equal: whoever has the smaller table cannot hold all
/// that the other can, and nobody notices until the other holds more. [Readiness] judges that moment.
final class TablesMax {
    private TablesMax() {}

    /// A sentence for each table whose maxima differ; none for a peer that does not report its maxima.
    static List<String> differences(TableSize ours, String peer, Optional<TableSize> theirs) {
        if (theirs.isEmpty()) {
            return List.of();
        }
        var sentences = new ArrayList<String>();
        compare("connections-max", ours.connections(), peer, theirs.get().connections())
                .ifPresent(sentences::add);
        compare("templates-max", ours.templates(), peer, theirs.get().templates())
                .ifPresent(sentences::add);
        return sentences;
    }

    private static Optional<String> compare(String setting, int ours, String peer, int theirs) {
        if (ours == theirs) {
            return Optional.empty();
        }
        var self = "this director";
        return Optional.of(
                theirs < ours
                        ? sentence(setting, peer, theirs, self, ours)
                        : sentence(setting, self, ours, peer, theirs));
    }

    private static String sentence(String setting, String smaller, int less, String larger, int more) {
        return "%s is %d on %s and %d on %s: as a standby %s lacks what does not fit; raise it there and restart %s"
                .formatted(setting, less, smaller, more, larger, smaller, smaller);
    }
}
