package holdfast.admin;

import java.util.function.Predicate;

/// One thing that a director can be asked over its admin API. [Operations] lists them all; the director's routes and
/// the
/// calls of its clients are made from that list.
///
/// @param path         without parameters
/// @param input        how a request travels
/// @param answer       what comes back with status 200; anything else comes as an [ApiError]
/// @param isDone       whether an answer says that the request was obeyed; an answer that says no has status 409
/// @param description  what the operation does, as one sentence
/// @param <Q>          the request
/// @param <A>          the answer
public record Operation<Q, A>(
        Method method, String path, Input<Q> input, Class<A> answer, Predicate<A> isDone, String description) {

    /// The method of HTTP: GET looks, POST carries a body or changes something.
    public enum Method {
        GET,
        POST
    }

    /// How a request travels: as a [Body] or as a [Query].
    ///
    /// @param <Q>  the request
    public sealed interface Input<Q> permits Body, Query {}

    /// A request that is the JSON of a record.
    ///
    /// @param <Q>  the request
    public record Body<Q>(Class<Q> type) implements Input<Q> {}

    static <Q, A> Operation<Q, A> get(String path, Query<Q> query, Class<A> answer, String description) {
        return new Operation<>(Method.GET, path, query, answer, _ -> true, description);
    }

    static <Q, A> Operation<Q, A> post(String path, Input<Q> input, Class<A> answer, String description) {
        return new Operation<>(Method.POST, path, input, answer, _ -> true, description);
    }

    /// The same operation with an answer that may be a refusal.
    Operation<Q, A> refusedUnless(Predicate<A> done) {
        return new Operation<>(method, path, input, answer, done, description);
    }

    /// `POST /v1/drain`.
    @Override
    public String toString() {
        return method + " " + path;
    }
}
