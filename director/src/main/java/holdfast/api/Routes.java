package holdfast.api;

import holdfast.admin.AdminPaths;
import holdfast.admin.ApiError;
import holdfast.admin.Connections;
import holdfast.admin.FailoverRequest;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From a request to its answer; every mistake of the caller gets an [ApiError] that says what to do instead.
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

    private static final class Refusal extends RuntimeException {
        private final HttpResponseStatus status;
        private final transient ApiError error;

        Refusal(HttpResponseStatus status, String error, String why, String remedy) {
            super(error, null, false, false);
            this.status = status;
            this.error = new ApiError(error, why, remedy);
        }
    }

    FullHttpResponse answer(Asked asked) {
        try {
            return route(asked);
        } catch (Refusal refusal) {
            return json(refusal.status, refusal.error);
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
                json(only(HttpMethod.GET, asked), operations.connections(kind(asked), limit(asked)));
            case AdminPaths.SYNC -> json(only(HttpMethod.GET, asked), operations.sync());
            case AdminPaths.FAILOVER -> {
                only(HttpMethod.POST, asked);
                var result = operations.failover(AdminJson.request(asked.body(), FailoverRequest.class));
                yield json(result.done() ? HttpResponseStatus.OK : HttpResponseStatus.CONFLICT, result);
            }
            default ->
                throw new Refusal(
                        HttpResponseStatus.NOT_FOUND,
                        "there is no " + asked.path(),
                        "the API has " + String.join(", ", AdminPaths.ALL),
                        "ask for one of these");
        };
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
                throw new Refusal(
                        HttpResponseStatus.BAD_REQUEST,
                        "there is no kind '" + word + "'",
                        "a kind is template or connection",
                        "leave it out for both");
        });
    }

    private static int limit(Asked asked) {
        return parameter(asked, AdminPaths.LIMIT)
                .map(word -> {
                    if (!word.matches("[1-9][0-9]{0,5}") || Integer.parseInt(word) > AdminPaths.ENTRIES_MAX) {
                        throw new Refusal(
                                HttpResponseStatus.BAD_REQUEST,
                                "'" + word + "' is not a limit",
                                "a limit is 1 to " + AdminPaths.ENTRIES_MAX,
                                "leave it out for the largest");
                    }
                    return Integer.parseInt(word);
                })
                .orElse(AdminPaths.ENTRIES_MAX);
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
