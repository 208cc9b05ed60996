package holdfast.vip;

import java.util.List;
import java.util.stream.Stream;

/// When gratuitous ARP announces the claims of a group, as a pure function: at once and at configured delays after a
/// claim, again after any sign of a rival, and slowly while the claim lasts. A release clears the schedule, so nothing
/// is announced after a pause.
///
/// @param repeatAfter  ns after the claim, ascending
/// @param refresh      ns between refreshes; 0 for none
public record GarpSchedule(List<Long> repeatAfter, long refresh) {
    /// Minimum time between two bursts, so that a rival that keeps talking does not cause one for each of its
    /// adverts.
    static final long REASSERT_INTERVAL_MIN = 1_000_000_000;

    /// Minimum time between two announcements against another machine that announces our address (RFC 5227 §2.4 c).
    static final long DEFEND_INTERVAL_MIN = 100_000_000;

    public GarpSchedule {
        repeatAfter = repeatAfter.stream().sorted().toList();
    }

    /// The announcements that are still due.
    ///
    /// @param dueAt     points in time, ascending
    /// @param burstAt   when the last burst began
    /// @param refreshAt [Long#MAX_VALUE] for never
    public record Plan(List<Long> dueAt, long burstAt, long refreshAt) {
        /// Without claims there is nothing to announce.
        public static final Plan NONE = new Plan(List.of(), Long.MAX_VALUE, Long.MAX_VALUE);

        public Plan {
            dueAt = List.copyOf(dueAt);
        }

        /// When the next announcement is due.
        public long nextAt() {
            return Math.min(dueAt.isEmpty() ? Long.MAX_VALUE : dueAt.getFirst(), refreshAt);
        }

        public boolean isDue(long now) {
            return now >= nextAt();
        }
    }

    /// The plan after the addresses were claimed at `now`.
    public Plan claimed(long now) {
        var due = Stream.concat(Stream.of(now), repeatAfter.stream().map(after -> now + after));
        return new Plan(due.toList(), now, refreshAfter(now));
    }

    /// The plan after a rival was heard: one more whole burst, unless the last one is younger than
    /// [#REASSERT_INTERVAL_MIN].
    public Plan reasserted(Plan plan, long now) {
        if (plan.equals(Plan.NONE) || now - plan.burstAt() >= REASSERT_INTERVAL_MIN) {
            return claimed(now);
        }
        long at = plan.burstAt() + REASSERT_INTERVAL_MIN;
        var due = Stream.concat(plan.dueAt().stream(), Stream.of(at)).sorted().distinct();
        return new Plan(due.toList(), plan.burstAt(), plan.refreshAt());
    }

    /// The plan after another machine announced our addresses: announces ours once more, at once.
    public Plan defended(Plan plan, long now) {
        if (plan.equals(Plan.NONE) || plan.burstAt() > now) {
            return plan; // nothing is claimed, or an announcement is due already
        }
        long at = Math.max(now, plan.burstAt() + DEFEND_INTERVAL_MIN);
        var due = Stream.concat(Stream.of(at), plan.dueAt().stream()).sorted().distinct();
        return new Plan(due.toList(), at, plan.refreshAt());
    }

    /// The plan after an announcement at `now`, which covers everything that was due by then.
    public Plan announced(Plan plan, long now) {
        var later = plan.dueAt().stream().filter(at -> at > now).toList();
        return new Plan(later, plan.burstAt(), now >= plan.refreshAt() ? refreshAfter(now) : plan.refreshAt());
    }

    private long refreshAfter(long now) {
        return refresh == 0 ? Long.MAX_VALUE : now + refresh;
    }
}
