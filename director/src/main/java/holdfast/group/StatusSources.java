package holdfast.group;

import holdfast.sync.SyncStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the parts of a director say of it, for its status and its readiness. Each is asked by the threads of the API
/// and
/// answers at once.
///
/// @param word    what this director says of itself to the others
/// @param heard   the last word of another director, and its age; empty before the first
/// @param paths   ms since another director was last heard, by the path on which: the interconnect, or a service link
/// @param faults  what this director lacks, each a sentence
/// @param alarms  what others do to it, each a sentence
public record StatusSources(
        Supplier<Readiness.Word> word,
        Function<SyncStatus.Peer, Optional<Readiness.Heard>> heard,
        Function<SyncStatus.Peer, Map<String, Long>> paths,
        Supplier<List<String>> faults,
        Supplier<List<String>> alarms) {}
