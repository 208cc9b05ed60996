package holdfast.cli;

import holdfast.admin.ApiError;
import holdfast.admin.Bounds;
import holdfast.admin.Nothing;
import holdfast.admin.Operation;
import holdfast.admin.Query;
import holdfast.admin.json.AdminJson;
import holdfast.admin.json.UnreadableJsonException;
import holdfast.cli.http.Exchange;
import holdfast.cli.http.UnixHttpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Calls a director's admin API; every failure becomes one sentence with the way out.
final class AdminClient {
    private static final String SOCKET_VARIABLE = "HOLDFAST_SOCKET";
    private static final int TIMEOUT_MAX_S = 3600;

    @SuppressWarnings("NullAway.Init")
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description =
                    "socket of the director (default: $" + SOCKET_VARIABLE + ", else the only one in /run/holdfast)")
    private @Nullable Path chosenSocket;

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
        var socket = socket();
        var exchange = switch (operation.method()) {
            case GET -> client(socket, 5).get(uri(operation, request));
            case POST -> client(socket, 60).post(uri(operation, request), body(operation, request));
        };
        var reply = reply(exchange, socket, onSilence);
        director = reply.director();
        if (reply.status() != 200 && (reply.status() != 409 || isApiError(reply))) {
            throw refused(reply, socket);
        }
        return read(reply, operation.answer(), socket);
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

    private UnixHttpClient client(Path socket, int defaultTimeoutS) {
        int seconds = timeoutS == null ? defaultTimeoutS : timeoutS;
        if (seconds < 1 || seconds > TIMEOUT_MAX_S) {
            throw new Failure(ExitCode.WRONG_INPUT, "--timeout " + seconds + " must be 1 to " + TIMEOUT_MAX_S);
        }
        return new UnixHttpClient(socket, Duration.ofSeconds(seconds), Bounds.ANSWER_BYTES_MAX);
    }

    private Path socket() {
        if (chosenSocket != null) {
            return chosenSocket;
        }
        var environment = Environment.of(spec);
        var variable = environment.variables().getOrDefault(SOCKET_VARIABLE, "");
        return variable.isEmpty() ? onlySocketIn(environment.runFolder()) : Path.of(variable);
    }

    private static Path onlySocketIn(Path folder) {
        List<Path> sockets;
        try (var files = Files.newDirectoryStream(folder, "*.sock")) {
            sockets = StreamSupport.stream(files.spliterator(), false).sorted().toList();
        } catch (IOException _) {
            sockets = List.of();
        }
        if (sockets.isEmpty()) {
            throw Failure.silence(
                    "There is no director's socket in " + folder
                            + ": no director runs here, or you may not look there; start one, or name its socket with --socket");
        }
        if (sockets.size() > 1) {
            var names = String.join(", ", sockets.stream().map(Path::toString).toList());
            throw new Failure(ExitCode.WRONG_INPUT, "Several directors run here; name one with --socket: " + names);
        }
        return sockets.getFirst();
    }

    private static Exchange.Reply reply(Exchange exchange, Path socket, String onSilence) {
        return switch (exchange) {
            case Exchange.Reply reply -> reply;
            case Exchange.Failed(var cause, var detail) -> {
                var sentence = sentence(cause, detail, socket, onSilence);
                throw isSilence(cause) ? Failure.silence(sentence) : new Failure(ExitCode.OUR_FAULT, sentence);
            }
        };
    }

    private static boolean isSilence(Exchange.Cause cause) {
        return switch (cause) {
            case NO_SOCKET, REFUSED, TIMEOUT, CLOSED -> true;
            case NOT_A_SOCKET, DENIED, NOT_HTTP, TOO_LARGE, OTHER -> false;
        };
    }

    private static String sentence(Exchange.Cause cause, String detail, Path socket, String onSilence) {
        return switch (cause) {
            case NO_SOCKET ->
                "There is no socket " + socket + ": the director does not run; start it, or correct --socket";
            case NOT_A_SOCKET -> socket + " is not a socket; name the api-socket of the director's configuration";
            case REFUSED ->
                "Nobody listens on " + socket
                        + ": the director does not run any more; see its log, then start it again";
            case DENIED -> "You may not use " + socket + "; run this as root or as the director's group";
            case NOT_HTTP -> socket + " is not the admin API of a director; correct --socket";
            case TIMEOUT ->
                "The director on " + socket + " gave " + detail + onSilence
                        + "; see its log, or wait longer with --timeout";
            case CLOSED ->
                "The director on " + socket + " hung up before its answer was whole" + onSilence + "; see its log";
            case TOO_LARGE -> "The answer is larger than we take; ask for less with --limit";
            case OTHER -> "The director on " + socket + " cannot be reached: " + detail;
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

    private static <T> T read(Exchange.Reply reply, Class<T> type, Path socket) {
        try {
            return AdminJson.answer(reply.body(), type);
        } catch (UnreadableJsonException e) {
            throw notUnderstood(socket, e.getMessage());
        }
    }

    private static Failure refused(Exchange.Reply reply, Path socket) {
        try {
            var error = AdminJson.answer(reply.body(), ApiError.class);
            int exit = switch (reply.status()) {
                case 409 -> ExitCode.NOT_DONE;
                case 400, 413 -> ExitCode.WRONG_INPUT;
                default -> ExitCode.OUR_FAULT;
            };
            return new Failure(exit, Text.begun(error.error()) + ": " + error.why() + "; " + error.remedy());
        } catch (UnreadableJsonException _) {
            return notUnderstood(socket, "HTTP status " + reply.status());
        }
    }

    private static Failure notUnderstood(Path socket, @Nullable String detail) {
        return new Failure(
                ExitCode.OUR_FAULT,
                socket + " answers, but not as the admin API of this version (" + detail
                        + "); correct --socket, or use the holdfast of the director's version");
    }
}
