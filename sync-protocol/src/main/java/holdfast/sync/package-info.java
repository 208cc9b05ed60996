/// Replicates connections and templates from the active director to its standbys (design 6).
///
/// A standby acknowledges a change only after it has applied it, and the active counts every change that is not yet
/// acknowledged. What a readout does not know it never shows as zero. [SyncCore], [StreamSender] and [StreamReceiver]
/// are pure: records, events and the time go in, effects come out as data. `holdfast.sync.node` is the shell.
///
/// [Batch] is one of the sealed kinds of [SyncMessage], so large that it has a file of its own.
@NullMarked
package holdfast.sync;

import org.jspecify.annotations.NullMarked;
