package holdfast.admin;

import java.util.List;

/// The kept revisions.
///
/// @param changes  the newest first
public record ConfigHistory(List<ConfigState.Change> changes) {
    public ConfigHistory {
        changes = List.copyOf(changes);
    }
}
