/// The decisions of a worker: about one frame (whose it is, where it goes, what leaves) and about one turn.
///
/// [Datapath] decides what a turn does in each [Mode]: orders, packets, stream, timers. [Forwarder] decides and
/// rewrites on flat memory and is pure:
/// its only inputs are the frame, the tables and the
/// time. A packet costs no allocation, lock, log or exception. Sources: IPVS-REF 1 and 6, packet-io 2.
@NullMarked
package holdfast.forward;

import org.jspecify.annotations.NullMarked;
