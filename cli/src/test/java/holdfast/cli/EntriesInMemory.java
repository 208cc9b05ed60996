package holdfast.cli;

import holdfast.admin.ClientList;
import holdfast.admin.ClientsRequest;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.Endpoint;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.conf.Configuration;
import holdfast.conf.Protocol;
import holdfast.conf.ServiceKey;
import java.util.List;
import java.util.stream.Stream;

/// The connections and templates of a director in memory: on each real server two connections and, where the service is
/// persistent, one template.
final class EntriesInMemory {
    private final ServicesInMemory services;

    EntriesInMemory(ServicesInMemory services) {
        this.services = services;
    }

    private Stream<Connections.Entry> entries() {
        return services.all().stream()
                .flatMap(service -> service.realServers().stream().flatMap(real -> entries(service, real)));
    }

    /// The clients' addresses end with the last number of the real server's address.
    private static Stream<Connections.Entry> entries(Configuration.Service service, Configuration.RealServer real) {
        var last = real.address().bits() & 0xff;
        var isUdp = service.key().protocol() == Protocol.UDP;
        var template = entry(Connections.Kind.TEMPLATE, service, real, "198.51.100.0:0", "NONE", 1_799_000);
        var connections = Stream.of(
                entry(
                        Connections.Kind.CONNECTION,
                        service,
                        real,
                        "198.51.100." + last + ":40000",
                        isUdp ? "UDP" : "ESTABLISHED",
                        299_000),
                entry(
                        Connections.Kind.CONNECTION,
                        service,
                        real,
                        "198.51.100." + last + ":40001",
                        isUdp ? "UDP" : "FIN_WAIT",
                        61_000));
        return service.persistence().isPresent() ? Stream.concat(Stream.of(template), connections) : connections;
    }

    private static Connections.Entry entry(
            Connections.Kind kind,
            Configuration.Service service,
            Configuration.RealServer real,
            String client,
            String state,
            long expiresMs) {
        return new Connections.Entry(
                kind,
                service.key().protocol(),
                Endpoint.of(client),
                new Endpoint(service.key().address(), service.key().port()),
                ServicesInMemory.endpoint(real),
                real.method(),
                state,
                expiresMs,
                900,
                3,
                17,
                kind == Connections.Kind.TEMPLATE ? 2 : null,
                false,
                null);
    }

    Connections connections(ConnectionsRequest request) {
        var filter = request.filter();
        var fitting = entries()
                .filter(entry -> request.kind() == null || entry.kind() == request.kind())
                .filter(entry -> filter.client() == null
                        || filter.client().contains(entry.client().address()))
                .filter(entry -> filter.real() == null || filter.real().fits(entry.real()))
                .filter(entry -> filter.service() == null
                        || (entry.protocol() == filter.service().protocol()
                                && entry.virtual()
                                        .equals(new Endpoint(
                                                filter.service().address(),
                                                filter.service().port()))))
                .filter(entry -> request.state() == null || entry.state().equalsIgnoreCase(request.state()))
                .toList();
        boolean isAll =
                request.state() == null && filter.client() == null && filter.real() == null && filter.service() == null;
        var listed = fitting.stream().limit(request.limit()).toList();
        return new Connections(isAll ? fitting.size() : listed.size(), listed.size() < fitting.size(), listed);
    }

    TemplateResult templates(TemplateRequest request) {
        long matched = connections(new ConnectionsRequest(Connections.Kind.TEMPLATE, request.filter(), 100))
                .entries()
                .size();
        return new TemplateResult(request.action(), request.dryRun(), matched, matched, List.of());
    }

    WhereIs whereIs(WhereIsRequest request) {
        var real = ServicesInMemory.endpoint(
                services.service(request.service()).realServers().getFirst());
        var then = request.change() == null
                ? null
                : new WhereIs.Pick(real, List.of(WhereIs.Cause.KEPT_BY_TEMPLATE), "the template decides");
        return new WhereIs(
                request.client(),
                request.service(),
                null,
                List.of(),
                new WhereIs.Pick(real, List.of(WhereIs.Cause.SCHEDULED), "the scheduler would pick it"),
                then);
    }

    ClientList clients(ClientsRequest request) {
        var clients = entries()
                .filter(entry -> entry.kind() == Connections.Kind.CONNECTION)
                .map(entry -> new ClientList.Client(
                        entry.client().address(),
                        new ServiceKey(
                                entry.protocol(),
                                entry.virtual().address(),
                                entry.virtual().port()),
                        2,
                        0,
                        0,
                        0.5,
                        entry.real()))
                .distinct()
                .limit(request.limit())
                .toList();
        return new ClientList(request.by(), clients);
    }

    RehomeResult rehome(RehomeRequest request) {
        var to = request.to() == null
                ? ServicesInMemory.endpoint(
                        services.service(request.service()).realServers().getLast())
                : ServicesInMemory.endpoint(services.real(request.service(), request.to()));
        return new RehomeResult(request.client(), request.service(), 1, 2L, List.of(to), List.of());
    }
}
