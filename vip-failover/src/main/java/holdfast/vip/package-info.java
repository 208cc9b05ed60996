/// Decides which director owns the virtual addresses of one group, and how they move: the group's router, its handover,
/// its GARPs.
///
/// [Handover], [Giver] and [Taker] know each other: [Handover] holds the sealed states and events, and the other two
/// decide on them, one side each. [VirtualRouter] and [StepUnderWay] do too: the router holds the states and events,
/// and
/// a step takes one of them.
///
/// Everything here is pure. [VirtualRouter] alone decides; other sources of knowledge (sync, netlink, an operator) only
/// send it events. `holdfast.vip.node` is the shell.
@NullMarked
package holdfast.vip;

import org.jspecify.annotations.NullMarked;
