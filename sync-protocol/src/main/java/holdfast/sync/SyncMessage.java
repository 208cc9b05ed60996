package holdfast.sync;

import java.util.Map;
import java.util.UUID;

/// What travels between two sync cores once it is opened. Terms are those of the sender: the one it writes, or the one
/// it follows, or 0 for none yet.
public sealed interface SyncMessage
        permits Batch,
                SyncMessage.Ack,
                SyncMessage.HandoverReceipt,
                SyncMessage.HandoverStep,
                SyncMessage.Hello,
                SyncMessage.Resend,
                SyncMessage.SnapshotRequest {
    int term();

    /// Says every 100 ms who we are and how far, so that a gap at the end of the stream and a new member are noticed.
    ///
    /// @param term         of the stream that the sender writes, or follows while that goes on; else 0
    /// @param position     last batch cut (active) or applied (standby)
    /// @param oldest       first batch that the active can still resend; 0 from a standby
    /// @param configHash   of the running configuration
    /// @param leaving      the sender is about to leave: its closed socket is no death
    /// @param highestTerm  that the sender knows of, whoever took it
    /// @param stamp        the sender's clock, ns
    /// @param uptimeNanos  since the sender's start
    /// @param heard        the stamp of the latest Hello of each incarnation that the sender hears: who finds a
    ///     recent stamp of its own there knows that this Hello is no recording, and how old it is at most
    /// @param links        where the sender is found
    /// @param word         what the sender says of itself
    record Hello(
            Role role,
            int term,
            long position,
            long oldest,
            String configHash,
            boolean leaving,
            int highestTerm,
            long stamp,
            long uptimeNanos,
            Map<UUID, Long> heard,
            Links links,
            Word word)
            implements SyncMessage {
        public Hello {
            heard = Map.copyOf(heard);
        }
    }

    /// Everything up to `batch` is applied, nothing after it is promised.
    ///
    /// @param stampNanos  of the batch, back to its sender
    /// @param state       how the standby sees itself
    /// @param complete    whether it holds everything written before its position, not only what came since it
    ///     joined
    record Ack(int term, long batch, long stampNanos, SyncState state, boolean complete) implements SyncMessage {}

    /// Asks for batches again, both ends included.
    record Resend(int term, long from, long to) implements SyncMessage {}

    /// Asks for a snapshot that begins in batch `from` or later.
    record SnapshotRequest(int term, long from) implements SyncMessage {}

    /// A step of a handover, sent again until its receipt comes.
    ///
    /// @param number  of the sender's incarnation, the same each time that this step is sent
    record HandoverStep(long number, HandoverMessage step) implements SyncMessage {
        @Override
        public int term() {
            return step.term();
        }
    }

    /// The step with that number has arrived, now or before.
    record HandoverReceipt(long number) implements SyncMessage {
        @Override
        public int term() {
            return 0;
        }
    }
}
