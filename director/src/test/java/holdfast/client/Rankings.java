package holdfast.client;

import java.util.List;

/// Rankings of clients in one go.
final class Rankings {
    private Rankings() {}

    static List<TopClient> top(Clients clients, int n, By by, int service, long now) {
        var ranking = clients.ranking(n, by, service);
        boolean hasMore;
        do {
            hasMore = ranking.look(3, now);
        } while (hasMore);
        return ranking.clients(now);
    }
}
