package holdfast.api;

import holdfast.admin.Operation;
import holdfast.admin.Operations;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// The handler of each operation of [Operations]. A handler may take as long as a failover takes. It throws a
/// [RefusedException] for a request that names something unknown, or that cannot be done now.
public final class Handlers {
    private final Map<Operation<?, ?>, Function<?, ?>> handlers = new HashMap<>();
    private final Map<String, Function<String, Page>> pages = new LinkedHashMap<>();

    /// Sets the handler of an operation; replaces an earlier one.
    public <Q, A> Handlers on(Operation<Q, A> operation, Function<Q, A> handler) {
        handlers.put(operation, handler);
        return this;
    }

    /// Sets the page of a path, which takes GET alone and is for viewers.
    ///
    /// @param page  of the header `Accept`, which may be empty
    public Handlers page(String path, Function<String, Page> page) {
        pages.put(path, page);
        return this;
    }

    /// By path.
    Map<String, Function<String, Page>> pages() {
        return pages;
    }

    /// These handlers, checked for completeness.
    ///
    /// @throws IllegalStateException if an operation of the list has no handler
    public Handlers complete() {
        for (var operation : Operations.ALL) {
            if (!handlers.containsKey(operation)) {
                throw unanswered(operation);
            }
        }
        return this;
    }

    private static IllegalStateException unanswered(Operation<?, ?> operation) {
        return new IllegalStateException("nobody answers " + operation);
    }

    @SuppressWarnings("unchecked") // [#on] adds each handler with the types of its operation
    <Q, A> A answer(Operation<Q, A> operation, Q request) {
        var handler = (Function<Q, A>) handlers.get(operation);
        if (handler == null) {
            throw unanswered(operation);
        }
        return handler.apply(request);
    }
}
