package holdfast.sync;

import java.util.UUID;

/// One run of one member's process. A restarted director has the same name and another incarnation, and nothing that
/// belongs to the old incarnation counts for it.
///
/// @param incarnation  random, chosen at each start
public record MemberId(String name, UUID incarnation) {}
