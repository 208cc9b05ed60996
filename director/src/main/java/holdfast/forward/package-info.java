/// The decisions of a worker: about one frame and about one turn.
///
/// [Datapath] decides what a turn does in each [Mode]: orders, packets, stream, timers. [Forwarder] decides about a
/// frame and rewrites it on flat memory. Both are pure: all their knowledge and the time are arguments. A packet costs
/// no allocation, lock, log or exception. Sources: IPVS-REF 1 and 6, packet-io 2.
@NullMarked
package holdfast.forward;

import org.jspecify.annotations.NullMarked;
