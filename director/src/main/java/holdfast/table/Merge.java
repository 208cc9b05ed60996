package holdfast.table;

import holdfast.conf.Ipv4;
import holdfast.sync.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Counts what happens to the templates that a director made while another director was active too, once it follows
/// that director. The other's decision counts, so some clients change their real server. Worker only.
public final class Merge {
    /// Most clients that a report names.
    static final int NAMED_MAX = 16;

    private int term;
    private long moved;
    private long forgotten;
    private final List<String> named = new ArrayList<>(NAMED_MAX);

    /// This director has yielded to another active.
    ///
    /// @param ownTerm  the term in which it was active
    public void begin(int ownTerm) {
        term = ownTerm;
        moved = 0;
        forgotten = 0;
        named.clear();
    }

    /// The other active has assigned another real server to this client.
    void moved(long version, int client) {
        if (isOurs(version)) {
            moved++;
            name(client);
        }
    }

    /// The other active does not know this client.
    void forgotten(long version, int client) {
        if (isOurs(version)) {
            forgotten++;
            name(client);
        }
    }

    /// The result, as the end of a log line, once the tables are equal; empty if no merge was under way.
    public String end() {
        if (term == 0) {
            return "";
        }
        term = 0;
        return String.format(
                Locale.ROOT,
                "clients-moved=%d clients-forgotten=%d first=\"%s\"",
                moved,
                forgotten,
                String.join(" ", named));
    }

    /// Templates whose clients got another real server or were forgotten, in the present merge.
    public long lost() {
        return moved + forgotten;
    }

    private boolean isOurs(long version) {
        return term != 0 && Version.term(version) == term;
    }

    private void name(int client) {
        if (named.size() < NAMED_MAX) {
            named.add(Ipv4.text(client));
        }
    }
}
