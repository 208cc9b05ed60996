package holdfast.bench.tables;

/// A table of clients as the benchmarks see it. Only one kind is ever loaded into a JVM that measures, so that calls
/// through this interface are as good as direct ones.
public interface Subject {
    /// Puts a client in that is not in.
    void insert(int client);

    /// A number that belongs to the client, or -1 when it is not in.
    int find(int client);

    /// A batch begins: as many calls of [#willFind] or [#willReplace], then [#fetch], and then what was announced is
    /// done in the same order.
    default void begin() {}

    /// Announces a [#find].
    default void willFind(int client) {}

    /// Announces a [#replace].
    default void willReplace(int client, int by) {}

    /// All has been announced.
    default void fetch() {}

    /// As [#find], and the `number`-th that was announced.
    default int find(int number, int client) {
        return find(client);
    }

    /// Takes a client out that is in, and puts one in that is not.
    default void replace(int number, int client, int by) {
        remove(client);
        insert(by);
    }

    /// Takes a client out that is in.
    void remove(int client);

    /// Entries that it was made for; all of them may be in at once.
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

    /// One that has [Clients] 0 to `entries` - 1.
    static Subject filled(String name, int entries) {
        var subject = of(name, entries);
        for (int number = 0; number < entries; number++) {
            subject.insert(Clients.client(number));
        }
        return subject;
    }
}
