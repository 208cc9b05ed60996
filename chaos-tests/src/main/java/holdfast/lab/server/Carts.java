package holdfast.lab.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The carts of the sessions that began on this server; they exist only in its memory.
final class Carts {
    private final Map<String, List<String>> itemsOf = new ConcurrentHashMap<>();

    /// Starts a session with an empty cart.
    String login() {
        var session = UUID.randomUUID().toString();
        itemsOf.put(session, new CopyOnWriteArrayList<>());
        return session;
    }

    /// The items of a session in the order of their addition; empty if the session is not of this server.
    Optional<List<String>> items(String session) {
        return Optional.ofNullable(itemsOf.get(session)).map(List::copyOf);
    }

    /// Whether the session is of this server and now has the item.
    boolean put(String session, String item) {
        var items = itemsOf.get(session);
        return items != null && items.add(item);
    }
}
