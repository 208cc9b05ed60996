package holdfast.forward;

import holdfast.linux.Netlink;
import holdfast.linux.Poller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the kernel's routes and neighbours on the thread `netlink` and publishes them as [NextHops].
///
/// It also keeps next hops warm, on the standby as on the active: every [#WARM_INTERVAL_NS] it asks the kernel to
/// verify the neighbours behind every route and every real server, so that a takeover finds their MACs known and a
/// moved one is noticed: one that does not answer at its MAC for three seconds is looked for anew.
public final class NextHopWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NextHopWatch.class);
    private static final long WARM_INTERVAL_NS = 2_000_000_000L;
    private static final int MAIN_TABLE = 254;

    private final Ports ports;
    private final ProbeQueue probes;
    private final Supplier<int[]> destinations;
    private final Consumer<NextHops> publish;
    private final Consumer<Boolean> links;
    private final Netlink netlink = Netlink.open();
    private final Poller poller;
    private final Thread thread = Thread.ofPlatform().name("netlink").daemon().unstarted(this::run);
    private volatile boolean closed;

    /// @param probes        where workers ask for neighbours that they miss
    /// @param destinations  addresses of the real servers, whose next hops are kept warm
    /// @param publish       called on the thread `netlink`, and once by [#start] before it returns
    /// @param links         told whether all ports are up, when one of them changes
    public NextHopWatch(
            Ports ports,
            ProbeQueue probes,
            Supplier<int[]> destinations,
            Consumer<NextHops> publish,
            Consumer<Boolean> links) {
        this.ports = ports;
        this.probes = probes;
        this.destinations = destinations;
        this.publish = publish;
        this.links = links;
        this.poller = new Poller(netlink.fd(), probes.wakeUp().fd());
    }

    public void start() {
        var now = snapshot();
        publish.accept(now);
        warm(now);
        thread.start();
    }

    private void run() {
        try {
            follow();
        } catch (RuntimeException | Error e) {
            log.error("netlink failed action=exit cause={}", e.toString(), e);
            Runtime.getRuntime().halt(1); // a director whose routes stand still must not look alive
        }
    }

    private void follow() {
        var hops = snapshot();
        long warmAt = System.nanoTime();
        while (!closed) {
            poller.poll(Math.max(0, warmAt - System.nanoTime()));
            if (poller.readable(0)) {
                var changes = netlink.receive();
                if (!changes.isEmpty()) {
                    hops = snapshot();
                    publish.accept(hops);
                    tellLinks(changes);
                    if (changes.stream().anyMatch(NextHopWatch::isLoss)) {
                        warmAt = System.nanoTime();
                    }
                }
            }
            probes.drain(this::probe);
            if (System.nanoTime() - warmAt >= 0) {
                warm(hops);
                warmAt = System.nanoTime() + WARM_INTERVAL_NS;
            }
        }
    }

    private void tellLinks(List<Netlink.Change> changes) {
        boolean overrun = changes.contains(new Netlink.Change.Overrun());
        if (overrun) {
            log.warn("netlink overrun action=read-everything-again");
        }
        if (overrun || changes.stream().anyMatch(change -> change instanceof Netlink.Change.LinkChanged)) {
            var up = netlink.links().stream()
                    .filter(Netlink.Link::up)
                    .map(Netlink.Link::index)
                    .toList();
            links.accept(ports.ports().stream().allMatch(port -> up.contains(port.ifindex())));
        }
    }

    private NextHops snapshot() {
        var routes = new ArrayList<NextHops.Route>();
        for (var route : netlink.routes()) {
            int port = ports.indexOf(route.ifindex());
            if (route.table() == MAIN_TABLE) {
                routes.add(new NextHops.Route(
                        route.destination(), route.prefixLength(), route.gateway(), port, route.metric()));
            }
        }
        var neighbours = new ArrayList<NextHops.Neighbour>();
        for (var neighbour : netlink.neighbours()) {
            int port = ports.indexOf(neighbour.ifindex());
            if (port >= 0 && neighbour.usable()) {
                neighbours.add(new NextHops.Neighbour(port, neighbour.address(), neighbour.mac()));
            }
        }
        return new NextHops(routes, neighbours);
    }

    private static boolean isLoss(Netlink.Change change) {
        return change instanceof Netlink.Change.NeighbourChanged(var neighbour, var _) && !neighbour.usable();
    }

    private void warm(NextHops hops) {
        var next = new HashSet<Long>();
        for (var route : hops.gateways()) {
            next.add(route);
        }
        for (int destination : destinations.get()) {
            next.add(hops.neighbourOf(destination));
        }
        next.remove(NextHops.NO_ROUTE);
        next.forEach(this::probe);
        var _ = netlink.verify(neighbour -> {
            int port = ports.indexOf(neighbour.ifindex());
            return port >= 0 && next.contains(NextHops.key(port, neighbour.address()));
        });
    }

    private void probe(long neighbour) {
        var _ = netlink.probe(ports.at((int) (neighbour >>> 32)).ifindex(), (int) neighbour);
    }

    @Override
    public void close() {
        closed = true;
        probes.wakeUp().signal();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.close();
        netlink.close();
    }
}
