package holdfast.api;

import java.util.LinkedHashMap;
import java.util.Map;

/// Who may open a connection and ask how often: a pure state of bounded size, that one thread owns. Times are
/// monotonic ns. A source or user beyond the bound of the table takes the place of the one that was idle longest.
final class Admission {
    private static final long SECOND = 1_000_000_000;

    private final Limits limits;
    private final Map<String, Bucket> sources;
    private final Map<String, Bucket> users;
    private final Map<String, Bucket> strangers;
    private final Map<String, Integer> open = new LinkedHashMap<>();

    /// @param openPerSource     most connections of one address at once
    /// @param newPerSecond      new connections of one address, each second; twice as many at once
    /// @param requestsPerSecond requests of one user, each second; twice as many at once
    /// @param triesPerSecond    failed logins of one address, each second; twice as many at once
    /// @param namesMax          most addresses, and most users, that are remembered
    record Limits(int openPerSource, int newPerSecond, int requestsPerSecond, int triesPerSecond, int namesMax) {}

    /// Tokens of one name, which come back with time.
    private static final class Bucket {
        private double tokens;
        private long at;

        Bucket(double tokens, long at) {
            this.tokens = tokens;
            this.at = at;
        }

        boolean take(int perSecond, long now) {
            tokens = Math.min(2.0 * perSecond, tokens + (now - at) * (double) perSecond / SECOND);
            at = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
    }

    Admission(Limits limits) {
        this.limits = limits;
        sources = bounded(limits.namesMax());
        users = bounded(limits.namesMax());
        strangers = bounded(limits.namesMax());
    }

    private static Map<String, Bucket> bounded(int max) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > max;
            }
        };
    }

    /// Whether a new connection may stay; then [#closed] ends it.
    boolean opened(String source, long now) {
        if (open.getOrDefault(source, 0) >= limits.openPerSource()
                || !bucket(sources, source, limits.newPerSecond(), now).take(limits.newPerSecond(), now)) {
            return false;
        }
        open.merge(source, 1, Integer::sum);
        return true;
    }

    void closed(String source) {
        open.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }

    /// Whether a user may ask now.
    boolean asks(String user, long now) {
        return bucket(users, user, limits.requestsPerSecond(), now).take(limits.requestsPerSecond(), now);
    }

    /// How many addresses are remembered, and how many of them have connections.
    int namesKept() {
        return Math.max(sources.size(), open.size());
    }

    /// Whether an address may try to log in again after it failed.
    boolean tries(String source, long now) {
        return bucket(strangers, source, limits.triesPerSecond(), now).take(limits.triesPerSecond(), now);
    }

    private static Bucket bucket(Map<String, Bucket> buckets, String name, int perSecond, long now) {
        return buckets.computeIfAbsent(name, _ -> new Bucket(2.0 * perSecond, now));
    }
}
