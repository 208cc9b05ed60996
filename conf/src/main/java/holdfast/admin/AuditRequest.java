package holdfast.admin;

import java.util.List;
import java.util.Objects;

/// The request to list the audit: the newest entries that fit.
///
/// @param limit  most entries wanted, 1 to [Bounds#ENTRIES_MAX]
public record AuditRequest(int limit) {
    private static final int USUAL = 100;

    private static final Parameter<AuditRequest, Integer> LIMIT =
            Parameter.limit("entries", USUAL, AuditRequest::limit);

    static final Query<AuditRequest> QUERY =
            new Query<>(List.of(LIMIT), given -> new AuditRequest(Objects.requireNonNullElse(given.of(LIMIT), USUAL)));
}
