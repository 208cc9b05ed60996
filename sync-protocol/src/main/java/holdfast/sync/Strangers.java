package holdfast.sync;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The senders whose packets we refuse for a reason that an operator can remove, by address. Bounded: a new sender
/// replaces the one that was silent longest.
final class Strangers {
    static final int MAX = 16;
    static final long WARN_INTERVAL = TimeUnit.MINUTES.toNanos(1);

    /// A network may deliver twice, and each join has a few unproved messages: fewer than this in a minute cause no
    /// warning.
    static final int COMMON_MAX = 100;

    private static final Set<Refused> COMMON = EnumSet.of(Refused.REPLAYED, Refused.UNPROVEN);

    private static final Set<Refused> NAMED = EnumSet.of(
            Refused.NOT_SEALED,
            Refused.UNKNOWN_KEY,
            Refused.BAD_SEAL,
            Refused.UNKNOWN_FORMAT,
            Refused.MALFORMED,
            Refused.OTHER_GROUP,
            Refused.REPLAYED,
            Refused.UNPROVEN,
            Refused.TWIN);

    private final Map<Key, Stranger> known = new LinkedHashMap<>(MAX, 0.75f, true);
    private long warnsSince;
    private int warns;

    private record Key(Refused reason, String address) {}

    private static final class Stranger {
        String name = "";
        long count;
        long lastAt;
        long warnedAt;
        boolean isWarned;
    }

    static boolean isNamed(Refused reason) {
        return NAMED.contains(reason);
    }

    /// Counts packets.
    ///
    /// @param name  of the member that the packets claim to be from; empty if unknown
    /// @return the warning to log, at most once a minute for each address and reason, and [#MAX] times a minute in
    ///     all
    Optional<String> refused(Refused reason, long packets, String address, String name, long now) {
        var key = new Key(reason, address);
        Stranger stranger = known.get(key);
        if (stranger == null || (COMMON.contains(reason) && now - stranger.lastAt >= WARN_INTERVAL)) {
            stranger = new Stranger();
            known.put(key, stranger);
            if (known.size() > MAX) {
                known.remove(known.keySet().iterator().next());
            }
        }
        stranger.name = name;
        stranger.count += packets;
        stranger.lastAt = now;
        boolean due = !stranger.isWarned || now - stranger.warnedAt >= WARN_INTERVAL;
        if (!due || !isNews(reason, stranger) || !mayWarn(now)) {
            return Optional.empty();
        }
        stranger.isWarned = true;
        stranger.warnedAt = now;
        return Optional.of("sync stranger reason=%s address=%s packets=%d; %s"
                .formatted(reason, address, stranger.count, SyncStatus.Stranger.sentence(reason, address, name)));
    }

    private static boolean isNews(Refused reason, Stranger stranger) {
        return stranger.count > COMMON_MAX || !COMMON.contains(reason);
    }

    /// The senders of the last minutes, the latest first.
    List<SyncStatus.Stranger> list(long now) {
        return known.entrySet().stream()
                .filter(entry -> isNews(entry.getKey().reason(), entry.getValue()))
                .sorted(Comparator.comparingLong(entry -> now - entry.getValue().lastAt))
                .map(entry -> new SyncStatus.Stranger(
                        entry.getKey().address(),
                        entry.getKey().reason(),
                        entry.getValue().name,
                        entry.getValue().count,
                        TimeUnit.NANOSECONDS.toMillis(now - entry.getValue().lastAt)))
                .toList();
    }

    /// An attacker can invent any number of addresses, so the log has a bound of its own.
    private boolean mayWarn(long now) {
        if (warns == 0 || now - warnsSince >= WARN_INTERVAL) {
            warnsSince = now;
            warns = 0;
        }
        return warns++ < MAX;
    }
}
