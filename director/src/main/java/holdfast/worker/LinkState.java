package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Ports;
import java.util.List;

/// What a director may say of its links and of what it reaches through them; a value.
///
/// @param ports        as they are now; their addresses and MACs are what peers must be told
/// @param faults       sentences that name the link and say why this director cannot serve, such as `front has no
///     carrier`; empty where all is well
/// @param unreachable  real servers without a route, and real servers and gateways that do not answer ARP or ICMP
///     echoes, in ascending order
/// @param routes       prefixes to which a route leads through a datapath port, such as `10.0.0.0/24`, each once
/// @param elsewhere    prefixes that are taken from a route through a datapath port and lead over another interface,
///     each once
public record LinkState(
        Ports ports, List<String> faults, List<Ipv4> unreachable, List<String> routes, List<String> elsewhere) {
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

    /// These links, with what `other` reaches.
    LinkState withReachOf(LinkState other) {
        return new LinkState(ports, faults, other.unreachable, other.routes, other.elsewhere);
    }
}
