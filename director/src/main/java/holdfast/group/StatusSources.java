package holdfast.group;

import holdfast.sync.SyncStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The reports of a director's parts for its status and its readiness. The threads of the API call each supplier, which
/// answers at once.
///
/// @param word    this director's word to the others
/// @param heard   the last word of another director, and its age; empty before the first
/// @param paths   ms since another director was last heard, by path: the interconnect, or a service link
/// @param faults  faults of this director, each a sentence
/// @param alarms  behaviour of other machines, each a sentence
public record StatusSources(
        Supplier<Readiness.Word> word,
        Function<SyncStatus.Peer, Optional<Readiness.Heard>> heard,
        Function<SyncStatus.Peer, Map<String, Long>> paths,
        Supplier<List<String>> faults,
        Supplier<List<String>> alarms) {}
