package holdfast.sync;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// Counts the datagrams that are refused below JGroups, from the threads that receive them until the thread `sync`
/// takes
/// the counts. Bounded: of more sources than [#SOURCES_MAX] between two looks, the rest is counted without an address.
public final class RefusedDatagrams {
    static final int SOURCES_MAX = 64;

    private static final String OTHERS = "further addresses";

    private record Key(Refused reason, InetAddress from) {}

    private final Map<Key, Long> counts = new HashMap<>();
    private final EnumMap<Refused, Long> ofOthers = new EnumMap<>(Refused.class);

    /// Told of what one source sent.
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

    /// Hands over what came since the last time.
    public synchronized void take(Taker taker) {
        counts.forEach(
                (key, count) -> taker.refused(key.reason(), count, key.from().getHostAddress()));
        counts.clear();
        ofOthers.forEach((reason, count) -> taker.refused(reason, count, OTHERS));
        ofOthers.clear();
    }
}
