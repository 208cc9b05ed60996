/// The shell of a virtual router: the thread, the clock, the sockets for adverts and ARP, the log.
///
/// [VrrpNode] feeds [holdfast.vip.VirtualRouter] and performs its effects; [Tally] counts and logs events.
@NullMarked
package holdfast.vip.node;

import org.jspecify.annotations.NullMarked;
