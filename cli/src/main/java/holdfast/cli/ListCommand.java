package holdfast.cli;

import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.Operations;
import holdfast.admin.ServiceList;
import holdfast.cli.ipvsadm.ConnectionsText;
import holdfast.cli.ipvsadm.EndpointText;
import holdfast.cli.ipvsadm.ServicesText;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        description = {
            "List services with their real servers, or connections and templates, as 'ipvsadm -L' does.",
            "The options are ipvsadm's, but for --timeouts, which is its --timeout."
        })
final class ListCommand extends Look {
    @Mixin
    private final Filter filter = new Filter();

    @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "the same as --service")
    private @Nullable ServiceKey named;

    @Option(
            names = {"-c", "--connection"},
            description = "connections and persistence templates instead of services")
    private boolean connections;

    @Option(
            names = {"-n", "--numeric"},
            description = "taken as ipvsadm takes it; addresses are always numeric here")
    @SuppressWarnings("UnusedVariable")
    private boolean numeric;

    @Option(names = "--stats", description = "sums of connections, packets and bytes; wins over --rate")
    private boolean stats;

    @Option(names = "--rate", description = "connections, packets and bytes per second")
    private boolean rate;

    @Option(names = "--thresholds", description = "upper and lower thresholds of connections")
    private boolean thresholds;

    @Option(names = "--persistent-conn", description = "templates per real server; with -c, the engine's data")
    private boolean persistentConn;

    @Option(names = "--exact", description = "numbers with all their digits")
    private boolean exact;

    @Option(names = "--sort", description = "taken as ipvsadm takes it; services are sorted anyway")
    @SuppressWarnings("UnusedVariable")
    private boolean sort;

    @Option(names = "--nosort", description = "in the order of the configuration")
    private boolean nosort;

    @Option(
            names = "--timeouts",
            description = "the timeouts of TCP, of TCP after a FIN, and of UDP instead of services")
    private boolean timeouts;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + Bounds.ENTRIES_MAX,
            description = "most connections and templates to list (default: ${DEFAULT-VALUE}, the most there can be)")
    private int limit;

    @Override
    int look() {
        checkCombination();
        if (connections) {
            listConnections();
        } else {
            listServices();
        }
        return ExitCode.DONE;
    }

    /// Refuses options that ipvsadm refuses together (IPVS-REF 9.2, row 12), and filters without effect.
    private void checkCombination() {
        if (limit < 1 || limit > Bounds.ENTRIES_MAX) {
            throw wrong("--limit " + limit + " must be 1 to " + Bounds.ENTRIES_MAX);
        }
        var columns = new ArrayList<String>();
        addIf(stats, "--stats", columns);
        addIf(rate, "--rate", columns);
        addIf(thresholds, "--thresholds", columns);
        addIf(persistentConn && timeouts, "--persistent-conn", columns);
        addIf(connections && timeouts, "-c", columns);
        if ((connections || timeouts) && !columns.isEmpty()) {
            throw wrong(String.join(", ", columns) + " cannot go with " + (timeouts ? "--timeouts" : "-c"));
        }
        if (named != null && filter.filter().service() != null) {
            throw wrong("Name one service, as " + named + " or with --service");
        }
        if (stats && rate) {
            console.note("--stats wins over --rate, as in ipvsadm: leave one of them out");
        }
        var wanted = filter();
        if (!connections && (wanted.client() != null || wanted.real() != null)) {
            throw wrong("--client and --real choose connections and templates; add -c");
        }
    }

    private EntryFilter filter() {
        var given = filter.filter();
        return named == null ? given : new EntryFilter(given.client(), given.real(), named);
    }

    private static void addIf(boolean isGiven, String name, List<String> names) {
        if (isGiven) {
            names.add(name);
        }
    }

    private static Failure wrong(String text) {
        return new Failure(ExitCode.WRONG_INPUT, text);
    }

    private void listServices() {
        var services = admin.call(Operations.SERVICES);
        var text = new ServicesText(columns(), exact, !nosort, EndpointText.NUMERIC);
        var only = filter().service();
        if (timeouts) {
            var times = services.timeouts();
            console.result(
                    times, "Timeout (tcp tcpfin udp): %d %d %d".formatted(times.tcpS(), times.tcpFinS(), times.udpS()));
        } else if (only == null) {
            console.result(services, text.of(services));
            noteUnreachable(services.services());
        } else {
            var service = ServiceCommand.find(services, only);
            console.result(
                    new ServiceList(
                            services.connectionsMax(),
                            services.timeouts(),
                            List.of(service),
                            services.totals(),
                            services.rates()),
                    text.of(service));
            noteUnreachable(List.of(service));
        }
    }

    /// A note beside the listing, whose columns are those of `ipvsadm`.
    private void noteUnreachable(List<ServiceList.Service> listed) {
        var addresses = listed.stream()
                .flatMap(service -> service.realServers().stream())
                .filter(real -> real.state() == ServiceList.State.UNREACHABLE)
                .map(real -> Ipv4.of(real.address()))
                .distinct()
                .sorted()
                .map(Ipv4::toString)
                .toList();
        if (!addresses.isEmpty()) {
            console.note(StatusText.passedOver(addresses));
        }
    }

    private ServicesText.Columns columns() {
        // @formatter:off
        if (stats)          { return ServicesText.Columns.STATS; }
        if (rate)           { return ServicesText.Columns.RATE; }
        if (thresholds)     { return ServicesText.Columns.THRESHOLDS; }
        if (persistentConn) { return ServicesText.Columns.PERSISTENT_CONN; }
        return ServicesText.Columns.PLAIN;
        // @formatter:on
    }

    private void listConnections() {
        var answer = admin.connections(new ConnectionsRequest(null, filter(), limit));
        console.result(answer, new ConnectionsText(persistentConn, EndpointText.NUMERIC).of(answer));
        noteIfCut(answer, console);
    }

    static void noteIfCut(Connections answer, Console console) {
        if (answer.truncated()) {
            int listed = answer.entries().size();
            console.note((answer.total() > listed
                            ? "Listed are %d of %d entries".formatted(listed, answer.total())
                            : "Listed are the first %d, and there are more".formatted(listed))
                    + "; the bound is --limit, at most " + Bounds.ENTRIES_MAX);
        }
    }
}
