package holdfast.admin;

import java.util.List;
import java.util.Objects;

/// The request for what happened in the fleet: the newest entries of each kind that fit.
///
/// @param limit  most entries of each kind, 1 to [Bounds#ENTRIES_MAX]
public record FleetHistoryRequest(int limit) {
    /// If a request names no limit.
    public static final int USUAL = 100;

    private static final Parameter<FleetHistoryRequest, Integer> LIMIT =
            Parameter.limit("entries of each kind", USUAL, FleetHistoryRequest::limit);

    static final Query<FleetHistoryRequest> QUERY = new Query<>(
            List.of(LIMIT), given -> new FleetHistoryRequest(Objects.requireNonNullElse(given.of(LIMIT), USUAL)));
}
