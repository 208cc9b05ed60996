/// The transport of sync messages: bytes in, bytes out, and the members of the group. The only package that imports
/// JGroups. Nothing here blocks a sender, believes a payload or decides anything; the core finds what JGroups drops as
/// a gap.
@NullMarked
package holdfast.sync.jgroups;

import org.jspecify.annotations.NullMarked;
