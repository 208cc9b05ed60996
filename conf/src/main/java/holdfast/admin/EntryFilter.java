package holdfast.admin;

import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Which connections and templates are meant: those that fit everything given.
///
/// A template fits a client where its masked address lies in the prefix, or the prefix in what its mask
/// covers; one of a call fits none (IPVS-REF 3.11).
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

    /// `of client 198.51.100.0/24, of real server 10.0.0.11`; empty where every entry is meant.
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
