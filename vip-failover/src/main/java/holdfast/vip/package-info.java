/// Who owns the virtual addresses of one group, and how they move: the router of a group, its handover, its GARPs.
///
/// All of it is pure. [VirtualRouter] alone decides; whatever else knows something (sync, netlink, an operator) only
/// sends it events. `holdfast.vip.node` is the shell.
@NullMarked
package holdfast.vip;

import org.jspecify.annotations.NullMarked;
