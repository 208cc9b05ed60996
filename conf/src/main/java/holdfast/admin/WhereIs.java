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
    /// @param real     null if there is no real server for it
    /// @param causes   the same as `why`, for a program; one at least
    /// @param why      a sentence without full stop
    public record Pick(@Nullable Endpoint real, List<Cause> causes, String why) {
        public Pick {
            causes = List.copyOf(causes);
        }
    }

    /// Why a client gets its real server, or none. Those from [#TEMPLATE_INVALID] on come beside another one, which
    /// would decide without them.
    public enum Cause {
        /// Its template is valid; the scheduler is not asked.
        KEPT_BY_TEMPLATE,
        /// Likewise, and an operator made the template.
        PINNED_BY_TEMPLATE,
        /// The scheduler picks, and a new template holds it there.
        SCHEDULED,
        /// The scheduler picks for this connection alone.
        NOT_PERSISTENT,
        /// The scheduler finds no real server.
        NO_REAL_SERVER,
        /// A service without persistence does not answer at this port.
        OTHER_PORT,
        /// The pick depends on an address that the question does not name.
        DESTINATION_UNKNOWN,
        /// Its template is not used.
        TEMPLATE_INVALID,
        /// It is blocked, or at its limit.
        DROPPED,
        /// A template has to make room for its template.
        TEMPLATE_TABLE_FULL,
        /// Unreachable real servers are not considered.
        PASSED_OVER,
        /// The real server does not answer.
        UNREACHABLE
    }
}
