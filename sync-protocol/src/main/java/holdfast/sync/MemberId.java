package holdfast.sync;

import java.util.UUID;

/// One run of one member's process: a restarted director has the same name and another incarnation, and nothing of the
/// old one counts for it.
///
/// @param incarnation  random, chosen at each start
public record MemberId(String name, UUID incarnation) {}
