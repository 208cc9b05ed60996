package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Network;
import holdfast.forward.NextHops;
import holdfast.forward.ProbeQueue;
import holdfast.linux.EchoSocket;
import holdfast.linux.Echoes;
import holdfast.linux.Errno;
import holdfast.linux.InterruptedDumpException;
import holdfast.linux.Kernel;
import holdfast.linux.Netlink;
import holdfast.linux.Poller;
import holdfast.linux.SyscallException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import holdfast.worker.KernelView.Hop;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the kernel's links, addresses, routes and neighbours on the thread `netlink`, and publishes changes: a
/// [Network] for the worker, a [LinkState] for the election and the word.
///
/// It follows interfaces by name. It also keeps next hops warm, on the standby as on the active: every
/// [#WARM_INTERVAL_NS] it makes the kernel verify the neighbours behind every route and every real server. So a
/// takeover finds their MACs known, and a neighbour that does not answer at its MAC for three seconds is looked for
/// anew. It leaves a static MAC alone.
///
/// ARP alone does not show who would answer a client, so it sends ICMP echoes to real servers and gateways too.
///
/// No answer of the kernel ends it: it counts a refused probe and an interrupted list, and replaces a broken socket.
public final class LinkWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LinkWatch.class);
    private static final long WARM_INTERVAL_NS = 2_000_000_000L;
    private static final long ASK_AGAIN_NS = 20_000_000;
    private static final long REOPEN_INTERVAL_NS = 200_000_000;
    private static final int FAILURES_MAX = 3; // in a row, before they are a reason to give up the VIPs
    private static final int NETLINK = 0;
    private static final int NOBODY = -1; // poll() skips a negative descriptor

    /// Receives the changes. Called on the thread `netlink`, and by [#start] before it returns.
    public interface Listener {
        /// Links, routes or neighbours have changed.
        void network(Network network);

        /// The state of the links has changed. A fault is reported and cleared at once; reach changes at most
        /// once a second.
        void links(LinkState state);
    }

    private enum Part {
        LINKS,
        ROUTES,
        NEIGHBOURS
    }

    private final LinkNeeds needs;
    private final ProbeQueue probes;
    private final Supplier<int[]> destinations;
    private final Counters counters;
    private final Listener listener;
    private final Supplier<Kernel> opener;
    private final EchoWatch echoes;
    private final Poller poller;
    private final Thread thread = Thread.ofPlatform().name("netlink").daemon().unstarted(this::run);
    private volatile boolean closed;

    // Owned by the thread.
    private @Nullable Kernel kernel;
    private final EnumSet<Part> stale = EnumSet.allOf(Part.class);
    private List<Kernel.Link> links = List.of();
    private List<Kernel.Address> addresses = List.of();
    private List<Kernel.Route> routes = List.of();
    private final Map<Hop, Kernel.Neighbour> neighbours = new LinkedHashMap<>();
    private final Set<Hop> failed = new HashSet<>(); // and not learned since
    private boolean hasNews; // not in `published` yet
    private KernelView published = KernelView.EMPTY;
    private Network network;
    private List<String> faults = List.of();
    private Set<Long> nextHops = Set.of(); // that are kept warm, in the form of NextHops#neighbourOf
    private final LinkReport report = new LinkReport();
    private final Minutely refusals = new Minutely();
    private final Minutely interruptions = new Minutely();
    private final Minutely breaks = new Minutely();
    private long askAt;
    private long warmAt;
    private int failures;
    private String failure = "";

    /// @param probes        the workers' requests for neighbours that they lack
    /// @param destinations  addresses of the real servers, whose next hops are kept warm
    /// @param counters      the counters named after netlink, probes and echoes are written here
    public LinkWatch(
            LinkNeeds needs, ProbeQueue probes, Supplier<int[]> destinations, Counters counters, Listener listener) {
        this(needs, probes, destinations, counters, listener, Netlink::open, EchoSocket::open);
    }

    LinkWatch(
            LinkNeeds needs,
            ProbeQueue probes,
            Supplier<int[]> destinations,
            Counters counters,
            Listener listener,
            Supplier<Kernel> opener,
            Supplier<Echoes> echoOpener) {
        this.needs = needs;
        this.probes = probes;
        this.destinations = destinations;
        this.counters = counters;
        this.listener = listener;
        this.opener = opener;
        echoes = new EchoWatch(echoOpener, counters, System.nanoTime());
        network = new Network(needs.atStart(), NextHops.none());
        poller = new Poller(NOBODY, probes.wakeUp().fd());
    }

    /// Publishes the present state, and follows it from then on.
    ///
    /// @throws SyscallException if the kernel's state cannot be read
    public void start() {
        open();
        long now = System.nanoTime();
        read(now);
        publish(now);
        warm(now);
        thread.start();
    }

    private void open() {
        var opened = opener.get();
        kernel = opened;
        poller.replace(NETLINK, opened.fd());
        stale.addAll(EnumSet.allOf(Part.class));
    }

    private void run() {
        try {
            while (!closed) {
                poller.poll(patience(System.nanoTime()));
                turn(System.nanoTime());
            }
        } catch (RuntimeException | Error bug) {
            log.error("netlink failed action=exit cause={}", bug.toString(), bug);
            Runtime.getRuntime().halt(1); // a director with outdated routes must not look alive
        }
    }

    private long patience(long now) {
        long next = kernel == null || !stale.isEmpty() ? askAt : warmAt;
        return Math.max(0, Math.min(next - now, Math.min(report.waits(now), echoes.waits(now))));
    }

    private void turn(long now) {
        hasNews |= echoes.turn(now);
        try {
            if (kernel == null && now - askAt >= 0) {
                open();
            }
            if (poller.readable(NETLINK)) {
                hear();
            }
            if (now - askAt >= 0) {
                read(now);
            }
            publish(now);
            probes.drain(this::probe);
            if (now - warmAt >= 0) {
                warm(now);
            }
        } catch (InterruptedDumpException e) {
            interrupted(e, now);
        } catch (SyscallException e) {
            replaceSocket(e, now);
        }
    }

    private void interrupted(InterruptedDumpException e, long now) {
        counters.count(Counter.NETLINK_INTERRUPTED);
        askAt = now + ASK_AGAIN_NS;
        if (interruptions.isDue(now)) {
            log.warn("netlink interrupted action=ask-again cause=\"{}\"", e.getMessage());
        }
    }

    private void replaceSocket(SyscallException e, long now) {
        counters.count(Counter.NETLINK_BROKEN);
        if (breaks.isDue(now)) {
            log.warn("netlink broken action=reopen cause=\"{}\"", e.getMessage());
        }
        poller.replace(NETLINK, NOBODY);
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
        askAt = now + REOPEN_INTERVAL_NS;
        failure = String.valueOf(e.getMessage());
        failures++;
        if (failures == FAILURES_MAX) {
            tell(now);
        }
    }

    /// Applies the kernel's notifications.
    private void hear() {
        for (var change : kernel().receive()) {
            switch (change) {
                // When a link or an address disappears, the kernel removes its routes without a
                // notification for each.
                case Kernel.Change.LinkChanged _, Kernel.Change.AddressChanged _ -> {
                    stale.add(Part.LINKS);
                    stale.add(Part.ROUTES);
                }
                case Kernel.Change.RouteChanged _ -> stale.add(Part.ROUTES);
                case Kernel.Change.NeighbourChanged(var neighbour, boolean removed) -> hear(neighbour, removed);
                case Kernel.Change.Overrun _ -> {
                    counters.count(Counter.NETLINK_OVERRUN);
                    stale.addAll(EnumSet.allOf(Part.class));
                }
            }
        }
    }

    private void hear(Kernel.Neighbour neighbour, boolean removed) {
        hasNews = true;
        if (removed) {
            neighbours.remove(Hop.of(neighbour));
        } else {
            take(neighbour);
        }
        if ((removed || !neighbour.usable()) && nextHops.contains(key(Hop.of(neighbour)))) {
            warmAt = System.nanoTime(); // look for it at once
        }
    }

    private long key(Hop hop) {
        return NextHops.key(network.links().indexOf(hop.ifindex()), hop.address());
    }

    private void take(Kernel.Neighbour neighbour) {
        var hop = Hop.of(neighbour);
        neighbours.put(hop, neighbour);
        if (neighbour.usable()) {
            failed.remove(hop);
        } else if (neighbour.state() == Kernel.Neighbour.State.FAILED) {
            failed.add(hop);
        }
    }

    /// Reads what is out of date. A part that changes during each attempt stays out of date, and delays no other.
    private void read(long now) {
        var from = kernel;
        if (from == null || stale.isEmpty()) {
            return;
        }
        askAt = now;
        for (var part : EnumSet.copyOf(stale)) {
            try {
                read(part, from);
                stale.remove(part);
            } catch (InterruptedDumpException e) {
                interrupted(e, now);
            }
        }
        failures = 0;
        hasNews = true;
    }

    private void read(Part part, Kernel from) {
        switch (part) {
            case LINKS -> {
                var linksNow = from.links();
                addresses = from.addresses(); // of these links, or neither
                links = linksNow;
            }
            case ROUTES -> routes = from.routes();
            case NEIGHBOURS -> {
                var all = from.neighbours();
                neighbours.clear();
                all.forEach(this::take);
            }
        }
    }

    /// Whether everything known may be published. An interrupted part keeps its old state, which is better than to
    /// hold back changes of other parts.
    private boolean isKnown() {
        return stale.isEmpty() || (kernel != null && !published.equals(KernelView.EMPTY));
    }

    private void publish(long now) {
        if (isKnown() && (hasNews || report.waits(now) == 0)) {
            hasNews = false;
            var view = new KernelView(links, addresses, routes, List.copyOf(neighbours.values()), failed);
            if (!view.equals(published)) {
                publish(view);
            }
            tell(now);
        }
    }

    private void publish(KernelView view) {
        published = view;
        var found = view.links(needs);
        boolean isSame = found.equals(network.links());
        network = new Network(isSame ? network.links() : found, view.hops(found));
        listener.network(network);
    }

    private void tell(long now) {
        var reasons = new ArrayList<>(published.faults(needs));
        if (failures >= FAILURES_MAX) {
            reasons.add("the kernel cannot be asked about links and routes: " + failure);
        }
        logFaults(reasons);
        var servers = destinations.get();
        echoes.follow(asked(servers));
        report.news(published.state(network, reasons, servers, echoes.silent()), now)
                .ifPresent(listener::links);
    }

    /// Real servers first: if there are too many addresses, gateways are left out.
    private Set<Integer> asked(int[] servers) {
        var asked = new LinkedHashSet<Integer>();
        for (int server : servers) {
            asked.add(server);
        }
        for (long gateway : network.hops().gateways()) {
            asked.add((int) gateway);
        }
        return asked;
    }

    private void logFaults(List<String> now) {
        if (!now.equals(faults)) {
            if (now.isEmpty()) {
                log.info("links well were=\"{}\"", String.join(", ", faults));
            } else {
                log.warn("links faulty faults=\"{}\"", String.join(", ", now));
            }
            faults = List.copyOf(now);
        }
    }

    /// Verifies the next hops, and reads everything again: the kernel does not notify of every change.
    private void warm(long now) {
        warmAt = now + WARM_INTERVAL_NS;
        if (kernel == null) {
            return;
        }
        nextHops = nextHops();
        failed.removeIf(hop -> !nextHops.contains(key(hop))); // they are no longer needed
        nextHops.forEach(this::probe);
        kernel().verify(neighbour -> nextHops.contains(key(Hop.of(neighbour))))
                .forEach(errno -> refused(errno, Optional.empty()));
        stale.addAll(EnumSet.allOf(Part.class));
    }

    private Set<Long> nextHops() {
        var next = new HashSet<Long>();
        for (long gateway : network.hops().gateways()) {
            next.add(gateway);
        }
        for (int destination : destinations.get()) {
            next.add(network.hops().neighbourOf(destination));
        }
        next.remove(NextHops.NO_ROUTE);
        return next;
    }

    private void probe(long neighbour) {
        int ifindex = network.links().at((int) (neighbour >>> 32)).ifindex();
        int address = (int) neighbour;
        var known = neighbours.get(new Hop(ifindex, address));
        boolean isFixed = known != null
                && known.state() == Kernel.Neighbour.State.FIXED; // a probe would make an ordinary entry of it
        if (kernel != null && ifindex != 0 && !isFixed) {
            kernel().probe(ifindex, address).ifPresent(errno -> refused(errno, Optional.of(address)));
        }
    }

    private void refused(int errno, Optional<Integer> address) {
        counters.count(Counter.PROBE_REFUSED);
        if (refusals.isDue(System.nanoTime())) {
            log.warn(
                    "neighbour not looked for address={} cause=\"{}\"",
                    address.map(Ipv4::text).orElse("-"),
                    why(errno));
        }
    }

    private static String why(int errno) {
        if (errno == Errno.ENOBUFS.number()) {
            return "the kernel's neighbour table is full; raise sysctl net.ipv4.neigh.default.gc_thresh3 above the number"
                    + " of hosts on the links";
        }
        return Errno.text(errno);
    }

    private Kernel kernel() {
        if (kernel == null) {
            throw new IllegalStateException("the netlink socket is closed");
        }
        return kernel;
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
        echoes.close();
        if (kernel != null) {
            kernel.close();
        }
    }
}
