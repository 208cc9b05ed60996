package holdfast.admin;

import holdfast.conf.ForwardingMethod;
import holdfast.conf.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A bounded listing of connections and persistence templates, templates first.
///
/// @param total      entries that the tables hold of the kinds asked for; with a filter, those listed
/// @param truncated  whether `entries` has fewer than that because of the bound
public record Connections(long total, boolean truncated, List<Entry> entries) {
    public Connections {
        entries = List.copyOf(entries);
    }

    /// A connection or a template.
    ///
    /// @param protocol    [Protocol#MARK] for a template of a mark's service
    /// @param client      a template has the masked client address and port 0; that of a call has no address
    /// @param virtual     of a mark's template, the mark as an address (IPVS-REF 3.3); of a template that no client
    ///     finds any more, port 65535 (3.5)
    /// @param real        likewise; of a template that holds for every port, port 0
    /// @param state       IPVS's name, such as ESTABLISHED; NONE or ASSURED for a template (IPVS-REF 3.1)
    /// @param expiresMs   until it goes if nothing more arrives
    /// @param timeoutS    what the timer is set to at each renewal
    /// @param term        of the active that changed it last
    /// @param sequence    of that change within the term
    /// @param controlled  connections made through this template; null for a connection
    /// @param pinned      a template that never expires
    /// @param engineData  what the persistence engine knows a template by, such as a Call-ID; else null
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

    /// What an entry is.
    public enum Kind {
        TEMPLATE,
        CONNECTION
    }
}
