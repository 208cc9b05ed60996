package holdfast.cli.imports;

import java.util.HashMap;
import java.util.Map;

/// Why settings of another program have no counterpart here, by their keyword.
final class Reasons {
    static final String IPV4_ONLY = "Holdfast is IPv4 only";
    static final String NO_TUNNELS = "Holdfast forwards by nat and dr; there are no tunnels yet";
    static final String NO_CHECKS =
            "Holdfast has no health checks yet; it gives no new clients to a server that nothing gets to "
                    + "(datapath.pass-over-unreachable)";
    static final String NO_FALLBACK = "no health check finds that all servers are dead, so nothing would bring it in";
    static final String NO_MAIL = "a director sends no mail; let monitoring ask 'holdfast status --check'";
    static final String NO_PROGRAMS = "a director runs no programs; follow its log, or ask 'holdfast status --check'";

    private Reasons() {}

    /// @param pairs  a reason, then the keywords that it is for, with blanks between them
    static Map<String, String> of(String... pairs) {
        var reasons = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            for (var word : pairs[i + 1].split(" ", -1)) {
                reasons.put(word, pairs[i]);
            }
        }
        return Map.copyOf(reasons);
    }
}
