/// What one director knows is true on the others before it acks, and what is not is counted: the sync of connections
/// and persistence templates from the active to its standbys (design 6).
///
/// The cores [StreamSender], [StreamReceiver] and [SyncCore] are pure: events, records and the time go in,
/// effects come out as data; they own no thread, clock, socket or log. [SyncNode] is the shell around them. The
/// invariant that all of it serves: *acked implies applied*, and what a readout does not know it never shows as
/// zero.
@NullMarked
package holdfast.sync;

import org.jspecify.annotations.NullMarked;
