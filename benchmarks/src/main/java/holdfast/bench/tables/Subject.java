package holdfast.bench.tables;

/// A table of clients, as the benchmarks see it. A measuring JVM loads only one kind, so that calls through this
/// interface are as good as direct ones.
public interface Subject {
    /// Inserts a client that is not in the table.
    void insert(int client);

    /// A number that belongs to the client, or -1 if it is not in the table.
    int find(int client);

    /// Begins a batch: any number of calls of [#willFind] or [#willReplace], then [#fetch], and then the announced
    /// operations in the same order.
    default void begin() {}

    /// Announces a [#find].
    default void willFind(int client) {}

    /// Announces a [#replace].
    default void willReplace(int client, int by) {}

    /// Ends the announcements.
    default void fetch() {}

    /// Like [#find], for the `number`-th announced lookup.
    default int find(int number, int client) {
        return find(client);
    }

    /// Removes a client from the table, and inserts one that is not in it.
    default void replace(int number, int client, int by) {
        remove(client);
        insert(by);
    }

    /// Removes a client from the table.
    void remove(int client);

    /// A subject with room for `entries`, all of which may be in it at once.
    static Subject of(String name, int entries) {
        return switch (name) {
            case "templates" -> OurTemplates.ipv4(entries);
            case "templates-ipv6" -> OurTemplates.ipv6(entries);
            case "connections" -> OurConnections.ipv4(entries);
            case "connections-ipv6" -> OurConnections.ipv6(entries);
            case "ConcurrentHashMap" -> new HashMapPeer(entries);
            case "Agrona" -> new AgronaPeer(entries);
            default -> throw new IllegalArgumentException("there is no table '" + name + "' to measure");
        };
    }

    /// A subject with [Clients] 0 to `entries` - 1.
    static Subject filled(String name, int entries) {
        var subject = of(name, entries);
        for (int number = 0; number < entries; number++) {
            subject.insert(Clients.client(number));
        }
        return subject;
    }
}
