package holdfast.fleet;

import holdfast.admin.AuditList;
import holdfast.admin.Event;
import holdfast.admin.FleetView;
import holdfast.conf.RevisionText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a director publishes: one value under one key, which no other director writes.
public sealed interface News {
    /// Numbers in one block of a history.
    int BLOCK = 50;

    /// The director that publishes it.
    DirectorId from();

    /// Under which it is published; equal for a later value that takes its place.
    String key();

    private static String key(String kind, DirectorId from) {
        return kind + "/" + from.cluster() + "/" + from.name();
    }

    /// Of the summaries of a director.
    static String summaryKey(DirectorId from) {
        return key("summary", from);
    }

    /// Of the configurations that a director publishes.
    static String sharedKey(DirectorId from) {
        return key("shared", from);
    }

    /// A director at a glance.
    ///
    /// @param bootMs    when its run began, by its wall clock: a later run counts more
    /// @param sequence  of the summaries of a run, from 1
    /// @param atMs      by its wall clock
    /// @param said      about itself, without an age
    record Summary(DirectorId from, long bootMs, long sequence, long atMs, FleetView.Member said) implements News {
        @Override
        public String key() {
            return summaryKey(from);
        }

        /// Whether it was said after another summary of the same director.
        boolean isAfter(Summary other) {
            return bootMs != other.bootMs ? bootMs > other.bootMs : sequence > other.sequence;
        }
    }

    /// The shared part of the configuration in force on the active of a cluster.
    ///
    /// @param term      of the active
    /// @param revision  `NUMBER.TERM`
    /// @param text      as [holdfast.conf.SharedText] writes it
    record SharedCopy(DirectorId from, int term, String revision, String text) implements News {
        private static final int DIGITS = 8;

        @Override
        public String key() {
            return sharedKey(from);
        }

        /// `17.6 (1a2b3c4d)`: tells configurations apart, also those of files, which all have the revision 0.0.
        public String tag() {
            return revision + " ("
                    + RevisionText.digest(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS) + ")";
        }
    }

    /// Changes of a director's role whose numbers divided by [#BLOCK] give the index.
    record Changes(DirectorId from, long index, List<Event> events) implements News {
        public Changes {
            events = List.copyOf(events);
        }

        @Override
        public String key() {
            return News.key("changes", from) + "/" + index;
        }
    }

    /// Entries of a director's audit log whose numbers divided by [#BLOCK] give the index.
    record Audits(DirectorId from, long index, List<AuditList.Entry> entries) implements News {
        public Audits {
            entries = List.copyOf(entries);
        }

        @Override
        public String key() {
            return News.key("audit", from) + "/" + index;
        }
    }
}
