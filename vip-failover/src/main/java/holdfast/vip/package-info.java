/// The virtual addresses of one group and how they move: claims and their GARPs, the planned handover, and the shell
/// that runs both together with the election. Invariant: `VirtualRouter` alone decides who owns the addresses; whatever
/// else knows something (sync, netlink, an operator) only sends it events.
@NullMarked
package holdfast.vip;

import org.jspecify.annotations.NullMarked;
