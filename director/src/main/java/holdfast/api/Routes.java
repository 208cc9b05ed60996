package holdfast.api;

import holdfast.admin.ApiError;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.admin.WrongParameterException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a request into its answer; every mistake of the caller gets an [ApiError] with the way out.
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final String director;
    private final Handlers handlers;
    /// By path and method, in the order of the list.
    private final Map<String, Map<String, Operation<?, ?>>> operations = new LinkedHashMap<>();

    /// @param director  its name, which every answer carries
    Routes(String director, Handlers handlers) {
        this.director = director;
        this.handlers = handlers;
        for (var operation : Operations.ALL) {
            operations
                    .computeIfAbsent(operation.path(), _ -> new LinkedHashMap<>())
                    .put(operation.method().name(), operation);
        }
    }

    /// A request, decoded and without Netty's reference counting.
    ///
    /// @param whole  whether it could be decoded; otherwise the path is empty
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
        } catch (RefusedException e) {
            return json(e.status(), e.error());
        } catch (WrongParameterException e) {
            return json(HttpResponseStatus.BAD_REQUEST, e.error());
        } catch (UnreadableJsonException e) {
            return json(
                    HttpResponseStatus.BAD_REQUEST,
                    new ApiError(
                            "the request's body is not understood",
                            String.valueOf(e.getMessage()),
                            "send the JSON that " + asked.path() + " takes"));
        } catch (RuntimeException | Error e) { // also a failed check: the caller must not wait in vain
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
            throw new RefusedException(
                    HttpResponseStatus.BAD_REQUEST,
                    "not an HTTP request",
                    "it could not be parsed",
                    "use the holdfast command");
        }
        var there = operations.get(asked.path());
        if (there == null) {
            throw new RefusedException(
                    HttpResponseStatus.NOT_FOUND,
                    "there is no " + asked.path(),
                    "the API has " + String.join(", ", operations.keySet()),
                    "ask for one of these");
        }
        var operation = there.get(asked.method().name());
        if (operation == null) {
            var methods = String.join(" or ", there.keySet());
            throw new RefusedException(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    asked.method() + " is not for " + asked.path(),
                    "it takes " + methods,
                    "send " + methods);
        }
        return answer(operation, asked);
    }

    private <Q, A> FullHttpResponse answer(Operation<Q, A> operation, Asked asked) {
        var request = switch (operation.input()) {
            case Operation.Body<Q>(var type) -> AdminJson.request(asked.body(), type);
            case Query<Q> query -> query.read(asked.parameters());
        };
        var answer = handlers.answer(operation, request);
        return json(operation.isDone().test(answer) ? HttpResponseStatus.OK : HttpResponseStatus.CONFLICT, answer);
    }

    private FullHttpResponse json(HttpResponseStatus status, Object message) {
        var body = Unpooled.wrappedBuffer(AdminJson.write(message));
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(Operations.DIRECTOR_HEADER, director)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }
}
