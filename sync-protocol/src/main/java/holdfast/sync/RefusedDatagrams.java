package holdfast.sync;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// Counts the datagrams that are refused below JGroups. The receiving threads count; the thread `sync` collects the
/// counts. Bounded: if more than [#SOURCES_MAX] sources appear between two collections, the rest is counted without an
/// address.
public final class RefusedDatagrams {
    static final int SOURCES_MAX = 64;

    private static final String OTHERS = "further addresses";

    private record Key(Refused reason, InetAddress from) {}

    private final Map<Key, Long> counts = new HashMap<>();
    private final EnumMap<Refused, Long> ofOthers = new EnumMap<>(Refused.class);

    /// Receives the counts of one source.
    public interface Taker {
        void refused(Refused reason, long count, String address);
    }

    public synchronized void add(Refused reason, InetAddress from) {
        var key = new Key(reason, from);
        if (counts.size() < SOURCES_MAX || counts.containsKey(key)) {
            counts.merge(key, 1L, Long::sum);
        } else {
            ofOthers.merge(reason, 1L, Long::sum);
        }
    }

    /// Passes on the counts since the last call and clears them.
    public synchronized void take(Taker taker) {
        counts.forEach(
                (key, count) -> taker.refused(key.reason(), count, key.from().getHostAddress()));
        counts.clear();
        ofOthers.forEach((reason, count) -> taker.refused(reason, count, OTHERS));
        ofOthers.clear();
    }
}
