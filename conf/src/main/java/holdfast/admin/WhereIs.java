package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a client is.
///
/// @param template  null where it has none
/// @param copies    of the template, on each other director; empty where there is no template or no other
///     director
/// @param now       what its next connection gets
/// @param then      what it would get after the change asked for; null where none was
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
    /// @param expiresMs     until it goes if no other one does
    /// @param timeoutS      what its timer is set to at each renewal
    /// @param pinned        never goes
    /// @param controlled    connections made through it that are still there
    public record Template(
            Endpoint client,
            Endpoint real,
            long renewedAgoMs,
            long expiresMs,
            long timeoutS,
            boolean pinned,
            long controlled) {}

    /// Whether another director has the template as we do.
    public record Copy(String director, Held held) {}

    /// What is known of a copy.
    public enum Held {
        YES,
        NO,
        UNKNOWN
    }

    /// A real server for a client.
    ///
    /// @param real  null where there is none for it
    /// @param why   a sentence without its full stop
    public record Pick(@Nullable Endpoint real, String why) {}
}
