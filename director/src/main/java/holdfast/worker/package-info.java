/// The thread of a datapath and its kernel: rings, poll, links, routes, neighbours, the shield, ARP announcements.
///
/// [Worker] is the thread with its rings, its poll and its queue of tasks. [GroupDatapath] is one VIP group on it, as
/// the other threads reach it. [holdfast.forward.Datapath] decides what a
/// turn does, and [holdfast.forward.Forwarder] takes each batch. [LinkWatch] follows the kernel's links and ways. With
/// `group`, `control` and `boot` it is the only place that reads a clock or logs. Sources: packet-io 2 to 5.
@NullMarked
package holdfast.worker;

import org.jspecify.annotations.NullMarked;
