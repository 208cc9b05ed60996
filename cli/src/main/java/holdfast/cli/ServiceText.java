package holdfast.cli;

import holdfast.admin.ServiceList;
import holdfast.conf.KebabCase;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Services and real servers in the words of the configuration file.
final class ServiceText {
    private static final String NONE = "-";
    private static final String[] REAL = {
        "REAL", "FORWARDING", "WEIGHT", "STATE", "ACTIVE", "INACTIVE", "TEMPLATES", "UPPER", "LOWER"
    };

    private ServiceText() {}

    /// A real server of a service, for JSON.
    record OfService(ServiceKey service, ServiceList.RealServer realServer) {}

    static String of(ServiceList services) {
        if (services.services().isEmpty()) {
            return "There is no service; add one with 'holdfast service add'";
        }
        var table =
                new TextTable("SERVICE", "SCHEDULER", "PERSISTENCE", "REAL-SERVERS", "ACTIVE", "INACTIVE", "TEMPLATES");
        for (var service : services.services()) {
            table.add(
                    service.service().toString(),
                    scheduler(service),
                    service.persistence() == null
                            ? NONE
                            : Text.seconds(service.persistence().timeoutS()),
                    reals(service.realServers()),
                    sum(service, ServiceList.RealServer::activeConn),
                    sum(service, ServiceList.RealServer::inActConn),
                    sum(service, ServiceList.RealServer::persistConn));
        }
        return table.toString();
    }

    /// `3`, or `2 of 3 up`.
    private static String reals(List<ServiceList.RealServer> reals) {
        long up = reals.stream()
                .filter(real -> real.state() == ServiceList.State.UP)
                .count();
        return up == reals.size() ? Long.toString(up) : up + " of " + reals.size() + " up";
    }

    private static String sum(ServiceList.Service service, ToLongFunction<ServiceList.RealServer> count) {
        return Long.toString(service.realServers().stream().mapToLong(count).sum());
    }

    static String of(ServiceList.Service service) {
        var lines = new ArrayList<String>();
        lines.add("service       " + service.service());
        lines.add("scheduler     " + scheduler(service));
        lines.add("persistence   " + persistence(service.persistence()));
        if (service.onePacket()) {
            lines.add("one-packet    true");
        }
        if (service.clientLimit() != null) {
            lines.add("client-limit  " + limit(service.clientLimit()));
        }
        lines.add("");
        if (service.realServers().isEmpty()) {
            lines.add("It has no real server; add one with 'holdfast real add'");
        } else {
            lines.addAll(reals(service));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String scheduler(ServiceList.Service service) {
        return service.scheduler().word()
                + (service.flags().isEmpty()
                        ? ""
                        : service.flags().stream()
                                .map(SchedulerFlag::word)
                                .collect(Collectors.joining(",", " (", ")")));
    }

    private static String persistence(ServiceList.@Nullable Persistence persistence) {
        if (persistence == null) {
            return "none";
        }
        return Text.seconds(persistence.timeoutS()) + ", netmask " + persistence.netmask() + ", rearm "
                + persistence.rearm().word()
                + (persistence.engine() == null
                        ? ""
                        : ", engine " + persistence.engine().word());
    }

    private static String limit(ServiceList.ClientLimit limit) {
        return bound(limit.connections(), "connections") + ", " + bound(limit.newPerSecond(), "new per second");
    }

    private static String bound(int most, String what) {
        return most == 0 ? "any " + what : most + " " + what;
    }

    private static List<String> reals(ServiceList.Service service) {
        var table = new TextTable(REAL);
        service.realServers().forEach(real -> table.add(row(real).toArray(String[]::new)));
        return table.lines();
    }

    static String ofReals(List<OfService> reals) {
        if (reals.isEmpty()) {
            return "There is no real server; add one with 'holdfast real add'";
        }
        var head = new ArrayList<>(List.of("SERVICE"));
        head.addAll(List.of(REAL));
        var table = new TextTable(head.toArray(String[]::new));
        for (var real : reals) {
            var row = row(real.realServer());
            row.addFirst(real.service().toString());
            table.add(row.toArray(String[]::new));
        }
        return table.toString();
    }

    private static List<String> row(ServiceList.RealServer real) {
        return new ArrayList<>(List.of(
                real.address() + ":" + real.port(),
                KebabCase.of(real.method()),
                Integer.toString(real.weight()),
                KebabCase.of(real.state()) + (real.overloaded() ? ", overloaded" : ""),
                Long.toString(real.activeConn()),
                Long.toString(real.inActConn()),
                Long.toString(real.persistConn()),
                threshold(real.upperThreshold()),
                threshold(real.lowerThreshold())));
    }

    private static String threshold(int connections) {
        return connections == 0 ? NONE : Integer.toString(connections);
    }
}
