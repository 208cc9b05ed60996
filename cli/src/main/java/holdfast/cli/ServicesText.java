package holdfast.cli;

import holdfast.admin.ServiceList;
import holdfast.conf.Ipv4;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The listings of services as `ipvsadm -L` prints them, column for column, trailing blanks included
/// (IPVS-REF 9.3).
///
/// @param isExact   prints numbers with all their digits
/// @param isSorted  by key, else in the order of the configuration
record ServicesText(Columns columns, boolean isExact, boolean isSorted) {
    /// The version of IPVS that Holdfast follows.
    private static final String IPVS_VERSION = "1.2.1";

    /// The columns behind each name.
    enum Columns {
        PLAIN,
        STATS,
        RATE,
        THRESHOLDS,
        PERSISTENT_CONN
    }

    /// Every service.
    String of(ServiceList services) {
        var lines = new ArrayList<String>();
        lines.add("IP Virtual Server version " + IPVS_VERSION + " (size=" + services.connectionsMax() + ")");
        addAll(services.services(), lines);
        return String.join(System.lineSeparator(), lines);
    }

    /// One service, which ipvsadm lists without the line of its version.
    String of(ServiceList.Service service) {
        var lines = new ArrayList<String>();
        addAll(List.of(service), lines);
        return String.join(System.lineSeparator(), lines);
    }

    private void addAll(List<ServiceList.Service> services, List<String> lines) {
        lines.addAll(head());
        sorted(
                        services,
                        Comparator.comparing((ServiceList.Service service) ->
                                        service.service().protocol())
                                .thenComparing(service -> service.service().address())
                                .thenComparingInt(service -> service.service().port()))
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
                    case PLAIN, THRESHOLDS, PERSISTENT_CONN -> name + " " + options(service);
                });
        sorted(
                        service.realServers(),
                        Comparator.comparing((ServiceList.RealServer real) -> Ipv4.of(real.address()))
                                .thenComparingInt(ServiceList.RealServer::port))
                .map(this::line)
                .forEach(lines::add);
    }

    private static String name(ServiceKey key) {
        return key.isMark()
                ? "FWM  " + Integer.toUnsignedString(key.mark())
                : "%-4s %s:%d".formatted(key.protocol().name(), key.address(), key.port());
    }

    /// `wlc persistent 360 mask 255.255.255.0`; flags, persistence, engine and `ops` in ipvsadm's order.
    private static String options(ServiceList.Service service) {
        var scheduler = service.scheduler().word();
        var text = new StringBuilder(scheduler);
        if (!service.flags().isEmpty()) {
            text.append(service.flags().stream()
                    .map(flag -> scheduler + "-" + flag.word())
                    .collect(Collectors.joining(",", " (", ")")));
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

    private String line(ServiceList.RealServer real) {
        var name = "  -> %-28s".formatted(real.address() + ":" + real.port());
        return name
                + switch (columns) {
                    case PLAIN ->
                        " %-7s %-6d %-10s %-10s"
                                .formatted(
                                        real.method().ipvsadmWord(),
                                        real.weight(),
                                        number(real.activeConn()),
                                        number(real.inActConn()));
                    case STATS -> totals(real.totals());
                    case RATE -> rates(real.rates());
                    case THRESHOLDS ->
                        " %-10d %-10d %-10s %-10s"
                                .formatted(
                                        real.upperThreshold(),
                                        real.lowerThreshold(),
                                        number(real.activeConn()),
                                        number(real.inActConn()));
                    case PERSISTENT_CONN ->
                        " %-9d %-11s %-10s %-10s"
                                .formatted(
                                        real.weight(),
                                        number(real.persistConn()),
                                        number(real.activeConn()),
                                        number(real.inActConn()));
                };
    }

    private String totals(ServiceList.Totals totals) {
        return numbers(
                totals.connections(), totals.inPackets(), totals.outPackets(), totals.inBytes(), totals.outBytes());
    }

    private String rates(ServiceList.Rates rates) {
        return numbers(rates.connections(), rates.inPackets(), rates.outPackets(), rates.inBytes(), rates.outBytes());
    }

    private String numbers(long... numbers) {
        var text = new StringBuilder();
        for (long number : numbers) {
            text.append(" %8s".formatted(number(number)));
        }
        return text.toString();
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
