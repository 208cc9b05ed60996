/// The thread of a datapath and its kernel: rings, poll, links, routes, neighbours, the shield, ARP announcements.
///
/// [Worker] owns rings, tables and timers and gives each batch to [holdfast.forward]. [LinkWatch] follows the kernel's
/// links and ways. With `group`, `control` and `boot` it is the only place that reads a clock or logs. Sources:
/// packet-io 2 to 5.
@NullMarked
package holdfast.worker;

import org.jspecify.annotations.NullMarked;
