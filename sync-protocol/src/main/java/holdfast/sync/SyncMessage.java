package holdfast.sync;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/// A message between two sync cores, once it is opened. The term is the sender's: the term that it writes or follows,
/// or 0 for none yet.
public sealed interface SyncMessage
        permits Batch,
                ConfigMessage,
                SyncMessage.Ack,
                SyncMessage.CopyRequest,
                SyncMessage.HandoverReceipt,
                SyncMessage.HandoverStep,
                SyncMessage.Hello,
                SyncMessage.Resend {
    int term();

    /// Identifies the sender and its position every 100 ms, so that peers notice a gap at the end of the stream and
    /// a new member.
    ///
    /// @param term         of the stream that the sender writes, or of the live stream that it follows; else 0
    /// @param position     last batch cut (active) or applied (standby)
    /// @param oldest       first batch that the active can still resend; 0 from a standby
    /// @param config       that the sender runs
    /// @param leaving      the sender is about to leave: its closed socket is no death
    /// @param highestTerm  that the sender knows of, whichever director took it
    /// @param stamp        the sender's clock, ns
    /// @param uptimeNanos  since the sender's start
    /// @param heard        the stamp of the latest hello of each incarnation that the sender hears. A receiver that
    ///     finds a recent stamp of its own there knows that this hello is no recording, and its maximum age
    /// @param whereabouts        where the sender is reachable
    /// @param word         the sender's report about itself
    record Hello(
            StreamRole role,
            int term,
            long position,
            long oldest,
            ConfigVersion config,
            boolean leaving,
            int highestTerm,
            long stamp,
            long uptimeNanos,
            Map<UUID, Long> heard,
            Whereabouts whereabouts,
            Word word)
            implements SyncMessage {
        public Hello {
            heard = Map.copyOf(heard);
        }
    }

    /// Acknowledges every batch up to `batch` as applied, and no later one.
    ///
    /// @param stampNanos  of the batch, returned to its sender
    /// @param state       of the standby, as it sees itself
    /// @param complete    whether it holds everything written before its position, not only what was sent since it
    ///     joined
    record Ack(int term, long batch, long stampNanos, SyncState state, boolean complete) implements SyncMessage {}

    /// Asks for batches again, both ends included.
    record Resend(int term, long from, long to) implements SyncMessage {}

    /// Asks for a copy of what the sender lacks, as in [CopyOrder].
    ///
    /// @param from  the batch in which the copy begins at the earliest
    record CopyRequest(int term, long from, long since, Buckets buckets) implements SyncMessage {}

    /// A step of a handover, sent again until its receipt comes.
    ///
    /// @param number  of the sender's incarnation, the same each time that this step is sent
    /// @param term    of the stream that the step gives away, and whoever knows of a higher one refuses; or 0,
    ///     where the step counts in any term
    /// @param step    at most [#STEP_BYTES_MAX], which only the two elections read
    record HandoverStep(long number, int term, ByteBuffer step) implements SyncMessage {
        public static final int STEP_BYTES_MAX = 4096;

        public HandoverStep {
            if (step.remaining() > STEP_BYTES_MAX) {
                throw new IllegalArgumentException("a step of " + step.remaining() + " bytes");
            }
            step = step.asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer step() {
            return step.duplicate();
        }
    }

    /// Confirms that the step with that number has arrived, now or before.
    record HandoverReceipt(long number) implements SyncMessage {
        @Override
        public int term() {
            return 0;
        }
    }
}
