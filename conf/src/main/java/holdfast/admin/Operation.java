package holdfast.admin;

import holdfast.conf.Access;
import java.util.function.Predicate;

/// One operation of the admin API. [Operations] lists all of them; the director's routes and the client's calls are
/// made from that list.
///
/// @param path         without parameters
/// @param input        how the request is encoded
/// @param answer       the type of the answer with status 200; any other status has an [ApiError]
/// @param access       the least role of a caller; an operation for viewers changes nothing
/// @param isDone       whether an answer reports success; any other answer has status 409
/// @param description  the effect of the operation, as one sentence
/// @param <Q>          the request
/// @param <A>          the answer
public record Operation<Q, A>(
        Method method,
        String path,
        Input<Q> input,
        Class<A> answer,
        Access access,
        Predicate<A> isDone,
        String description) {

    /// The method of HTTP: GET reads, POST carries a body or changes something.
    public enum Method {
        GET,
        POST
    }

    /// The encoding of a request: a [Body] or a [Query].
    ///
    /// @param <Q>  the request
    public sealed interface Input<Q> permits Body, Query {}

    /// A request as the JSON of a record.
    ///
    /// @param <Q>  the request
    public record Body<Q>(Class<Q> type) implements Input<Q> {}

    static <Q, A> Operation<Q, A> get(String path, Query<Q> query, Class<A> answer, String description) {
        return new Operation<>(Method.GET, path, query, answer, Access.VIEWER, _ -> true, description);
    }

    static <Q, A> Operation<Q, A> post(
            Access access, String path, Input<Q> input, Class<A> answer, String description) {
        return new Operation<>(Method.POST, path, input, answer, access, _ -> true, description);
    }

    /// The same operation with an answer that may be a refusal.
    Operation<Q, A> refusedUnless(Predicate<A> done) {
        return new Operation<>(method, path, input, answer, access, done, description);
    }

    /// Whether a success changes something.
    public boolean changes() {
        return access != Access.VIEWER;
    }

    /// Whether the audit has it: each change, but not the reports of agents, which are many and no orders of a person.
    public boolean isAudited() {
        return changes() && !path.equals("/v1/agent");
    }

    /// `POST /v1/drain`.
    @Override
    public String toString() {
        return method + " " + path;
    }
}
