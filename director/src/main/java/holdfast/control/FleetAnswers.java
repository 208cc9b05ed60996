package holdfast.control;

import holdfast.admin.FleetHistory;
import holdfast.admin.FleetHistoryRequest;
import holdfast.admin.FleetView;
import holdfast.api.RefusedException;
import holdfast.conf.Configuration;
import holdfast.fleet.node.FleetNode;
import java.util.Optional;
import java.util.function.Supplier;

/// Shows the fleet as this director has heard it; never waits for it.
final class FleetAnswers {
    private static final String ERROR = "this director shows no fleet";

    private final Supplier<Configuration> configuration;
    private final Supplier<Optional<FleetNode>> fleet;

    /// @param fleet  empty while it has not started, and for a director that joins none
    FleetAnswers(Supplier<Configuration> configuration, Supplier<Optional<FleetNode>> fleet) {
        this.configuration = configuration;
        this.fleet = fleet;
    }

    FleetView view() {
        return joined().view();
    }

    FleetHistory history(FleetHistoryRequest request) {
        return joined().history(request.limit());
    }

    private FleetNode joined() {
        return fleet.get()
                .orElseThrow(() -> configuration.get().management().fleet().isPresent()
                        ? RefusedException.notNow(ERROR, "it has just started", "try again in a moment")
                        : RefusedException.notNow(
                                ERROR,
                                "its file has no section 'fleet'",
                                "add that section with the other directors as its members, and restart this one"));
    }
}
