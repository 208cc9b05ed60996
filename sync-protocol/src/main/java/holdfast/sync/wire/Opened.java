package holdfast.sync.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.MemberId;
import holdfast.sync.Refused;
import holdfast.sync.SyncMessage;

/// The result of opening received bytes.
public sealed interface Opened {
    /// @param counter  unique per message of this incarnation; the core decides whether it was seen before
    /// @param key      that sealed it
    record Message(MemberId from, long counter, ClusterKey key, SyncMessage message) implements Opened {}

    record Rejected(Refused reason) implements Opened {}

    /// Addressed to another member, and not opened.
    record ForAnother() implements Opened {}
}
