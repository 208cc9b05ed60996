package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import java.util.List;

/// The state of a director's links, and what it reaches through them; a value.
///
/// @param links        the present links; peers need their addresses and MACs
/// @param faults       why this director cannot serve, as sentences that name the link, such as `front has no carrier`;
///     empty without faults
/// @param unreachable  real servers without a route, and real servers and gateways that do not answer ARP or ICMP
///     echoes, in ascending order
/// @param routes       prefixes with a route through a datapath link, such as `10.0.0.0/24`, each once
/// @param elsewhere    prefixes that a route over another interface takes away from a route through a datapath link,
///     each once
public record LinkState(
        Links links, List<String> faults, List<Ipv4> unreachable, List<String> routes, List<String> elsewhere) {
    public LinkState {
        faults = List.copyOf(faults);
        unreachable = List.copyOf(unreachable);
        routes = List.copyOf(routes);
        elsewhere = List.copyOf(elsewhere);
    }

    boolean reachesWhat(LinkState other) {
        return unreachable.equals(other.unreachable)
                && routes.equals(other.routes)
                && elsewhere.equals(other.elsewhere);
    }

    /// These links, with the reach of `other`.
    LinkState withReachOf(LinkState other) {
        return new LinkState(links, faults, other.unreachable, other.routes, other.elsewhere);
    }
}
