package holdfast.bench.tables;

import java.util.concurrent.ConcurrentHashMap;

/// The map that a Java program would use first: from a record with the whole key to an object with a template's fields.
final class HashMapPeer implements Subject {
    private record Key(int client, int virtualAddress, int virtualPort, int protocol) {}

    private record Entry(int number, int real, long timeoutS, long expiresAt, long version) {}

    private final ConcurrentHashMap<Key, Entry> map;

    HashMapPeer(int entries) {
        map = new ConcurrentHashMap<>(entries);
    }

    @Override
    public void insert(int client) {
        map.put(key(client), new Entry(client & 0x7fffffff, client & (Site.REALS - 1), 3600, 3600 * Site.SECOND, 0));
    }

    @Override
    public int find(int client) {
        var entry = map.get(key(client));
        return entry == null ? -1 : entry.number();
    }

    @Override
    public void remove(int client) {
        map.remove(key(client));
    }

    private static Key key(int client) {
        return new Key(client, Site.VIP, Site.PORT, Site.TCP);
    }
}
