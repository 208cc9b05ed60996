package holdfast.admin;

import holdfast.conf.ServiceKey;
import java.util.List;

/// What a configuration would do to the clients that are here now.
///
/// @param services  every service of either configuration
/// @param others    what changes outside of services, a sentence each, without full stops
public record ImpactResult(List<OnService> services, List<String> others) {
    public ImpactResult {
        services = List.copyOf(services);
        others = List.copyOf(others);
    }

    /// What it would do to one service.
    ///
    /// @param templatesOrphaned    would be found no more, or name a real server that is gone
    /// @param clientsRehomed       would get another real server at their next connection
    /// @param connectionsAffected  would end, or wait for a real server that is gone
    /// @param vipsMoved            would change their director; a reload moves none
    /// @param why                  a sentence for each cause, without full stops
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

    /// What becomes of a service.
    public enum Change {
        ADDED,
        CHANGED,
        REMOVED,
        UNCHANGED
    }
}
