package holdfast.sync;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Who sends us what we refuse for a reason that an operator can remove, by address. Bounded: a new one takes the place
/// of the one that was silent longest.
final class Strangers {
    static final int MAX = 16;
    static final long WARN_INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private static final Set<Refused> NAMED =
            EnumSet.of(Refused.BAD_SEAL, Refused.UNKNOWN_FORMAT, Refused.OTHER_GROUP, Refused.TWIN);

    private final Map<Key, Stranger> known = new LinkedHashMap<>(MAX, 0.75f, true);
    private long warnsSince;
    private int warns;

    private record Key(Refused reason, String address) {}

    private static final class Stranger {
        String name = "";
        long count;
        long lastAt;
        long warnedAt;
    }

    static boolean isNamed(Refused reason) {
        return NAMED.contains(reason);
    }

    /// Counts one message.
    ///
    /// @param name  of the member that it says it is from; empty where that is not known
    /// @return what to warn of, at most once a minute for each address and reason, and [#MAX] times a minute in all
    Optional<String> refused(Refused reason, String address, String name, long now) {
        var key = new Key(reason, address);
        Stranger stranger = known.get(key);
        boolean isNew = stranger == null;
        if (stranger == null) {
            stranger = new Stranger();
            known.put(key, stranger);
            if (known.size() > MAX) {
                known.remove(known.keySet().iterator().next());
            }
        }
        stranger.name = name;
        stranger.count++;
        stranger.lastAt = now;
        boolean due = isNew || now - stranger.warnedAt >= WARN_INTERVAL;
        if (!due || !mayWarn(now)) {
            return Optional.empty();
        }
        stranger.warnedAt = now;
        return Optional.of("sync stranger reason=%s address=%s packets=%d; %s"
                .formatted(reason, address, stranger.count, SyncStatus.Stranger.sentence(reason, address, name)));
    }

    /// Those of the last minutes, the latest first.
    List<SyncStatus.Stranger> list(long now) {
        return known.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> now - entry.getValue().lastAt))
                .map(entry -> new SyncStatus.Stranger(
                        entry.getKey().address(),
                        entry.getKey().reason(),
                        entry.getValue().name,
                        entry.getValue().count,
                        TimeUnit.NANOSECONDS.toMillis(now - entry.getValue().lastAt)))
                .toList();
    }

    /// An attacker may invent as many addresses as it likes: the log has a bound of its own.
    private boolean mayWarn(long now) {
        if (warns == 0 || now - warnsSince >= WARN_INTERVAL) {
            warnsSince = now;
            warns = 0;
        }
        return warns++ < MAX;
    }
}
