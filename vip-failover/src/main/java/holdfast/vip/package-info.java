/// Decides which director owns the virtual addresses of one group, and how they move: the group's router, its handover,
/// its GARPs.
///
/// Everything here is pure. [VirtualRouter] alone decides; other sources of knowledge (sync, netlink, an operator) only
/// send it events. `holdfast.vip.node` is the shell.
@NullMarked
package holdfast.vip;

import org.jspecify.annotations.NullMarked;
