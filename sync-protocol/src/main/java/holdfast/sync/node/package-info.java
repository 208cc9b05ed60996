/// The shell of the sync: the thread, the clock, the JGroups channel and the sockets around [holdfast.sync].
///
/// [SyncNode] runs the core and carries out its effects. [Lifeline] notices a peer's death by a closed socket, and
/// [ServiceLinks] carry the sealed word when the interconnect is cut.
@NullMarked
package holdfast.sync.node;

import org.jspecify.annotations.NullMarked;
