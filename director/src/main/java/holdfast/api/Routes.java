package holdfast.api;

import holdfast.admin.AdminPaths;
import holdfast.admin.AgentRequest;
import holdfast.admin.ApiError;
import holdfast.admin.ClientRuleRequest;
import holdfast.admin.Clients;
import holdfast.admin.Connections;
import holdfast.admin.DrainRequest;
import holdfast.admin.EntryFilter;
import holdfast.admin.FailoverRequest;
import holdfast.admin.Host;
import holdfast.admin.ImpactRequest;
import holdfast.admin.RehomeRequest;
import holdfast.admin.TemplateRequest;
import holdfast.admin.WhereIsRequest;
import holdfast.admin.ZeroRequest;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.conf.MarkRule;
import holdfast.conf.ServiceKey;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From a request to its answer; every mistake of the caller gets an [ApiError] that says what to do
/// instead.
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final Operations operations;

    Routes(Operations operations) {
        this.operations = operations;
    }

    /// What was asked, decoded and free of Netty's reference counting.
    ///
    /// @param whole  whether it could be understood; otherwise the path is empty
    record Asked(HttpMethod method, String path, Map<String, List<String>> parameters, byte[] body, boolean whole) {
        static Asked of(FullHttpRequest request) {
            var body = ByteBufUtil.getBytes(request.content());
            try {
                var uri = new QueryStringDecoder(request.uri());
                boolean isWhole = request.decoderResult().isSuccess();
                return new Asked(request.method(), uri.path(), uri.parameters(), body, isWhole);
            } catch (IllegalArgumentException e) { // a percent sign without two hexadecimal digits
                return new Asked(request.method(), "", Map.of(), body, false);
            }
        }
    }

    FullHttpResponse answer(Asked asked) {
        try {
            return route(asked);
        } catch (Refusal refusal) {
            return json(refusal.status(), refusal.error());
        } catch (UnreadableJsonException e) {
            return json(
                    HttpResponseStatus.BAD_REQUEST,
                    new ApiError(
                            "the request's body is not understood",
                            String.valueOf(e.getMessage()),
                            "send the JSON that " + asked.path() + " takes"));
        } catch (RuntimeException | Error e) { // a failed check too: whoever asks must not wait in vain
            log.error("api request failed path={} cause={}", asked.path(), e.toString(), e);
            return json(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    new ApiError(
                            "the director failed to answer",
                            e.toString(),
                            "see the director's log; this is a bug of Holdfast"));
        }
    }

    private FullHttpResponse route(Asked asked) {
        if (!asked.whole()) {
            throw new Refusal(
                    HttpResponseStatus.BAD_REQUEST,
                    "not an HTTP request",
                    "it could not be parsed",
                    "use the holdfast command");
        }
        return switch (asked.path()) {
            case AdminPaths.STATUS -> json(only(HttpMethod.GET, asked), operations.status());
            case AdminPaths.SERVICES -> json(only(HttpMethod.GET, asked), operations.services());
            case AdminPaths.CONNECTIONS ->
                json(
                        only(HttpMethod.GET, asked),
                        operations.connections(kind(asked), filter(asked), limit(asked, AdminPaths.ENTRIES_MAX)));
            case AdminPaths.SYNC -> json(only(HttpMethod.GET, asked), operations.sync());
            case AdminPaths.FAILOVER -> {
                only(HttpMethod.POST, asked);
                var result = operations.failover(AdminJson.request(asked.body(), FailoverRequest.class));
                yield json(result.done() ? HttpResponseStatus.OK : HttpResponseStatus.CONFLICT, result);
            }
            case AdminPaths.TEMPLATES -> post(asked, TemplateRequest.class, operations::templates);
            case AdminPaths.DRAIN -> post(asked, DrainRequest.class, operations::drain);
            case AdminPaths.AGENT -> post(asked, AgentRequest.class, operations::agent);
            case AdminPaths.WHEREIS -> post(asked, WhereIsRequest.class, operations::whereIs);
            case AdminPaths.CLIENTS ->
                json(
                        only(HttpMethod.GET, asked),
                        operations.clients(by(asked), limit(asked, AdminPaths.CLIENTS_USUAL)));
            case AdminPaths.CLIENT_RULES ->
                asked.method().equals(HttpMethod.GET)
                        ? json(HttpResponseStatus.OK, operations.clientRules())
                        : post(asked, ClientRuleRequest.class, operations::changeClientRules);
            case AdminPaths.REHOME -> post(asked, RehomeRequest.class, operations::rehome);
            case AdminPaths.IMPACT -> post(asked, ImpactRequest.class, operations::impact);
            case AdminPaths.ZERO -> post(asked, ZeroRequest.class, operations::zero);
            case AdminPaths.KEYS -> json(only(HttpMethod.GET, asked), operations.keys());
            case AdminPaths.KEYS_RELOAD -> json(only(HttpMethod.POST, asked), operations.reloadKeys());
            default ->
                throw new Refusal(
                        HttpResponseStatus.NOT_FOUND,
                        "there is no " + asked.path(),
                        "the API has " + String.join(", ", AdminPaths.ALL),
                        "ask for one of these");
        };
    }

    private static <T> FullHttpResponse post(Asked asked, Class<T> type, Function<T, Object> operation) {
        var ok = only(HttpMethod.POST, asked);
        return json(ok, operation.apply(AdminJson.request(asked.body(), type)));
    }

    private static HttpResponseStatus only(HttpMethod method, Asked asked) {
        if (!asked.method().equals(method)) {
            throw new Refusal(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    asked.method() + " is not for " + asked.path(),
                    "it takes " + method,
                    "send " + method);
        }
        return HttpResponseStatus.OK;
    }

    private static Optional<Connections.Kind> kind(Asked asked) {
        return parameter(asked, AdminPaths.KIND).map(word -> switch (word) {
            case "template" -> Connections.Kind.TEMPLATE;
            case "connection" -> Connections.Kind.CONNECTION;
            default ->
                throw Refusal.wrongInput(
                        "there is no kind '" + word + "'", "a kind is template or connection", "leave it out for both");
        });
    }

    private static Clients.By by(Asked asked) {
        return parameter(asked, AdminPaths.BY)
                .map(word -> switch (word) {
                    case "connections" -> Clients.By.CONNECTIONS;
                    case "rate" -> Clients.By.RATE;
                    case "share" -> Clients.By.SHARE;
                    default ->
                        throw Refusal.wrongInput(
                                "clients are not ordered by '" + word + "'",
                                "they are ordered by connections, rate or share",
                                "leave it out for connections");
                })
                .orElse(Clients.By.CONNECTIONS);
    }

    private static EntryFilter filter(Asked asked) {
        return new EntryFilter(
                parsed(asked, AdminPaths.CLIENT, MarkRule.Prefix::of),
                parsed(asked, AdminPaths.REAL, Host::of),
                parsed(asked, AdminPaths.SERVICE, ServiceKey::of));
    }

    private static <T> @Nullable T parsed(Asked asked, String name, Function<String, T> parse) {
        var word = parameter(asked, name);
        if (word.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(word.get());
        } catch (IllegalArgumentException e) {
            throw Refusal.wrongInput(
                    "the " + name + " is not understood", String.valueOf(e.getMessage()), "leave it out for all");
        }
    }

    private static int limit(Asked asked, int usual) {
        return parameter(asked, AdminPaths.LIMIT)
                .map(word -> {
                    if (!word.matches("[1-9][0-9]{0,5}") || Integer.parseInt(word) > AdminPaths.ENTRIES_MAX) {
                        throw Refusal.wrongInput(
                                "'" + word + "' is not a limit",
                                "a limit is 1 to " + AdminPaths.ENTRIES_MAX,
                                "leave it out for " + usual);
                    }
                    return Integer.parseInt(word);
                })
                .orElse(usual);
    }

    private static Optional<String> parameter(Asked asked, String name) {
        return asked.parameters().getOrDefault(name, List.of()).stream()
                .findFirst()
                .map(word -> word.toLowerCase(Locale.ROOT));
    }

    private static FullHttpResponse json(HttpResponseStatus status, Object message) {
        var body = Unpooled.wrappedBuffer(AdminJson.write(message));
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }
}
