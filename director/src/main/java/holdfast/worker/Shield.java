package holdfast.worker;

import holdfast.conf.Ipv4;
import holdfast.forward.Links;
import holdfast.linux.Nftables;
import holdfast.linux.NftablesException;
import holdfast.table.Counter;
import holdfast.table.Counters;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the kernel from handling the datapath's packets a second time: nftables rules at the ingress of each link.
///
/// Packet sockets see a packet before these rules do (packet-io 2), so the datapath gets it and the kernel does not.
/// Without them a director with `ip_forward` on would send every packet twice. The kernel gets all packets to an
/// address of the host itself, also from a NAT service's real server: the answer to a health check is one. The rules
/// have a table of their own, named after this director. The start replaces it, which removes the remains of a crash.
///
/// Replies of a NAT service for every port (port 0, a mark) cannot be distinguished from other packets of its real
/// servers, so the kernel keeps its copy of them.
///
/// A kernel may remove the rules of an interface with it (Linux 6.18 keeps them for a successor of that name, older
/// ones do not). So the rules are installed anew, all in one transaction, when an interface or an own address has
/// changed. This runs a process, on the thread `shield`.
public final class Shield implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shield.class);
    private static final long TRY_AGAIN_MS = 1000;

    private final String name;
    private final Counters counters;
    private final Consumer<String> nft;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("shield").factory());

    // Owned by the thread.
    private Links links;
    private List<String> owned;
    private List<NatServer> natServers;
    private final Minutely refusals = new Minutely();
    private String laid;
    private String wanted;

    private Shield(
            String name,
            Links links,
            String laid,
            List<String> owned,
            List<NatServer> natServers,
            Counters counters,
            Consumer<String> nft) {
        this.name = name;
        this.links = links;
        this.laid = laid;
        wanted = laid;
        this.owned = owned;
        this.natServers = natServers;
        this.counters = counters;
        this.nft = nft;
    }

    /// A real server's end of a NAT service: its packets from that port are replies of the datapath's connections.
    /// Port 0 means that the port does not identify them.
    public record NatServer(String address, String protocol, int port) {}

    /// @param name    of this director; part of the table's name
    /// @param owned   addresses that the datapath owns
    /// @param natServers  real servers whose replies the datapath takes
    /// @param counters    receives [Counter#SHIELD_REFUSED]
    /// @throws holdfast.linux.NftablesException if nft refuses
    public static Shield install(
            String name, Links links, List<String> owned, List<NatServer> natServers, Counters counters) {
        return install(name, links, owned, natServers, counters, Nftables::apply);
    }

    static Shield install(
            String name,
            Links links,
            List<String> owned,
            List<NatServer> natServers,
            Counters counters,
            Consumer<String> nft) {
        var script = script(name, links, owned, natServers);
        nft.accept(script);
        return new Shield(name, links, script, owned, natServers, counters, nft);
    }

    /// Removes the rules of an earlier process of the same name; for a director that runs without a shield.
    public static void sweep(String name) {
        Nftables.apply(removal(table(name)));
    }

    /// Adopts the present links. Any thread, before [#close]; does not wait.
    public void follow(Links now) {
        thread.execute(() -> {
            links = now;
            layWanted();
        });
    }

    /// Adopts the present owned addresses and NAT servers. Any thread, before [#close]; does not wait.
    public void follow(List<String> nowOwned, List<NatServer> nowServers) {
        thread.execute(() -> {
            owned = nowOwned;
            natServers = nowServers;
            layWanted();
        });
    }

    private void layWanted() {
        wanted = script(name, links, owned, natServers);
        lay();
    }

    /// Does not retry an older script that was refused.
    private void lay() {
        if (wanted.equals(laid)) {
            return;
        }
        try {
            nft.accept(wanted);
            laid = wanted;
        } catch (NftablesException e) {
            counters.count(Counter.SHIELD_REFUSED);
            if (refusals.isDue(System.nanoTime())) {
                log.warn("shield not laid action=retry cause=\"{}\"", e.getMessage());
            }
            var _ = thread.schedule(this::lay, TRY_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
    }

    private static String table(String name) {
        return "holdfast_" + name.replaceAll("[^A-Za-z0-9]", "_");
    }

    static String script(String name, Links links, List<String> owned, List<NatServer> natServers) {
        var rules = new StringBuilder();
        rules.append("        ip daddr { ").append(String.join(", ", owned)).append(" } drop\n");
        var ours = links.links().stream()
                .filter(link -> link.address() != 0)
                .map(link -> Ipv4.text(link.address()))
                .collect(Collectors.joining(", "));
        if (!ours.isEmpty()) {
            rules.append("        ip daddr { ").append(ours).append(" } accept\n");
        }
        for (var protocol : List.of("tcp", "udp", "sctp")) {
            var pairs = natServers.stream()
                    .filter(server -> server.protocol().equals(protocol) && server.port() != 0)
                    .map(server -> server.address() + " . " + server.port())
                    .distinct()
                    .collect(Collectors.joining(", "));
            if (!pairs.isEmpty()) {
                rules.append("        ip saddr . ")
                        .append(protocol)
                        .append(" sport { ")
                        .append(pairs)
                        .append(" } drop\n");
            }
        }
        var table = table(name);
        var script = new StringBuilder(removal(table))
                .append("table netdev ")
                .append(table)
                .append(" {\n");
        var there = links.links().stream().filter(link -> link.ifindex() != 0).toList();
        for (var link : there) {
            script.append("    chain ")
                    .append("ingress_")
                    .append(link.ifindex())
                    .append(" {\n        type filter hook ingress device \"")
                    .append(link.name())
                    .append("\" priority 0;\n")
                    .append(rules)
                    .append("    }\n");
        }
        return script.append("}\n").toString();
    }

    /// The addition before the deletion makes the deletion succeed whether or not the table exists.
    private static String removal(String table) {
        return "table netdev " + table + "\ndelete table netdev " + table + "\n";
    }

    @Override
    public void close() {
        thread.shutdownNow();
        thread.close();
        nft.accept(removal(table(name)));
    }
}
