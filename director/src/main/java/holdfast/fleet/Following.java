package holdfast.fleet;

import holdfast.admin.FleetView;
import holdfast.conf.RevisionId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides which published configuration of another cluster this pair takes next. For one thread.
///
/// A published revision is taken once. A change by hand afterwards stays until the followed cluster publishes another
/// one. One that was refused for good is not tried again.
public final class Following {
    private static final long AGAIN_INTERVAL = TimeUnit.SECONDS.toNanos(30);
    private static final String REASON = "follows ";
    private static final String WORD_REVISION = " revision ";

    private final Optional<String> named;
    private final @Nullable String cluster;
    private final Map<DirectorId, News.SharedCopy> copies = new HashMap<>();
    private @Nullable String taken; // the tag of the last copy that was taken, or that was in force already
    private @Nullable String refused;
    private @Nullable String trouble;
    private boolean isRefusedForGood;
    private long againAt;
    private boolean isUnderWay;

    /// @param own      our cluster, which never follows itself
    /// @param follows  the cluster that this pair follows; empty for none
    public Following(String own, Optional<String> follows) {
        named = follows;
        cluster = follows.filter(name -> !name.equals(own)).orElse(null);
        if (follows.isPresent() && cluster == null) {
            trouble = "fleet.follow names our own cluster; name another one, or remove it";
        }
    }

    /// The reason in the record of a revision that was taken, from which [#tagIn] finds the copy again.
    public static String reason(News.SharedCopy copy) {
        return REASON + copy.from().cluster() + WORD_REVISION + copy.tag();
    }

    /// The tag of the copy that a revision was made of, by its reason.
    public static Optional<String> tagIn(String reason, String cluster) {
        var start = REASON + cluster + WORD_REVISION;
        return reason.startsWith(start) ? Optional.of(reason.substring(start.length())) : Optional.empty();
    }

    public void hear(News.SharedCopy copy) {
        if (copy.from().cluster().equals(cluster) && copies.size() < Roster.DIRECTORS_MAX) {
            copies.put(copy.from(), copy);
        }
    }

    public void forget(DirectorId director) {
        copies.remove(director);
    }

    /// The copy to take now.
    ///
    /// @param isActive  whether this director makes revisions
    /// @param serves    whether a director was heard just now and says that it is active
    /// @param last      the tag of the last copy that became a revision here
    /// @param present   the text of the shared part in force here
    public Optional<News.SharedCopy> due(
            boolean isActive, Predicate<DirectorId> serves, Optional<String> last, String present, long now) {
        last.ifPresent(tag -> taken = tag);
        if (cluster == null || !isActive || isUnderWay) {
            return Optional.empty();
        }
        var wanted = copies.values().stream()
                .filter(copy -> serves.test(copy.from()))
                .max(Comparator.comparingInt(News.SharedCopy::term)
                        .thenComparing(copy -> RevisionId.of(copy.revision())));
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        var tag = wanted.get().tag();
        if (wanted.get().text().equals(present)) {
            made(tag);
        }
        boolean isSettled = tag.equals(taken) || (tag.equals(refused) && (isRefusedForGood || now - againAt < 0));
        return isSettled ? Optional.empty() : wanted;
    }

    /// The copy is under way; nothing else is due before its outcome.
    public void begun() {
        isUnderWay = true;
    }

    /// The copy with this tag is in force.
    public void made(String tag) {
        isUnderWay = false;
        taken = tag;
        refused = null;
        trouble = null;
    }

    /// The copy is not in force.
    ///
    /// @param isForGood  whether another try would end alike
    public void refused(String tag, String why, boolean isForGood, long now) {
        isUnderWay = false;
        refused = tag;
        isRefusedForGood = isForGood;
        againAt = now + AGAIN_INTERVAL;
        trouble = "revision " + tag + " of " + cluster + " is not in force here: " + why;
    }

    /// As the others are told; null if this pair keeps its own configuration.
    public FleetView.@Nullable Follows said() {
        return named.map(name -> new FleetView.Follows(name, taken, trouble)).orElse(null);
    }
}
