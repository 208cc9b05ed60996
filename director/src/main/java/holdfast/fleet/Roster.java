package holdfast.fleet;

import holdfast.admin.FleetView;
import holdfast.admin.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The last words of each director. For one thread; a [#snapshot] is for all.
public final class Roster {
    /// A director that says nothing for this long is silent, ns.
    public static final long SILENT_INTERVAL = TimeUnit.SECONDS.toNanos(10);
    /// A director that says nothing for this long is forgotten, ns.
    public static final long FORGET_INTERVAL = TimeUnit.HOURS.toNanos(1);
    /// More directors than a site has; further ones are refused.
    public static final int DIRECTORS_MAX = 64;

    /// Two actives within this interval are one failover, of which one side's last words are still to come.
    private static final long BOTH_ACTIVE_INTERVAL = TimeUnit.SECONDS.toNanos(2);
    /// A difference that NTP does not leave, and the delay of our own messages does not make.
    private static final long CLOCK_OFF_MS = 2000;
    /// A difference of clocks is the least delayed one of so many.
    private static final int CLOCKS = 10;

    private static final long NEVER = Long.MIN_VALUE;

    private final Map<DirectorId, Heard> heard = new TreeMap<>();
    private long refused;

    /// A director's last words.
    ///
    /// @param at           when they came
    /// @param activeSince  when the first of the words came that say that it is active, without others between them
    /// @param clocks       ms by which its clock was ahead of ours, in its last words
    public record Heard(News.Summary summary, long at, long activeSince, List<Long> clocks) {
        public Heard {
            clocks = List.copyOf(clocks);
        }

        boolean isSilent(long now) {
            return now - at > SILENT_INTERVAL;
        }

        boolean isActive() {
            return summary.said().role() == Role.ACTIVE;
        }

        /// A message that was late makes a clock look slow, never fast.
        private long clockAheadMs() {
            return clocks.stream().mapToLong(Long::longValue).max().orElse(0);
        }

        private String name() {
            return summary.from().toString();
        }
    }

    /// Takes a director's words.
    ///
    /// @param now     monotonic ns
    /// @param wallMs  our wall clock
    /// @return whether they are news
    public boolean hear(News.Summary summary, long now, long wallMs) {
        var before = heard.get(summary.from());
        if (before == null) {
            if (heard.size() == DIRECTORS_MAX) {
                refused++;
                return false;
            }
            heard.put(summary.from(), first(summary, now, wallMs));
            return true;
        }
        boolean isOtherRun = summary.bootMs() != before.summary().bootMs();
        // The clock of a machine may be set back between two runs.
        boolean isNews = summary.isAfter(before.summary()) || (isOtherRun && before.isSilent(now));
        if (isNews) {
            heard.put(summary.from(), next(before, summary, isOtherRun, now, wallMs));
        }
        return isNews;
    }

    /// Words that were kept elsewhere are as old as their own clock says, until the next ones come.
    private static Heard first(News.Summary summary, long now, long wallMs) {
        long old = Math.clamp(wallMs - summary.atMs(), 0, TimeUnit.NANOSECONDS.toMillis(FORGET_INTERVAL));
        long at = now - TimeUnit.MILLISECONDS.toNanos(old);
        return new Heard(summary, at, activeSince(summary, NEVER, at), List.of(summary.atMs() - wallMs));
    }

    private static Heard next(Heard before, News.Summary summary, boolean isOtherRun, long now, long wallMs) {
        var clocks = new ArrayList<Long>(isOtherRun ? List.of() : before.clocks());
        if (clocks.size() == CLOCKS) {
            clocks.removeFirst();
        }
        clocks.add(summary.atMs() - wallMs);
        long since = before.isActive() && !isOtherRun ? before.activeSince() : NEVER;
        return new Heard(summary, now, activeSince(summary, since, now), clocks);
    }

    private static long activeSince(News.Summary summary, long before, long now) {
        return summary.said().role() != Role.ACTIVE ? NEVER : before == NEVER ? now : before;
    }

    /// Removes the directors that were silent for [#FORGET_INTERVAL].
    public List<DirectorId> forget(long now) {
        var gone = heard.values().stream()
                .filter(each -> now - each.at() >= FORGET_INTERVAL)
                .map(each -> each.summary().from())
                .toList();
        gone.forEach(heard::remove);
        return gone;
    }

    /// Summaries of directors that found no place.
    public long refused() {
        return refused;
    }

    public Optional<Heard> of(DirectorId director) {
        return Optional.ofNullable(heard.get(director));
    }

    /// By cluster and name.
    public List<Heard> snapshot() {
        return List.copyOf(heard.values());
    }

    /// Each director with the age of its words.
    public static List<FleetView.Member> members(List<Heard> roster, long now) {
        return roster.stream()
                .map(each -> aged(each.summary().said(), now - each.at()))
                .sorted(Comparator.comparing(FleetView.Member::cluster)
                        .thenComparing(FleetView.Member::group)
                        .thenComparing(FleetView.Member::director))
                .toList();
    }

    private static FleetView.Member aged(FleetView.Member said, long age) {
        return new FleetView.Member(
                said.director(),
                said.cluster(),
                said.group(),
                said.vrid(),
                said.role(),
                said.term(),
                said.safe(),
                said.to(),
                said.reasons(),
                said.faults(),
                said.alarms(),
                said.standbys(),
                said.revision(),
                said.ofFile(),
                said.follows(),
                said.version(),
                said.upMs(),
                TimeUnit.NANOSECONDS.toMillis(Math.max(0, age)),
                age > SILENT_INTERVAL);
    }

    /// What is wrong between directors, each a sentence.
    public static List<String> troubles(List<Heard> roster, DirectorId self, long now) {
        var troubles = new ArrayList<String>();
        var present = roster.stream()
                .filter(Predicate.not(each -> each.isSilent(now)))
                .toList();
        for (int i = 0; i < present.size(); i++) {
            for (var other : present.subList(i + 1, present.size())) {
                if (areBothActive(present.get(i), other)) {
                    troubles.add("%s and %s both say that they are active for the group %s"
                            .formatted(
                                    present.get(i).name(),
                                    other.name(),
                                    other.summary().said().group()));
                }
            }
        }
        present.stream()
                .filter(each -> !each.summary().from().equals(self))
                .filter(each -> Math.abs(each.clockAheadMs()) > CLOCK_OFF_MS)
                .forEach(each -> troubles.add("the clock of %s is %d s %s ours; see to NTP on both"
                        .formatted(
                                each.name(),
                                Math.abs(each.clockAheadMs()) / 1000,
                                each.clockAheadMs() > 0 ? "ahead of" : "behind")));
        return troubles;
    }

    private static boolean areBothActive(Heard one, Heard other) {
        var said = one.summary().said();
        var theirs = other.summary().said();
        return said.cluster().equals(theirs.cluster())
                && said.group().equals(theirs.group())
                && one.isActive()
                && other.isActive()
                && one.at() - other.activeSince() > BOTH_ACTIVE_INTERVAL
                && other.at() - one.activeSince() > BOTH_ACTIVE_INTERVAL;
    }
}
