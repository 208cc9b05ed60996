package holdfast.cli.ipvsadm;

import holdfast.admin.ServiceList;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The listings of services as `ipvsadm -L` prints them, column for column, trailing blanks included
/// (IPVS-REF 9.3).
///
/// @param isExact   prints numbers with all their digits
/// @param isSorted  by key, else as the director lists them: services in the order of the configuration, and of each
///     service the newest real server first
public record ServicesText(Columns columns, boolean isExact, boolean isSorted, EndpointText endpoints) {
    /// The version of IPVS that Holdfast follows.
    private static final String IPVS_VERSION = "1.2.1";

    private static final int NAME_MAX = 28;

    /// The columns behind each name.
    public enum Columns {
        PLAIN,
        STATS,
        RATE,
        THRESHOLDS,
        PERSISTENT_CONN,
        TUN_INFO
    }

    /// Every service.
    public String of(ServiceList services) {
        var lines = new ArrayList<String>();
        lines.add("IP Virtual Server version " + IPVS_VERSION + " (size=" + services.connectionsMax() + ")");
        addAll(services.services(), lines);
        return String.join(System.lineSeparator(), lines);
    }

    /// One service, which ipvsadm lists without the line of its version.
    public String of(ServiceList.Service service) {
        var lines = new ArrayList<String>();
        addAll(List.of(service), lines);
        return String.join(System.lineSeparator(), lines);
    }

    private void addAll(List<ServiceList.Service> services, List<String> lines) {
        lines.addAll(head());
        sorted(services, Comparator.comparing(ServiceList.Service::service, SavedRules.BY_KEY))
                .forEach(service -> add(service, lines));
    }

    private <T> Stream<T> sorted(List<T> items, Comparator<T> order) {
        return isSorted ? items.stream().sorted(order) : items.stream();
    }

    private List<String> head() {
        return switch (columns) {
            case PLAIN ->
                List.of(
                        "Prot LocalAddress:Port Scheduler Flags",
                        "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn");
            case TUN_INFO ->
                List.of(
                        "Prot LocalAddress:Port Scheduler Flags",
                        "  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn");
            case STATS -> head("%-33s %8s %8s %8s %8s %8s", "Conns", "InPkts", "OutPkts", "InBytes", "OutBytes");
            case RATE -> head("%-33s %8s %8s %8s %8s %8s", "CPS", "InPPS", "OutPPS", "InBPS", "OutBPS");
            case THRESHOLDS ->
                head("%-33s %-10s %-10s %-10s %-10s", "Uthreshold", "Lthreshold", "ActiveConn", "InActConn");
            case PERSISTENT_CONN ->
                head("%-33s %-9s %-11s %-10s %-10s", "Weight", "PersistConn", "ActiveConn", "InActConn");
        };
    }

    private static List<String> head(String format, Object... names) {
        var all = Stream.concat(Stream.of("Prot LocalAddress:Port"), Stream.of(names))
                .toArray();
        return List.of(format.formatted(all), "  -> RemoteAddress:Port");
    }

    private void add(ServiceList.Service service, List<String> lines) {
        var name = name(service.service());
        lines.add(
                switch (columns) {
                    case STATS -> "%-33s".formatted(name) + totals(service.totals());
                    case RATE -> "%-33s".formatted(name) + rates(service.rates());
                    case PLAIN, THRESHOLDS, PERSISTENT_CONN, TUN_INFO -> name + " " + options(service);
                });
        sorted(
                        service.realServers(),
                        Comparator.comparing((ServiceList.RealServer real) -> Ipv4.of(real.address()))
                                .thenComparingInt(ServiceList.RealServer::port))
                .map(real -> line(service.service().protocol(), real))
                .forEach(lines::add);
    }

    private String name(ServiceKey key) {
        return key.isMark()
                ? "FWM  " + Integer.toUnsignedString(key.mark())
                : "%-4s %s".formatted(key.protocol().name(), endpoint(key.protocol(), key.address(), key.port()));
    }

    /// Ports of a mark's real servers have their names of TCP.
    private String endpoint(Protocol protocol, Ipv4 address, int port) {
        var text = endpoints.of(protocol == Protocol.MARK ? Protocol.TCP : protocol, address, port);
        return text.substring(0, Math.min(text.length(), NAME_MAX));
    }

    /// `wlc persistent 360 mask 255.255.255.0`; flags, persistence, engine and `ops` in ipvsadm's order.
    private static String options(ServiceList.Service service) {
        var scheduler = service.scheduler().word();
        var text = new StringBuilder(scheduler);
        if (!service.flags().isEmpty()) {
            text.append(" (")
                    .append(SavedRules.flags(service.scheduler(), Set.copyOf(service.flags())))
                    .append(')');
        }
        var persistence = service.persistence();
        if (persistence != null) {
            text.append(" persistent ").append(persistence.timeoutS());
            if (!persistence.netmask().equals("255.255.255.255")) {
                text.append(" mask ").append(persistence.netmask());
            }
            if (persistence.engine() != null) {
                text.append(" pe ").append(persistence.engine().word());
            }
        }
        return text.append(service.onePacket() ? " ops" : "").toString();
    }

    private String line(Protocol protocol, ServiceList.RealServer real) {
        var name = "  -> %-28s".formatted(endpoint(protocol, Ipv4.of(real.address()), real.port()));
        return name
                + switch (columns) {
                    case PLAIN ->
                        " %-7s %-6d %-10d %-10d"
                                .formatted(
                                        real.method().ipvsadmWord(),
                                        real.weight(),
                                        real.activeConn(),
                                        real.inActConn());
                    case TUN_INFO ->
                        " %-7s %-13s %-6d %-10d %-10d"
                                .formatted(
                                        real.method().ipvsadmWord(),
                                        "n/a",
                                        real.weight(),
                                        real.activeConn(),
                                        real.inActConn());
                    case STATS -> totals(real.totals());
                    case RATE -> rates(real.rates());
                    case THRESHOLDS ->
                        " %-10d %-10d %-10d %-10d"
                                .formatted(
                                        real.upperThreshold(),
                                        real.lowerThreshold(),
                                        real.activeConn(),
                                        real.inActConn());
                    case PERSISTENT_CONN ->
                        " %-9d %-11d %-10d %-10d"
                                .formatted(real.weight(), real.persistConn(), real.activeConn(), real.inActConn());
                };
    }

    private String totals(ServiceList.Totals totals) {
        return " %8s %8s %8s %8s %8s"
                .formatted(
                        number(totals.connections()),
                        number(totals.inPackets()),
                        number(totals.outPackets()),
                        number(totals.inBytes()),
                        number(totals.outBytes()));
    }

    /// Only bytes are shortened.
    private String rates(ServiceList.Rates rates) {
        return " %8d %8d %8d %8s %8s"
                .formatted(
                        rates.connections(),
                        rates.inPackets(),
                        rates.outPackets(),
                        number(rates.inBytes()),
                        number(rates.outBytes()));
    }

    /// A number, shortened as `ipvsadm` does where it would not fit its column.
    private String number(long number) {
        // @formatter:off
        if (isExact || number < 100_000_000L) { return Long.toString(number); }
        if (number < 1_000_000_000L)          { return number / 1000L + "K"; }
        if (number < 100_000_000_000L)        { return number / 1_000_000L + "M"; }
        if (number < 100_000_000_000_000L)    { return number / 1_000_000_000L + "G"; }
        return number / 1_000_000_000_000L + "T";
        // @formatter:on
    }
}
