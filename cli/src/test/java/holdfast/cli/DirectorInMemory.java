package holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import holdfast.admin.ApiError;
import holdfast.admin.Keys;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.admin.Role;
import holdfast.admin.Status;
import holdfast.admin.WrongParameterException;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.conf.Ipv4;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A director behind the admin API, in memory: the VIPs 192.0.2.10 and 192.0.2.11, and a rule for the mark 7.
final class DirectorInMemory {
    static final List<Ipv4> VIPS = List.of(Ipv4.of("192.0.2.10"), Ipv4.of("192.0.2.11"));
    static final String AT = "2026-11-30T15:00:00Z";
    private static final String TEXT = """
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
                """;

    private final Map<Operation<?, ?>, Function<?, ?>> handlers = new HashMap<>();
    /// Its configuration.
    final RevisionsInMemory revisions = new RevisionsInMemory(TEXT);
    /// What it writes down.
    final JournalInMemory journal = new JournalInMemory();

    DirectorInMemory() {
        var services = new ServicesInMemory(revisions);
        var entries = new EntriesInMemory(services);
        var rules = new ClientRulesInMemory();
        on(Operations.STATUS, (Nothing _) -> status());
        on(Operations.SYNC, (Nothing _) -> Samples.sync(Role.ACTIVE, Samples.EQUAL));
        on(Operations.FAILOVER, _ -> Samples.moved());
        on(Operations.SERVICES, (Nothing _) -> services.services());
        on(Operations.CONNECTIONS, entries::connections);
        on(Operations.TEMPLATES, entries::templates);
        on(Operations.DRAIN, services::drain);
        on(Operations.AGENT, services::agent);
        on(Operations.WHEREIS, entries::whereIs);
        on(Operations.CLIENTS, entries::clients);
        on(Operations.CLIENT_RULES, (Nothing _) -> rules.list());
        on(Operations.CHANGE_CLIENT_RULES, rules::change);
        on(Operations.REHOME, entries::rehome);
        on(Operations.IMPACT, revisions::impact);
        on(Operations.CONFIG, revisions::config);
        on(Operations.CHANGE_CONFIG, revisions::change);
        on(Operations.CONFIG_HISTORY, (Nothing _) -> revisions.history());
        on(Operations.RELOAD_CONFIG, _ -> revisions.reload());
        on(Operations.ZERO, services::zero);
        on(Operations.COMPARE_CONFIG, (Nothing _) -> revisions.compared());
        on(Operations.EVENTS, journal::events);
        on(Operations.AUDIT, journal::audit);
        on(Operations.LOG, (Nothing _) -> journal.log());
        on(Operations.CHANGE_LOG, journal::log);
        on(Operations.MAINTENANCE, (Nothing _) -> journal.maintenance());
        on(Operations.CHANGE_MAINTENANCE, journal::maintenance);
        on(Operations.FLEET, (Nothing _) -> FleetInMemory.view());
        on(Operations.FLEET_HISTORY, _ -> FleetInMemory.history(journal));
        on(Operations.KEYS, (Nothing _) -> keys());
        on(Operations.RELOAD_KEYS, (Nothing _) -> keys());
    }

    private Status status() {
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
                revisions.shared().vips().stream()
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
    static final class Refused extends RuntimeException {
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

    private static Keys keys() {
        return new Keys("1a2b3c4d", List.of("1a2b3c4d"), List.of(new Keys.Peer("d2", "1a2b3c4d", 80)));
    }
}
