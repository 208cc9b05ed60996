/// Replicates connections and templates from the active director to its standbys (design 6).
///
/// A standby acknowledges a change only after it has applied it, and the active counts every change that is not yet
/// acknowledged. A readout never shows an unknown value as zero. [SyncCore], [StreamSender] and [StreamReceiver] are
/// pure: records, events and the time go in, effects come out as data. `holdfast.sync.node` is the shell.
@NullMarked
package holdfast.sync;

import org.jspecify.annotations.NullMarked;
