package holdfast.cli.ipvsadm;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Rules as `ipvsadm -S` prints them (IPVS-REF 9.4). Thresholds, timeouts and what ipvsadm has no option for are not
/// among them.
record SavedRules(EndpointText endpoints) {
    /// The order of services in listings.
    static final Comparator<ServiceKey> BY_KEY = Comparator.comparing(ServiceKey::protocol)
            .thenComparing(ServiceKey::address)
            .thenComparingInt(ServiceKey::port);

    List<String> of(List<Configuration.Service> services) {
        var lines = new ArrayList<String>();
        services.stream()
                .sorted(Comparator.comparing(Configuration.Service::key, BY_KEY))
                .forEach(service -> add(service, lines));
        return lines;
    }

    private void add(Configuration.Service service, List<String> lines) {
        var name = name(service.key());
        lines.add("-A " + name + " -s " + service.scheduler().word() + options(service));
        service.realServers().stream()
                .sorted(Comparator.comparing(Configuration.RealServer::address)
                        .thenComparingInt(Configuration.RealServer::port))
                .map(real -> "-a " + name + " -r " + endpoint(service.key(), real.address(), real.port())
                        + (real.method() == ForwardingMethod.NAT ? " -m" : " -g") + " -w " + real.weight())
                .forEach(lines::add);
    }

    private String name(ServiceKey key) {
        return switch (key.protocol()) {
            case TCP -> "-t " + endpoint(key, key.address(), key.port());
            case UDP -> "-u " + endpoint(key, key.address(), key.port());
            case SCTP -> "--sctp-service " + endpoint(key, key.address(), key.port());
            case MARK -> "-f " + Integer.toUnsignedString(key.mark());
        };
    }

    /// Ports of a mark's real servers are those of TCP.
    private String endpoint(ServiceKey key, Ipv4 address, int port) {
        return endpoints.of(key.isMark() ? Protocol.TCP : key.protocol(), address, port);
    }

    private static String options(Configuration.Service service) {
        var text = new StringBuilder();
        service.persistence().ifPresent(persistence -> {
            text.append(" -p ").append(persistence.timeoutS());
            if (persistence.netmask() != -1) {
                text.append(" -M ").append(Ipv4.text(persistence.netmask()));
            }
            persistence.engine().ifPresent(engine -> text.append(" --pe ").append(engine.word()));
        });
        return text.append(service.onePacket() ? " -o" : "")
                .append(service.flags().isEmpty() ? "" : " -b " + flags(service.scheduler(), service.flags()))
                .toString();
    }

    /// `sh-fallback,sh-port`.
    static String flags(SchedulerName scheduler, Set<SchedulerFlag> flags) {
        return flags.stream()
                .sorted()
                .map(flag -> scheduler.word() + "-" + flag.word())
                .collect(Collectors.joining(","));
    }
}
