package holdfast.cli;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.ServiceList;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.cli.DirectorInMemory.Refused;
import holdfast.conf.Configuration;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The services of a director in memory: their listing, and the orders to their real servers.
final class ServicesInMemory {
    private final RevisionsInMemory revisions;
    private final Map<ServiceKey, Map<Endpoint, DrainMode>> drains = new HashMap<>();

    ServicesInMemory(RevisionsInMemory revisions) {
        this.revisions = revisions;
    }

    private Shared shared() {
        return revisions.shared();
    }

    List<Configuration.Service> all() {
        return shared().services();
    }

    Configuration.Service service(ServiceKey key) {
        return shared().services().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        400,
                        "there is no service " + key,
                        "the configuration has "
                                + shared().services().stream()
                                        .map(one -> one.key().toString())
                                        .collect(Collectors.joining(", ")),
                        "name one of these"));
    }

    Configuration.RealServer real(ServiceKey key, Host host) {
        return service(key).realServers().stream()
                .filter(real -> host.fits(endpoint(real)))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        400,
                        "there is no real server " + host + " in " + key,
                        "it has "
                                + service(key).realServers().stream()
                                        .map(real -> endpoint(real).toString())
                                        .collect(Collectors.joining(", ")),
                        "name one of these"));
    }

    static Endpoint endpoint(Configuration.RealServer real) {
        return new Endpoint(real.address(), real.port());
    }

    ServiceList services() {
        var ipvs = shared().ipvs();
        return new ServiceList(
                1000,
                new ServiceList.Timeouts(ipvs.tcpTimeoutS(), ipvs.tcpFinTimeoutS(), ipvs.udpTimeoutS()),
                shared().services().stream().map(this::listed).toList(),
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    private ServiceList.Service listed(Configuration.Service service) {
        return new ServiceList.Service(
                service.key(),
                service.scheduler(),
                List.copyOf(service.flags()),
                service.persistence()
                        .map(persistence -> new ServiceList.Persistence(
                                persistence.timeoutS(),
                                Ipv4.text(persistence.netmask()),
                                persistence.rearm(),
                                persistence.engine().orElse(null)))
                        .orElse(null),
                service.onePacket(),
                service.clientLimit()
                        .map(limit -> new ServiceList.ClientLimit(limit.connections(), limit.newPerSecond()))
                        .orElse(null),
                service.realServers().stream()
                        .map(real -> listed(service, real))
                        .toList(),
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    private ServiceList.RealServer listed(Configuration.Service service, Configuration.RealServer real) {
        var drain = drains.getOrDefault(service.key(), Map.of()).get(endpoint(real));
        int weight = drain == null ? real.weight() : 0;
        return new ServiceList.RealServer(
                real.address().toString(),
                real.port(),
                real.method(),
                weight,
                weight == 0 ? ServiceList.State.QUIESCED : ServiceList.State.UP,
                1,
                1,
                service.persistence().isPresent() ? 1 : 0,
                real.upperThreshold(),
                real.lowerThreshold(),
                false,
                drain != null
                        ? drain
                        : real.drain().map(Configuration.Drain::mode).orElse(DrainMode.KEEP_ALL),
                null,
                null,
                ServiceList.Totals.ZERO,
                ServiceList.Rates.ZERO);
    }

    DrainResult drain(DrainRequest request) {
        var real = real(request.service(), request.real());
        var ofService = drains.computeIfAbsent(request.service(), _ -> new HashMap<>());
        if (request.off()) {
            ofService.remove(endpoint(real));
            return new DrainResult(request.service(), endpoint(real), null, real.weight(), 2, 1, null, null);
        }
        var mode = request.mode() == null ? DrainMode.KEEP_ALL : request.mode();
        ofService.put(endpoint(real), mode);
        long left = mode == DrainMode.NOW ? 0 : 1;
        return new DrainResult(
                request.service(),
                endpoint(real),
                mode,
                0,
                2 * left,
                left,
                null,
                request.deadlineS() == null ? null : request.deadlineS() * 1000);
    }

    AgentResult agent(AgentRequest request) {
        var service = service(request.service());
        return new AgentResult(
                request.service(),
                endpoint(real(request.service(), request.real())),
                request.percent(),
                service.scheduler(),
                service.scheduler() == SchedulerName.LEAST_LOAD);
    }

    ZeroResult zero(ZeroRequest request) {
        if (request.service() == null) {
            return new ZeroResult(shared().services().size());
        }
        service(request.service());
        return new ZeroResult(1);
    }
}
