package holdfast.admin;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A bounded listing of connections and persistence templates, templates first.
///
/// @param total      entries of the requested kinds in the tables; with a filter, the entries listed
/// @param truncated  whether the bound cut `entries` short
/// @param next       the page to ask for next; null if this was the last one, and if no page was asked for
public record Connections(
        long total,
        boolean truncated,
        List<Entry> entries,
        @Nullable String next) {
    public Connections {
        entries = List.copyOf(entries);
    }

    /// A listing without pages.
    public Connections(long total, boolean truncated, List<Entry> entries) {
        this(total, truncated, entries, null);
    }

    /// A connection or a template.
    ///
    /// @param protocol    [Protocol#MARK] for a template of a mark's service
    /// @param client      a template has the masked client address and port 0; a template of a SIP call has no
    ///     address
    /// @param virtual     for a mark's template, the mark as an address (IPVS-REF 3.3); for a template that no
    ///     client finds any more, port 65535 (3.5)
    /// @param real        port 65535 likewise; port 0 for a template that holds for every port
    /// @param state       IPVS's name, such as ESTABLISHED; NONE or ASSURED for a template (IPVS-REF 3.1)
    /// @param expiresMs   until the entry ends if no more packets arrive
    /// @param timeoutS    the timer's value at each renewal
    /// @param term        of the active that changed the entry last
    /// @param sequence    of that change within the term
    /// @param controlled  connections made through this template; null for a connection
    /// @param pinned      a template that never expires
    /// @param engineData  the key of the persistence engine, such as a Call-ID; else null
    public record Entry(
            Kind kind,
            Protocol protocol,
            Endpoint client,
            Endpoint virtual,
            Endpoint real,
            ForwardingMethod method,
            String state,
            long expiresMs,
            long timeoutS,
            int term,
            long sequence,
            @Nullable Integer controlled,
            boolean pinned,
            @Nullable String engineData) {}

    /// The kind of an entry.
    public enum Kind {
        TEMPLATE,
        CONNECTION
    }
}
