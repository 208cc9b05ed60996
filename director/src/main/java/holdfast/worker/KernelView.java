package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.linux.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The kernel's links, addresses, routes and neighbours, and their meaning for the datapath. Pure, and a value.
///
/// @param failed  next hops whose MAC the kernel has asked for in vain and has not learned since
public record KernelView(
        List<Kernel.Link> links,
        List<Kernel.Address> addresses,
        List<Kernel.Route> routes,
        List<Kernel.Neighbour> neighbours,
        Set<Hop> failed) {
    private static final int MAIN_TABLE = 254;

    static final KernelView EMPTY = new KernelView(List.of(), List.of(), List.of(), List.of(), Set.of());

    /// A next hop.
    record Hop(int ifindex, int address) {
        static Hop of(Kernel.Neighbour neighbour) {
            return new Hop(neighbour.ifindex(), neighbour.address());
        }
    }

    public KernelView {
        failed = Set.copyOf(failed);
    }

    /// The datapath's interfaces by name; one that does not exist is missing.
    Links links(LinkNeeds needs) {
        return new Links(needs.atStart().links().stream()
                .map(wanted -> link(wanted, needs))
                .toList());
    }

    private Links.Link link(Links.Link wanted, LinkNeeds needs) {
        return link(wanted.name())
                .map(link -> new Links.Link(
                        link.name(), link.index(), link.mac(), link.mtu(), address(link, wanted, needs), state(link)))
                .orElseGet(() -> Links.Link.missing(wanted.name()));
    }

    /// The address that it had at the start, if it still has it and must keep it; else its first address.
    private int address(Kernel.Link link, Links.Link wanted, LinkNeeds needs) {
        var has = addressesOf(link);
        boolean isKept = needs.loyal().contains(wanted.name()) && has.contains(wanted.address());
        return isKept ? wanted.address() : has.stream().findFirst().orElse(0);
    }

    private static Links.State state(Kernel.Link link) {
        if (!link.enabled()) {
            return Links.State.DOWN;
        }
        return link.up() ? Links.State.UP : Links.State.NO_CARRIER;
    }

    /// Why this director cannot serve, in the order of the configuration.
    List<String> faults(LinkNeeds needs) {
        var faults = new ArrayList<String>();
        for (var wanted : needs.atStart().links()) {
            var link = link(wanted.name());
            if (link.isEmpty()) {
                faults.add(wanted.name() + " does not exist");
            } else {
                addFaults(link.get(), wanted, needs, faults);
            }
        }
        return faults;
    }

    private void addFaults(Kernel.Link link, Links.Link wanted, LinkNeeds needs, List<String> faults) {
        switch (state(link)) {
            case DOWN -> faults.add(link.name() + " is down");
            case NO_CARRIER -> faults.add(link.name() + " has no carrier");
            case UP, MISSING -> {}
        }
        if (link.mac() == 0) {
            faults.add(link.name() + " has no Ethernet address");
        }
        var has = addressesOf(link);
        boolean isWell = needs.loyal().contains(wanted.name()) ? has.contains(wanted.address()) : !has.isEmpty();
        if (wanted.address() != 0 && !isWell) {
            faults.add(link.name() + " has lost its address " + Ipv4.text(wanted.address()));
        }
    }

    NextHops hops(Links links) {
        var ways = routes.stream()
                .filter(route -> route.table() == MAIN_TABLE)
                .map(route -> new NextHops.Route(
                        route.destination(),
                        route.prefixLength(),
                        route.gateway(),
                        links.indexOf(route.ifindex()),
                        route.metric()))
                .toList();
        var usable = neighbours.stream()
                .filter(neighbour -> neighbour.usable() && links.indexOf(neighbour.ifindex()) >= 0)
                .map(neighbour -> new NextHops.Neighbour(
                        links.indexOf(neighbour.ifindex()), neighbour.address(), neighbour.mac()))
                .toList();
        var inVain = failed.stream()
                .filter(hop -> links.indexOf(hop.ifindex()) >= 0)
                .map(hop -> NextHops.key(links.indexOf(hop.ifindex()), hop.address()))
                .collect(Collectors.toSet());
        return new NextHops(ways, usable, inVain);
    }

    /// @param faults        of the links, and other faults that keep this director from serving
    /// @param destinations  addresses of the real servers
    /// @param silent        addresses that do not answer ICMP echoes
    LinkState state(Network network, List<String> faults, int[] destinations, Set<Integer> silent) {
        var hops = network.hops();
        var deadGateways = Arrays.stream(hops.gateways())
                .filter(gateway -> !hops.knows(gateway))
                .mapToObj(gateway -> (int) gateway);
        var deadServers = Arrays.stream(destinations)
                .filter(destination -> !NextHops.isResolved(hops.resolve(destination)))
                .boxed();
        var unreachable = Stream.of(deadGateways, deadServers, silent.stream())
                .flatMap(Function.identity())
                .distinct()
                .map(Ipv4::new)
                .sorted()
                .toList();
        var ways = main(route -> network.links().indexOf(route.ifindex()) >= 0);
        var others = main(route -> network.links().indexOf(route.ifindex()) < 0 && !route.ofAnAddress());
        var elsewhere = others.stream().filter(other -> takesFrom(other, ways)).toList();
        return new LinkState(network.links(), faults, unreachable, prefixes(ways), prefixes(elsewhere));
    }

    private List<Kernel.Route> main(Predicate<Kernel.Route> which) {
        return routes.stream()
                .filter(route -> route.table() == MAIN_TABLE)
                .filter(which)
                .toList();
    }

    /// Whether the kernel uses a route over another interface where it would otherwise use one of the ways. Beside
    /// a default route this is no fault: a host has routes of its own, for its management.
    private static boolean takesFrom(Kernel.Route other, List<Kernel.Route> ways) {
        var same = ways.stream().filter(way -> isSamePrefix(way, other)).toList();
        return same.isEmpty()
                ? ways.stream().anyMatch(way -> way.prefixLength() > 0 && isWithin(other, way))
                : same.stream().allMatch(way -> other.metric() <= way.metric());
    }

    private static boolean isSamePrefix(Kernel.Route one, Kernel.Route other) {
        return one.prefixLength() == other.prefixLength() && one.destination() == other.destination();
    }

    private static boolean isWithin(Kernel.Route narrow, Kernel.Route wide) {
        return narrow.prefixLength() > wide.prefixLength()
                && (narrow.destination() ^ wide.destination()) >>> (32 - wide.prefixLength()) == 0;
    }

    private static List<String> prefixes(List<Kernel.Route> routes) {
        return routes.stream()
                .map(route -> Ipv4.text(route.destination()) + "/" + route.prefixLength())
                .distinct()
                .sorted()
                .toList();
    }

    private Optional<Kernel.Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private List<Integer> addressesOf(Kernel.Link link) {
        return addresses.stream()
                .filter(address -> address.ifindex() == link.index())
                .map(Kernel.Address::address)
                .toList();
    }
}
