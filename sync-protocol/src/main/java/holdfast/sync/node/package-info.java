/// The shell of the sync: the thread, the clock, the JGroups channel and the sockets around [holdfast.sync].
///
/// [SyncNode] runs the core and carries out its effects. [Lifeline] learns of a peer's death from a closed socket,
/// [ServiceLinks] carry the sealed word where the interconnect is cut.
@NullMarked
package holdfast.sync.node;

import org.jspecify.annotations.NullMarked;
