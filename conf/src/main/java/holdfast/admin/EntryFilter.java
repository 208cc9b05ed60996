package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Selects the connections and templates that match every given part.
///
/// A template matches a client prefix if one of the two contains the other: the prefix, or the network under the
/// template's mask. A template of a SIP call matches no client (IPVS-REF 3.11).
///
/// @param client   null for all
/// @param real     null for all
/// @param service  null for all
public record EntryFilter(
        MarkRule.@Nullable Prefix client,
        @Nullable Host real,
        @Nullable ServiceKey service) {
    /// Every entry.
    public static final EntryFilter ALL = new EntryFilter(null, null, null);

    /// `of client 198.51.100.0/24, of real server 10.0.0.11`; empty if the filter selects every entry.
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        if (client != null) {
            parts.add("of client " + (client.length() == 32 ? client.address() : client));
        }
        if (real != null) {
            parts.add("of real server " + real);
        }
        if (service != null) {
            parts.add("of service " + service);
        }
        return String.join(", ", parts);
    }
}
