package holdfast.cli.imports;

import holdfast.conf.Configuration;
import holdfast.conf.ForwardingMethod;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.SchedulerFlag;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What was read of a source so far, before the rules of our own check are applied. Empty settings become placeholders,
/// or
/// stay away where ours has a default.
final class Draft {
    /// Together with [#REAL_SERVERS_MAX] it keeps the file within the 1 MiB that a configuration may have.
    private static final int SERVICES_MAX = 1000;

    private static final int REAL_SERVERS_MAX = 5000;

    private int realServers;

    Optional<String> directorName = Optional.empty();

    /// Named by the source as the link of its own synchronisation.
    Optional<String> syncInterface = Optional.empty();

    final Group group = new Group();
    Ipvs ipvs = Ipvs.DEFAULT;
    final List<Vip> vips = new ArrayList<>();
    final List<Service> services = new ArrayList<>();

    /// The VIP group.
    static final class Group {
        Optional<String> name = Optional.empty();
        Optional<Integer> vrid = Optional.empty();
        Optional<String> interfaceName = Optional.empty();
        Optional<Integer> priority = Optional.empty();
        Optional<Boolean> preempt = Optional.empty();
        Optional<Integer> advertIntervalMs = Optional.empty();
        Optional<List<Integer>> garpRepeatAtMs = Optional.empty();
        Optional<Integer> garpRefreshS = Optional.empty();
    }

    /// @param interfaceName  empty for the group's
    record Vip(Ipv4 address, Optional<String> interfaceName) {}

    /// A service. The report holds what was read of it, and counts only if the service is kept.
    static final class Service {
        /// All its lines.
        final Place block;

        /// Its first line.
        final Place place;

        final String source;
        final ServiceKey key;
        final Report report;
        SchedulerName scheduler = SchedulerName.WLC;
        final Set<SchedulerFlag> flags = EnumSet.noneOf(SchedulerFlag.class);
        Optional<Configuration.Persistence> persistence = Optional.empty();
        boolean isOnePacket;

        /// Whether the source has real servers of it that cannot be imported.
        boolean hasLostRealServers;

        final List<RealServer> realServers = new ArrayList<>();

        Service(Place block, String source, ServiceKey key, Report report) {
            this.block = block;
            this.place = block.first();
            this.source = source;
            this.key = key;
            this.report = report;
        }
    }

    /// A real server, with the report of what was read of it.
    static final class RealServer {
        final Place block;
        final Place place;
        final String source;
        final Ipv4 address;
        final Report report;
        int port;
        int weight = 1;
        ForwardingMethod method = ForwardingMethod.DR;
        int upperThreshold;
        int lowerThreshold;

        /// @param port  0 if the source names none
        RealServer(Place block, String source, Ipv4 address, int port, Report report) {
            this.block = block;
            this.place = block.first();
            this.source = source;
            this.address = address;
            this.port = port;
            this.report = report;
        }
    }

    void add(Service service) {
        if (services.size() == SERVICES_MAX) {
            throw new SourceFault(
                    service.place,
                    service.source,
                    "makes more than " + SERVICES_MAX + " services",
                    "import the file in parts");
        }
        services.add(service);
    }

    void add(Service service, RealServer real) {
        if (realServers == REAL_SERVERS_MAX) {
            throw new SourceFault(
                    real.place,
                    real.source,
                    "makes more than " + REAL_SERVERS_MAX + " real servers",
                    "import the file in parts");
        }
        realServers++;
        service.realServers.add(real);
    }

    boolean hasVip(Ipv4 address) {
        return vips.stream().anyMatch(vip -> vip.address().equals(address));
    }
}
