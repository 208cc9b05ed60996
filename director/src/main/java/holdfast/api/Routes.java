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
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns a request into its answer; every mistake of the caller gets an [ApiError] with the way out.
final class Routes {
    /// Of the answer to a caller who may come again later, in seconds.
    private static final String LATER_S = "1";

    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final String director;
    private final Handlers handlers;
    private final AuditTrail trail;
    /// By path and method, in the order of the list.
    private final Map<String, Map<String, Operation<?, ?>>> operations = new LinkedHashMap<>();

    /// @param director  its name, which every answer carries
    Routes(String director, Handlers handlers, AuditTrail trail) {
        this.director = director;
        this.handlers = handlers;
        this.trail = trail;
        for (var operation : Operations.ALL) {
            operations
                    .computeIfAbsent(operation.path(), _ -> new LinkedHashMap<>())
                    .put(operation.method().name(), operation);
        }
    }

    /// A request, decoded and without Netty's reference counting.
    ///
    /// @param whole  whether it could be decoded; otherwise the path is empty
    record Asked(
            HttpMethod method,
            String path,
            Map<String, List<String>> parameters,
            HttpHeaders headers,
            byte[] body,
            boolean whole) {
        static Asked of(FullHttpRequest request) {
            var body = ByteBufUtil.getBytes(request.content());
            try {
                var uri = new QueryStringDecoder(request.uri());
                boolean isWhole = request.decoderResult().isSuccess();
                return new Asked(request.method(), uri.path(), uri.parameters(), request.headers(), body, isWhole);
            } catch (IllegalArgumentException e) { // a percent sign without two hexadecimal digits
                return new Asked(request.method(), "", Map.of(), request.headers(), body, false);
            }
        }

        private String header(CharSequence name) {
            var value = headers.get(name);
            return value == null ? "" : value;
        }
    }

    FullHttpResponse answer(Asked asked, Caller caller) {
        return guarded(asked.path(), () -> caller.asks(() -> route(asked, caller)));
    }

    /// The answer to a caller whose login failed, or who asks too much.
    FullHttpResponse refusal(RefusedException refused) {
        var answer = json(refused.status(), refused.error());
        if (refused.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
            answer.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (refused.isPatient()) {
            answer.headers().set(HttpHeaderNames.RETRY_AFTER, LATER_S);
        }
        return answer;
    }

    private FullHttpResponse guarded(String path, Supplier<FullHttpResponse> answer) {
        try {
            return answer.get();
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
                            "send the JSON that " + path + " takes"));
        } catch (RuntimeException | Error e) { // also a failed check: the caller must not wait in vain
            log.error("api request failed path={} cause={}", path, e.toString(), e);
            return json(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    new ApiError(
                            "the director failed to answer",
                            e.toString(),
                            "see the director's log; this is a bug of Holdfast"));
        }
    }

    private FullHttpResponse route(Asked asked, Caller caller) {
        if (!asked.whole()) {
            throw new RefusedException(
                    HttpResponseStatus.BAD_REQUEST,
                    "not an HTTP request",
                    "it could not be parsed",
                    "use the holdfast command");
        }
        var page = handlers.pages().get(asked.path());
        if (page != null) {
            return page(page, asked);
        }
        var there = operations.get(asked.path());
        if (there == null) {
            var paths = Stream.concat(operations.keySet().stream(), handlers.pages().keySet().stream());
            throw new RefusedException(
                    HttpResponseStatus.NOT_FOUND,
                    "there is no " + asked.path(),
                    "the API has " + String.join(", ", paths.toList()),
                    "ask for one of these");
        }
        var operation = there.get(asked.method().name());
        if (operation == null) {
            throw wrongMethod(asked, String.join(" or ", there.keySet()));
        }
        if (!caller.access().includes(operation.access())) {
            log.warn("api request refused user={} from={} operation=\"{}\"", caller.name(), caller.from(), operation);
            throw RefusedException.notAllowed(caller, operation);
        }
        return operation.isAudited() ? audited(operation, asked, caller) : answer(operation, asked);
    }

    private static RefusedException wrongMethod(Asked asked, String methods) {
        return new RefusedException(
                HttpResponseStatus.METHOD_NOT_ALLOWED,
                asked.method() + " is not for " + asked.path(),
                "it takes " + methods,
                "send " + methods);
    }

    private FullHttpResponse page(Function<String, Page> page, Asked asked) {
        if (!asked.method().equals(HttpMethod.GET)) {
            throw wrongMethod(asked, "GET");
        }
        var found = page.apply(asked.header(HttpHeaderNames.ACCEPT));
        return response(HttpResponseStatus.OK, found.contentType(), found.bytes());
    }

    private FullHttpResponse audited(Operation<?, ?> operation, Asked asked, Caller caller) {
        var outcome = trail.begun(caller, operation.toString(), asked.body());
        var answer = guarded(asked.path(), () -> answer(operation, asked));
        outcome.accept(Integer.toString(answer.status().code()));
        return answer;
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
        return response(status, "application/json", AdminJson.write(message));
    }

    private FullHttpResponse response(HttpResponseStatus status, String contentType, byte[] bytes) {
        var body = Unpooled.wrappedBuffer(bytes);
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(Operations.DIRECTOR_HEADER, director)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }
}
