package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The real server of a client.
///
/// @param template  null if it has none
/// @param copies    of the template, on each other director; empty without a template or another director
/// @param now       the pick for its next connection
/// @param then      the pick after the requested change; null if none was requested
public record WhereIs(
        Host client,
        ServiceKey service,
        @Nullable Template template,
        List<Copy> copies,
        Pick now,
        @Nullable Pick then) {
    public WhereIs {
        copies = List.copyOf(copies);
    }

    /// The client's template.
    ///
    /// @param client        its masked address
    /// @param renewedAgoMs  since the last connection began through it
    /// @param expiresMs     until it ends if no further connection begins
    /// @param timeoutS      the timer's value at each renewal
    /// @param pinned        never expires
    /// @param controlled    connections made through it that still exist
    public record Template(
            Endpoint client,
            Endpoint real,
            long renewedAgoMs,
            long expiresMs,
            long timeoutS,
            boolean pinned,
            long controlled) {}

    /// Whether another director has an equal copy of the template.
    public record Copy(String director, Held held) {}

    /// The known state of a copy.
    public enum Held {
        YES,
        NO,
        UNKNOWN
    }

    /// A pick for a client.
    ///
    /// @param real  null if there is no real server for it
    /// @param why   a sentence without full stop
    public record Pick(@Nullable Endpoint real, String why) {}
}
