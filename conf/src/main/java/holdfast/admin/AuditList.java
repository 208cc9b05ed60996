package holdfast.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who changed what on a director, and why.
///
/// @param entries  the oldest first
/// @param newest   number of the director's newest entry, listed or not; 0 before the first
/// @param broken   what shows that the kept entries are not those that were written; null if nothing does
public record AuditList(
        List<Entry> entries, long newest, @Nullable String broken) {
    public AuditList {
        entries = List.copyOf(entries);
    }

    /// A request that would change something, or its outcome.
    ///
    /// @param number     grows with each entry of this director, over its restarts too
    /// @param ends       the number of the entry whose outcome this one is; null for a request
    /// @param at         by the wall clock, as in RFC 3339
    /// @param director   the name of the director that was asked
    /// @param user       the name of the caller, as its certificate, its token or its account has it
    /// @param from       `socket`, or the address of the caller
    /// @param operation  such as `POST /v1/failover`
    /// @param request    the body, cut to 4 KiB
    /// @param reason     as the caller gave it; null without one
    /// @param outcome    `begun`, or the status of the answer, such as `200` or `409 the standby is not ready`
    /// @param hash       of this entry and the one before it, 64 hexadecimal digits
    public record Entry(
            long number,
            @Nullable Long ends,
            String at,
            String director,
            String user,
            String from,
            String operation,
            String request,
            @Nullable String reason,
            String outcome,
            String hash) {}
}
