package holdfast.bench.tables;

import org.agrona.collections.Long2LongHashMap;

/// The fastest map that we know of for Java: open addressing over one array of longs, without boxing.
///
/// It is a fairer peer than `Object2ObjectHashMap`, whose key would be an object as in [HashMapPeer]. It has the
/// advantage over ours: it keeps 16 bytes of an entry, its key has only the client and virtual address, it hashes
/// without a secret, and it has no timers, counters or digest.
final class AgronaPeer implements Subject {
    private static final long MISSING = -1;

    private final Long2LongHashMap map;

    AgronaPeer(int entries) {
        map = new Long2LongHashMap(Math.toIntExact((long) (entries / 0.55)), 0.65f, MISSING);
    }

    @Override
    public void insert(int client) {
        map.put(key(client), client & 0x7fffffff);
    }

    @Override
    public int find(int client) {
        return (int) map.get(key(client));
    }

    @Override
    public void remove(int client) {
        map.remove(key(client));
    }

    private static long key(int client) {
        return (long) client << 32 | (Site.VIP & 0xffffffffL);
    }
}
