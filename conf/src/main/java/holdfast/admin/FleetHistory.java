package holdfast.admin;

import java.util.List;

/// What happened on all directors of a site, as mirrored on the one that answers: the changes of role and the
/// failovers, and who changed what. The mirror outlives a director that died, not a stop of all.
///
/// @param changes   the newest first
/// @param audit     the newest first
/// @param troubles  each a sentence, such as audit entries that are no longer those that a director sent before
public record FleetHistory(List<Change> changes, List<Audited> audit, List<String> troubles) {
    public FleetHistory {
        changes = List.copyOf(changes);
        audit = List.copyOf(audit);
        troubles = List.copyOf(troubles);
    }

    /// A change of a director's role, or an attempt at one.
    public record Change(String director, String cluster, Event event) {}

    /// An entry of a director's audit log; its request is cut short.
    public record Audited(String cluster, AuditList.Entry entry) {}
}
