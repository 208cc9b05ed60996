package holdfast.table;

import holdfast.client.ClientRules;
import holdfast.conf.Configuration;
import holdfast.conf.Ipvs;
import holdfast.conf.MarkRule;
import holdfast.conn.Timeouts;
import holdfast.service.Marks;
import holdfast.service.RealServerTable;
import holdfast.service.Services;
import java.util.List;

/// All settings of an operator for packets, as one immutable value: a worker replaces it between two packets, and never
/// uses half of each.
///
/// @param timeouts  of `ipvs`
public record Policy(Services services, Marks marks, Ipvs ipvs, Timeouts timeouts, ClientRules clientRules) {
    /// No services, and IPVS's own settings: a director's initial state.
    static Policy none(RealServerTable reals) {
        return new Policy(new Services(reals), new Marks(List.of()), Ipvs.DEFAULT, Timeouts.DEFAULT, ClientRules.NONE);
    }

    /// This policy with another configuration. The operator's rules at run time stay.
    Policy with(Ipvs nextIpvs, List<MarkRule> rules, List<Configuration.Service> wanted, long now) {
        return new Policy(
                services.rebuild(wanted, now), new Marks(rules), nextIpvs, Timeouts.of(nextIpvs), clientRules);
    }

    Policy with(ClientRules rules) {
        return new Policy(services, marks, ipvs, timeouts, rules);
    }
}
