package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.List;

/// The effect of a configuration on the present clients.
///
/// @param services  every service of either configuration
/// @param others    each change outside of services, as a sentence without full stop
public record ImpactResult(List<OnService> services, List<String> others) {
    public ImpactResult {
        services = List.copyOf(services);
        others = List.copyOf(others);
    }

    /// The effect on one service.
    ///
    /// @param templatesOrphaned    no client would find them any more, or they name a removed real server
    /// @param clientsRehomed       would get another real server at their next connection
    /// @param connectionsAffected  would end, or wait for a removed real server
    /// @param vipsMoved            0 if the VIPs and their election stay the same, else the number of present VIPs
    /// @param why                  a sentence for each cause, without full stop
    public record OnService(
            ServiceKey service,
            Change change,
            long templatesOrphaned,
            long clientsRehomed,
            long connectionsAffected,
            long vipsMoved,
            List<String> why) {
        public OnService {
            why = List.copyOf(why);
        }
    }

    /// The change of a service.
    public enum Change {
        ADDED,
        CHANGED,
        REMOVED,
        UNCHANGED
    }
}
