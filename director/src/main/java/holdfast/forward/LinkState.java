package holdfast.forward;

import holdfast.conf.Ipv4;
import java.util.List;

/// What a director may say of its links and of what it reaches through them; a value.
///
/// @param ports        as they are now; their addresses and MACs are what peers must be told
/// @param faults       sentences that name the link and say why this director cannot serve, such as `front has no
///     carrier`; empty where all is well
/// @param unreachable  real servers without a route or without a neighbour that answers, and gateways that do not
///     answer, in ascending order
/// @param routes       prefixes to which a route leads through a datapath port, such as `10.0.0.0/24`, each once
public record LinkState(Ports ports, List<String> faults, List<Ipv4> unreachable, List<String> routes) {
    public LinkState {
        faults = List.copyOf(faults);
        unreachable = List.copyOf(unreachable);
        routes = List.copyOf(routes);
    }

    boolean reachesWhat(LinkState other) {
        return unreachable.equals(other.unreachable) && routes.equals(other.routes);
    }

    /// These links, with what `other` reaches.
    LinkState withReachOf(LinkState other) {
        return new LinkState(ports, faults, other.unreachable, other.routes);
    }
}
