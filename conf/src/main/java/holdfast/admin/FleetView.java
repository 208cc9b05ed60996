package holdfast.admin;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All directors of a site, as one of them has heard them. Nothing here is the truth: each entry is what a director
/// said about itself, with the age of its words.
///
/// @param site       name of the fleet
/// @param troubles   of the fleet, each a sentence: a broken link, two actives of one group, a clock that is off
/// @param directors  by cluster, group and name; the director that answers is among them
/// @param counters   of the director that answers: what it has heard, refused and dropped
public record FleetView(String site, List<String> troubles, List<Member> directors, Map<String, Long> counters) {
    public FleetView {
        troubles = List.copyOf(troubles);
        directors = List.copyOf(directors);
        counters = Map.copyOf(counters);
    }

    /// A director and its last words.
    ///
    /// @param term        as it knows it; null before the first
    /// @param safe        whether a failover to `to` is safe, as it says
    /// @param to          null without a candidate
    /// @param reasons     the first reasons against a failover
    /// @param faults      the first of its faults
    /// @param alarms      the first of its alarms
    /// @param standbys    the other directors of its cluster, as it sees them
    /// @param revision    of its configuration, `NUMBER.TERM`
    /// @param ofFile      whether the shared sections of its own file count
    /// @param follows     the cluster whose configuration it takes; null if it keeps its own
    /// @param version     of the program
    /// @param upMs        from the start of its process until its last words
    /// @param heardAgeMs  since its last words
    /// @param silent      whether that is longer than a director is silent
    public record Member(
            String director,
            String cluster,
            String group,
            int vrid,
            Role role,
            @Nullable Integer term,
            FailoverReadiness.Safe safe,
            @Nullable String to,
            List<String> reasons,
            List<String> faults,
            List<String> alarms,
            List<Standby> standbys,
            String revision,
            boolean ofFile,
            @Nullable Follows follows,
            String version,
            long upMs,
            long heardAgeMs,
            boolean silent) {
        public Member {
            reasons = List.copyOf(reasons);
            faults = List.copyOf(faults);
            alarms = List.copyOf(alarms);
            standbys = List.copyOf(standbys);
        }
    }

    /// Another director of the same cluster, as the one that speaks sees it. A number that is unknown is null.
    public record Standby(
            String director,
            Sync.State state,
            @Nullable Long lagP99Micros,
            @Nullable Long backlogBatches,
            @Nullable Long unsyncedEntries) {}

    /// What a pair takes from another one.
    ///
    /// @param cluster   that it follows
    /// @param revision  of that cluster that was taken last; null before the first
    /// @param trouble   why a newer one is not in force, as a sentence; null if nothing is wrong
    public record Follows(
            String cluster,
            @Nullable String revision,
            @Nullable String trouble) {}
}
