/// The sync messages on their way: bytes in, bytes out, and who is there. The only place that imports JGroups. Nothing
/// here blocks a sender, believes a payload or decides anything; what JGroups drops the core finds as a gap.
@NullMarked
package holdfast.sync.jgroups;

import org.jspecify.annotations.NullMarked;
