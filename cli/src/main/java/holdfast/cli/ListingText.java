package holdfast.cli;

import holdfast.admin.Connections;
import holdfast.admin.Services;
import holdfast.conf.Ipv4;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The listings of `ipvsadm`, column for column, trailing blanks included (IPVS-REF 9.3).
final class ListingText {
    /// The version of IPVS whose behaviour and listings ours are.
    private static final String IPVS_VERSION = "1.2.1";

    private ListingText() {}

    static String of(Services services) {
        var lines = new ArrayList<String>();
        lines.add("IP Virtual Server version " + IPVS_VERSION + " (size=" + services.connectionsMax() + ")");
        lines.add("Prot LocalAddress:Port Scheduler Flags");
        lines.add("  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn");
        services.services().stream()
                .sorted(Comparator.comparing(
                                (Services.Service service) -> service.service().protocol())
                        .thenComparing(service -> service.service().address())
                        .thenComparingInt(service -> service.service().port()))
                .forEach(service -> add(service, lines));
        return String.join(System.lineSeparator(), lines);
    }

    private static void add(Services.Service service, List<String> lines) {
        var key = service.service();
        lines.add("%-4s %s:%d %s%s"
                .formatted(
                        key.protocol().name(),
                        key.address(),
                        key.port(),
                        service.scheduler().word(),
                        flags(service.persistence())));
        service.realServers().stream()
                .sorted(Comparator.comparing((Services.RealServer real) -> Ipv4.of(real.address()))
                        .thenComparingInt(Services.RealServer::port))
                .map(ListingText::line)
                .forEach(lines::add);
    }

    private static String flags(Services.@Nullable Persistence persistence) {
        if (persistence == null) {
            return "";
        }
        var mask = persistence.netmask().equals("255.255.255.255") ? "" : " mask " + persistence.netmask();
        return " persistent " + persistence.timeoutS() + mask;
    }

    private static String line(Services.RealServer real) {
        return "  -> %-28s %-7s %-6d %-10s %-10s"
                .formatted(
                        real.address() + ":" + real.port(),
                        real.method().ipvsadmWord(),
                        real.weight(),
                        number(real.activeConn()),
                        number(real.inActConn()));
    }

    static String of(Connections connections) {
        var lines = new ArrayList<String>();
        lines.add("IPVS connection entries");
        lines.add("pro expire state       source             virtual            destination");
        connections.entries().forEach(entry -> lines.add(line(entry)));
        return String.join(System.lineSeparator(), lines);
    }

    private static String line(Connections.Entry entry) {
        long seconds = entry.expiresMs() / 1000;
        return "%-3s %-6s %-11s %-18s %-18s %s"
                .formatted(
                        entry.protocol().name(),
                        "%02d:%02d".formatted(seconds / 60, seconds % 60),
                        entry.state().toUpperCase(Locale.ROOT),
                        entry.client(),
                        entry.virtual(),
                        entry.real());
    }

    /// A number as `ipvsadm` shortens it where it would break its column.
    static String number(long number) {
        // @formatter:off
        if (number < 100_000_000L)         { return Long.toString(number); }
        if (number < 1_000_000_000L)       { return number / 1000L + "K"; }
        if (number < 100_000_000_000L)     { return number / 1_000_000L + "M"; }
        if (number < 100_000_000_000_000L) { return number / 1_000_000_000L + "G"; }
        return number / 1_000_000_000_000L + "T";
        // @formatter:on
    }
}
