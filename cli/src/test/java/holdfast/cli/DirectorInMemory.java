package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.AgentRequest;
import holdfast.admin.AgentResult;
import holdfast.admin.ApiError;
import holdfast.admin.ClientList;
import holdfast.admin.ClientRuleList;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.ConfigChange;
import holdfast.admin.ConfigComparison;
import holdfast.admin.ConfigHistory;
import holdfast.admin.ConfigRequest;
import holdfast.admin.ConfigResult;
import holdfast.admin.ConfigState;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.DrainRequest;
import holdfast.admin.DrainResult;
import holdfast.admin.Endpoint;
import holdfast.admin.Host;
import holdfast.admin.ImpactRequest;
import holdfast.admin.ImpactResult;
import holdfast.admin.Keys;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.admin.RehomeRequest;
import holdfast.admin.RehomeResult;
import holdfast.admin.Role;
import holdfast.admin.ServiceList;
import holdfast.admin.Status;
import holdfast.admin.TemplateRequest;
import holdfast.admin.TemplateResult;
import holdfast.admin.WhereIs;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.WrongParameterException;
import holdfast.admin.ZeroRequest;
import holdfast.admin.ZeroResult;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.conf.Configuration;
import holdfast.conf.ConfigurationFile;
import holdfast.conf.DrainMode;
import holdfast.conf.Ipv4;
import holdfast.conf.Ipvs;
import holdfast.conf.Protocol;
import holdfast.conf.SchedulerName;
import holdfast.conf.ServiceKey;
import holdfast.conf.Shared;
import holdfast.conf.SharedText;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A director behind the admin API, in memory: the VIPs 192.0.2.10 and 192.0.2.11, a rule for the mark 7, and on each
/// real server two connections and, where the service is persistent, one template. It checks configurations as a real
/// one does.
final class DirectorInMemory {
    private static final List<Ipv4> VIPS = List.of(Ipv4.of("192.0.2.10"), Ipv4.of("192.0.2.11"));
    static final String AT = "2026-11-30T15:00:00Z";

    private final Map<Operation<?, ?>, Function<?, ?>> handlers = new HashMap<>();
    private final List<ConfigState.Change> history = new ArrayList<>();
    private final Map<String, Shared> kept = new LinkedHashMap<>();
    private final Map<ServiceKey, Map<Endpoint, DrainMode>> drains = new HashMap<>();
    private final Map<String, ClientRuleList.Rule> rules = new TreeMap<>();
    /// What it writes down.
    final JournalInMemory journal = new JournalInMemory();

    private Shared shared;
    /// The path of its configuration file.
    String file = "/etc/holdfast/d1.yaml";
    /// How many revisions others make before ours.
    int othersFirst;
    /// The directors that never have a revision.
    List<String> lacking = List.of();
    /// Why it makes no change; empty if it does.
    String trouble = "";

    DirectorInMemory() {
        this("""
                marks:
                  - {mark: 7, destination: 192.0.2.11, protocol: tcp}
                services:
                  - service: tcp/192.0.2.10:80
                    scheduler: wlc
                    persistence: {timeout-s: 1800, netmask: 255.255.255.0}
                    forwarding: nat
                    real-servers:
                      - {address: 10.0.0.11, port: 8080, weight: 2}
                      - {address: 10.0.0.12, port: 8080, weight: 1, upper-threshold: 100}
                  - service: udp/192.0.2.10:53
                    scheduler: sh
                    scheduler-flags: [port]
                    one-packet: true
                    forwarding: dr
                    real-servers:
                      - {address: 10.0.0.13}
                """);
    }

    DirectorInMemory(String text) {
        shared = shared(checked("configuration", text));
        on(Operations.STATUS, (Nothing _) -> status());
        on(Operations.SYNC, (Nothing _) -> Samples.sync(Role.ACTIVE, Samples.EQUAL));
        on(Operations.FAILOVER, _ -> Samples.moved());
        on(Operations.SERVICES, (Nothing _) -> services());
        on(Operations.CONNECTIONS, this::connections);
        on(Operations.TEMPLATES, this::templates);
        on(Operations.DRAIN, this::drain);
        on(Operations.AGENT, this::agent);
        on(Operations.WHEREIS, this::whereIs);
        on(Operations.CLIENTS, request -> new ClientList(request.by(), clients(request.limit())));
        on(Operations.CLIENT_RULES, (Nothing _) -> ruleList());
        on(Operations.CHANGE_CLIENT_RULES, this::rule);
        on(Operations.REHOME, this::rehome);
        on(Operations.IMPACT, this::impact);
        on(Operations.CONFIG, this::config);
        on(Operations.CHANGE_CONFIG, this::change);
        on(Operations.CONFIG_HISTORY, (Nothing _) -> new ConfigHistory(history.reversed()));
        on(Operations.RELOAD_CONFIG, _ -> new ConfigResult(false, revision(), List.of(), List.of(), List.of()));
        on(Operations.ZERO, this::zero);
        on(Operations.COMPARE_CONFIG, (Nothing _) -> compared());
        on(Operations.EVENTS, journal::events);
        on(Operations.LOG, (Nothing _) -> journal.log());
        on(Operations.CHANGE_LOG, journal::log);
        on(Operations.MAINTENANCE, (Nothing _) -> journal.maintenance());
        on(Operations.CHANGE_MAINTENANCE, journal::maintenance);
        on(Operations.KEYS, (Nothing _) -> keys());
        on(Operations.RELOAD_KEYS, (Nothing _) -> keys());
    }

    private static Status status() {
        var sample = Samples.status(Role.ACTIVE, Samples.SAFE, Samples.EQUAL);
        return new Status(
                sample.director(),
                sample.version(),
                sample.at(),
                sample.pid(),
                sample.uptimeMs(),
                sample.role(),
                sample.term(),
                sample.group(),
                sample.vrid(),
                sample.priority(),
                sample.faults(),
                sample.alarms(),
                VIPS.stream()
                        .map(vip -> new Status.Vip(vip.toString(), "eth0", true))
                        .toList(),
                sample.adverts(),
                sample.lastTransition(),
                sample.failover(),
                sample.sync(),
                sample.datapath(),
                sample.config());
    }

    private <Q, A> void on(Operation<Q, A> operation, Function<Q, A> handler) {
        handlers.put(operation, handler);
    }

    /// A request that is not granted.
    private static final class Refused extends RuntimeException {
        final int status;
        final transient ApiError error;

        Refused(int status, String error, String why, String remedy) {
            super(error, null, false, false);
            this.status = status;
            this.error = new ApiError(error, why, remedy);
        }
    }

    /// The text of the HTTP answer to a request.
    String answer(String request) {
        var target = request.replaceFirst("(?s) HTTP/1.1.*", "");
        var path = target.replaceFirst("\\?.*", "");
        var operation = Operations.ALL.stream()
                .filter(one -> one.toString().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operation for " + target));
        try {
            var parameters = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
            return answer(operation, parameters, request.substring(request.indexOf("\r\n\r\n") + 4));
        } catch (Refused e) {
            return AgainstASocket.answer(e.status, e.error);
        } catch (WrongParameterException e) {
            return AgainstASocket.answer(400, e.error());
        } catch (UnreadableJsonException e) {
            return AgainstASocket.answer(
                    400, new ApiError("the request is not understood", String.valueOf(e.getMessage()), "send JSON"));
        }
    }

    @SuppressWarnings("unchecked") // [#on] adds each handler with the types of its operation
    private <Q, A> String answer(Operation<Q, A> operation, String parameters, String body) {
        var request = switch (operation.input()) {
            case Operation.Body<Q>(var type) -> AdminJson.request(body.getBytes(UTF_8), type);
            case Query<Q> query -> query.read(texts(parameters));
        };
        var handler = (Function<Q, A>) Objects.requireNonNull(handlers.get(operation));
        return AgainstASocket.answer(200, handler.apply(request));
    }

    private static Map<String, List<String>> texts(String parameters) {
        return Arrays.stream(parameters.split("&"))
                .filter(part -> part.contains("="))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> List.of(URLDecoder.decode(part[1], UTF_8))));
    }

    private static Configuration own() {
        var group = new Configuration.VipGroup(
                "main",
                51,
                "eth0",
                150,
                false,
                1000,
                Configuration.AdvertChecksum.RFC9568,
                Configuration.Trust.SEALED,
                new Configuration.Garp(List.of(), 0),
                VIPS.stream().map(vip -> new Configuration.Vip(vip, "eth0")).toList());
        return new Configuration(
                new Configuration.Director("d1", Path.of("/var/lib/holdfast"), Path.of("/run/holdfast/d1.sock")),
                new Configuration.Datapath(1000, 1000, 50, true),
                List.of("eth0"),
                new Configuration.Cluster(
                        "holdfast", Ipv4.of("10.255.0.1"), Ipv4.of("239.255.72.1"), 7600, Path.of("/k"), true),
                List.of(group),
                Ipvs.DEFAULT,
                List.of(),
                List.of());
    }

    private static ConfigurationFile.Good checked(String name, String text) {
        return switch (ConfigurationFile.readShared(Path.of(name), text.getBytes(UTF_8), own())) {
            case ConfigurationFile.Good good -> good;
            case ConfigurationFile.Mistakes(var all) ->
                throw new Refused(
                        400,
                        name + " is not a right configuration",
                        all.stream().map(Object::toString).collect(Collectors.joining("; ")),
                        "see 'holdfast config check'");
        };
    }

    private static Shared shared(ConfigurationFile.Good good) {
        return Shared.of(good.configuration());
    }

    private String revision() {
        return history.isEmpty() ? "0.0" : history.getLast().revision();
    }

    private ConfigState config(ConfigRequest request) {
        var wanted = request.revision();
        if (wanted == null) {
            return state(revision(), shared);
        }
        return kept.entrySet().stream()
                .filter(entry -> entry.getKey().equals(wanted) || entry.getKey().startsWith(wanted + "."))
                .findFirst()
                .map(entry -> state(entry.getKey(), entry.getValue()))
                .orElseThrow(() -> new Refused(
                        400,
                        "there is no revision " + wanted,
                        "this director keeps the last revisions that it had in force",
                        "see 'holdfast config history'"));
    }

    private ConfigState state(String revision, Shared of) {
        var change = history.stream()
                .filter(each -> each.revision().equals(revision))
                .findFirst()
                .orElse(null);
        return new ConfigState(
                "d1",
                revision,
                change,
                change == null,
                SharedText.of(of),
                file,
                true,
                List.of(new ConfigState.Elsewhere("d2", revision, true)));
    }

    private ConfigResult change(ConfigChange request) {
        var name = request.file() == null ? "configuration" : request.file();
        var good = checked(name, request.text());
        var next = shared(good);
        var diff = diff(SharedText.of(shared), SharedText.of(next));
        var warnings = good.warnings().stream().map(Object::toString).toList();
        if (request.dryRun() || diff.isEmpty()) {
            return new ConfigResult(false, revision(), diff, List.of(), warnings);
        }
        if (!trouble.isEmpty()) {
            throw new Refused(409, "the change was not made", trouble, "try again when that has passed");
        }
        if (othersFirst > 0) {
            othersFirst--;
            record("bob", "meanwhile", shared);
        }
        if (request.base() != null && !request.base().equals(revision())) {
            throw new Refused(
                    409,
                    "the change was not made",
                    "it was made from revision " + request.base() + ", and revision " + revision() + " is in force",
                    "look with 'holdfast config show' and make the change again on that base");
        }
        record(String.valueOf(request.author()), request.reason() == null ? "" : request.reason(), next);
        return new ConfigResult(true, revision(), diff, lacking, warnings);
    }

    private void record(String author, String reason, Shared next) {
        var id = history.size() + 1 + ".3";
        history.add(new ConfigState.Change(id, revision(), AT, "d1", author, reason, true));
        shared = next;
        kept.put(id, next);
    }

    private static List<String> diff(String before, String after) {
        var old = before.lines().toList();
        var now = after.lines().toList();
        return Stream.concat(
                        old.stream().filter(line -> !now.contains(line)).map(line -> "-" + line),
                        now.stream().filter(line -> !old.contains(line)).map(line -> "+" + line))
                .toList();
    }

    private ImpactResult impact(ImpactRequest request) {
        var next = shared(checked(request.file(), request.text()));
        var services = new ArrayList<ImpactResult.OnService>();
        for (var old : shared.services()) {
            var now = next.services().stream()
                    .filter(service -> service.key().equals(old.key()))
                    .findFirst();
            long gone = old.realServers().stream()
                    .filter(real -> now.isEmpty()
                            || now.get().realServers().stream()
                                    .noneMatch(each ->
                                            each.address().equals(real.address()) && each.port() == real.port()))
                    .count();
            services.add(new ImpactResult.OnService(
                    old.key(),
                    now.isEmpty()
                            ? ImpactResult.Change.REMOVED
                            : now.get().equals(old) ? ImpactResult.Change.UNCHANGED : ImpactResult.Change.CHANGED,
                    old.persistence().isPresent() ? gone : 0,
                    0,
                    2 * gone,
                    0,
                    gone == 0 ? List.of() : List.of(gone + " of its real servers would be removed")));
        }
        next.services().stream()
                .filter(service ->
                        shared.services().stream().noneMatch(old -> old.key().equals(service.key())))
                .forEach(service -> services.add(
                        new ImpactResult.OnService(service.key(), ImpactResult.Change.ADDED, 0, 0, 0, 0, List.of())));
        return new ImpactResult(services, List.of());
    }

    private ServiceList services() {
        var ipvs = shared.ipvs();
        return new ServiceList(
                1000,
                new ServiceList.Timeouts(ipvs.tcpTimeoutS(), ipvs.tcpFinTimeoutS(), ipvs.udpTimeoutS()),
                shared.services().stream().map(this::listed).toList(),
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

    private static Endpoint endpoint(Configuration.RealServer real) {
        return new Endpoint(real.address(), real.port());
    }

    private Stream<Connections.Entry> entries() {
        return shared.services().stream()
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
                endpoint(real),
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

    private Connections connections(ConnectionsRequest request) {
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

    private Configuration.Service service(ServiceKey key) {
        return shared.services().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new Refused(
                        400,
                        "there is no service " + key,
                        "the configuration has "
                                + shared.services().stream()
                                        .map(one -> one.key().toString())
                                        .collect(Collectors.joining(", ")),
                        "name one of these"));
    }

    private Configuration.RealServer real(ServiceKey key, Host host) {
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

    private TemplateResult templates(TemplateRequest request) {
        long matched = connections(new ConnectionsRequest(Connections.Kind.TEMPLATE, request.filter(), 100))
                .entries()
                .size();
        return new TemplateResult(request.action(), request.dryRun(), matched, matched, List.of());
    }

    private DrainResult drain(DrainRequest request) {
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

    private AgentResult agent(AgentRequest request) {
        var service = service(request.service());
        return new AgentResult(
                request.service(),
                endpoint(real(request.service(), request.real())),
                request.percent(),
                service.scheduler(),
                service.scheduler() == SchedulerName.LEAST_LOAD);
    }

    private WhereIs whereIs(WhereIsRequest request) {
        var real = endpoint(service(request.service()).realServers().getFirst());
        var then = request.change() == null ? null : new WhereIs.Pick(real, "the template decides");
        return new WhereIs(
                request.client(),
                request.service(),
                null,
                List.of(),
                new WhereIs.Pick(real, "the scheduler would pick it"),
                then);
    }

    private List<ClientList.Client> clients(int limit) {
        return entries()
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
                .limit(limit)
                .toList();
    }

    private ClientRuleList rule(ClientRuleRequest request) {
        var name = request.client().toString();
        if (request.action() == ClientRuleRequest.Action.UNBLOCK) {
            if (rules.remove(name) == null) {
                throw new Refused(
                        400, "there is no rule for " + name, "see 'holdfast clients rules'", "name one of these");
            }
        } else {
            rules.put(
                    name,
                    new ClientRuleList.Rule(
                            request.client(),
                            request.action() == ClientRuleRequest.Action.BLOCK,
                            request.connections(),
                            request.newPerSecond(),
                            request.forS() == null ? null : request.forS() * 1000));
        }
        return ruleList();
    }

    private ClientRuleList ruleList() {
        return new ClientRuleList(List.copyOf(rules.values()));
    }

    private RehomeResult rehome(RehomeRequest request) {
        var to = request.to() == null
                ? endpoint(service(request.service()).realServers().getLast())
                : endpoint(real(request.service(), request.to()));
        return new RehomeResult(request.client(), request.service(), 1, 2L, List.of(to), List.of());
    }

    private static ConfigComparison compared() {
        return new ConfigComparison(
                "d1",
                List.of(
                        new ConfigComparison.Other("d2", List.of()),
                        new ConfigComparison.Other("d3", List.of("-    scheduler: wlc", "+    scheduler: rr")),
                        new ConfigComparison.Other("d4", null)));
    }

    private ZeroResult zero(ZeroRequest request) {
        if (request.service() == null) {
            return new ZeroResult(shared.services().size());
        }
        service(request.service());
        return new ZeroResult(1);
    }

    private static Keys keys() {
        return new Keys("1a2b3c4d", List.of("1a2b3c4d"), List.of(new Keys.Peer("d2", "1a2b3c4d", 80)));
    }
}
