package holdfast.sync.wire;

import holdfast.sync.ClusterKey;
import holdfast.sync.MemberId;
import holdfast.sync.Refused;
import holdfast.sync.SyncMessage;

/// What became of received bytes.
public sealed interface Opened {
    /// @param counter  unique per message of this incarnation; whether it came before is the core's to know
    /// @param key      that it was sealed with
    record Message(MemberId from, long counter, ClusterKey key, SyncMessage message) implements Opened {}

    record Rejected(Refused reason) implements Opened {}

    /// Meant for another member, and not looked at.
    record ForAnother() implements Opened {}
}
