package holdfast.cli;

import holdfast.admin.ApiError;
import holdfast.admin.Bounds;
import holdfast.admin.Connections;
import holdfast.admin.ConnectionsRequest;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Operations;
import holdfast.admin.Query;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.cli.http.Exchange;
import holdfast.cli.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Calls a director's admin API; every failure becomes one sentence with the way out.
final class AdminClient {
    private static final int TIMEOUT_MAX_S = 3600;

    @SuppressWarnings("NullAway.Init")
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "socket of the director (default: $" + Target.SOCKET_VARIABLE
                    + ", else the only one in /run/holdfast)")
    private @Nullable Path chosenSocket;

    @Option(
            names = "--director",
            paramLabel = "HOST[:PORT]",
            description = "a director on another machine (default: $" + Target.DIRECTOR_VARIABLE + "; port 7680)")
    private @Nullable String chosenDirector;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "give up after this many seconds (default: 5; 60 for what changes something)")
    private @Nullable Integer timeoutS;

    /// The name of the director that answered last; null without an answer, and if it did not say its name.
    private @Nullable String director;

    @Nullable
    String director() {
        return director;
    }

    /// The answer of an operation without a request.
    <A> A call(Operation<Nothing, A> operation) {
        return call(operation, new Nothing());
    }

    <Q, A> A call(Operation<Q, A> operation, Q request) {
        return call(operation, request, "");
    }

    /// The answer of an operation; a refusal is an answer too.
    ///
    /// @param onSilence  text to add if no answer came, because the director may have obeyed all the same
    <Q, A> A call(Operation<Q, A> operation, Q request, String onSilence) {
        var target = target();
        var exchange = switch (operation.method()) {
            case GET -> client(target, 5).get(uri(operation, request));
            case POST -> client(target, 60).post(uri(operation, request), body(operation, request));
        };
        var reply = reply(exchange, target, onSilence);
        director = reply.director();
        if (reply.status() != 200 && (reply.status() != 409 || isApiError(reply))) {
            throw refused(reply, target);
        }
        return read(reply, operation.answer(), target);
    }

    /// Entries of the tables; a director on another machine sends them in pages.
    Connections connections(ConnectionsRequest wanted) {
        var part = isRemote()
                ? call(Operations.CONNECTIONS, wanted.on(ConnectionsRequest.FIRST_PAGE, wanted.limit()))
                : call(Operations.CONNECTIONS, wanted);
        var entries = new ArrayList<>(part.entries());
        while (part.next() != null && entries.size() < wanted.limit()) {
            part = call(Operations.CONNECTIONS, wanted.on(part.next(), wanted.limit() - entries.size()));
            entries.addAll(part.entries());
        }
        return new Connections(Math.max(part.total(), entries.size()), part.truncated(), entries);
    }

    private boolean isRemote() {
        return target() instanceof RemoteTarget;
    }

    private static <Q> String uri(Operation<Q, ?> operation, Q request) {
        return switch (operation.input()) {
            case Operation.Body<Q> _ -> operation.path();
            case Query<Q> query -> operation.path() + query.write(request);
        };
    }

    private static <Q> byte[] body(Operation<Q, ?> operation, Q request) {
        return switch (operation.input()) {
            case Operation.Body<Q> _ -> AdminJson.write(request);
            case Query<Q> _ -> new byte[0];
        };
    }

    private HttpClient client(Target target, int defaultTimeoutS) {
        int seconds = timeoutS == null ? defaultTimeoutS : timeoutS;
        if (seconds < 1 || seconds > TIMEOUT_MAX_S) {
            throw new Failure(ExitCode.WRONG_INPUT, "--timeout " + seconds + " must be 1 to " + TIMEOUT_MAX_S);
        }
        return new HttpClient(target.dial(), Duration.ofSeconds(seconds), Bounds.ANSWER_BYTES_MAX);
    }

    private Target target() {
        return Targets.choose(chosenDirector, chosenSocket, Environment.of(spec));
    }

    private static Exchange.Reply reply(Exchange exchange, Target target, String onSilence) {
        return switch (exchange) {
            case Exchange.Reply reply -> reply;
            case Exchange.Failed(var cause, var detail) -> {
                var sentence = target.sentence(cause, detail, onSilence);
                throw isSilence(cause) ? Failure.silence(sentence) : new Failure(ExitCode.OUR_FAULT, sentence);
            }
        };
    }

    private static boolean isSilence(Exchange.Cause cause) {
        return switch (cause) {
            case NO_SOCKET, REFUSED, TIMEOUT, CLOSED -> true;
            case NOT_A_SOCKET, DENIED, UNKNOWN_HOST, NOT_TRUSTED, NOT_HTTP, TOO_LARGE, OTHER -> false;
        };
    }

    private static boolean isApiError(Exchange.Reply reply) {
        try {
            AdminJson.answer(reply.body(), ApiError.class);
            return true;
        } catch (UnreadableJsonException _) {
            return false;
        }
    }

    private static <T> T read(Exchange.Reply reply, Class<T> type, Target target) {
        try {
            return AdminJson.answer(reply.body(), type);
        } catch (UnreadableJsonException e) {
            throw notUnderstood(target, e.getMessage());
        }
    }

    private static Failure refused(Exchange.Reply reply, Target target) {
        try {
            var error = AdminJson.answer(reply.body(), ApiError.class);
            int exit = switch (reply.status()) {
                case 409 -> ExitCode.NOT_DONE;
                case 400, 413 -> ExitCode.WRONG_INPUT;
                default -> ExitCode.OUR_FAULT;
            };
            return new Failure(exit, Text.begun(error.error()) + ": " + error.why() + "; " + error.remedy());
        } catch (UnreadableJsonException _) {
            return notUnderstood(target, "HTTP status " + reply.status());
        }
    }

    private static Failure notUnderstood(Target target, @Nullable String detail) {
        return new Failure(
                ExitCode.OUR_FAULT,
                target.name() + " answers, but not as the admin API of this version (" + detail + "); correct "
                        + target.option() + ", or use the holdfast of the director's version");
    }
}
