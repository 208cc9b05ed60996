/// A packet's way through the director: parse, decide, rewrite, send.
///
/// [Forwarder] decides and rewrites on flat memory and is pure: its only inputs are the frame, the tables and the
/// time. [Worker] is the thread around it that owns rings, tables and timers. The invariant: one worker writes a
/// table, and a packet costs no allocation, lock, log or exception. Sources: IPVS-REF 1 and 6, packet-io 2.
@NullMarked
package holdfast.forward;

import org.jspecify.annotations.NullMarked;
