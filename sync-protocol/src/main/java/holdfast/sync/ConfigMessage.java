package holdfast.sync;

import java.nio.ByteBuffer;

/// A message about the shared configuration, which only the two directors' revisions read. Each may be lost: who
/// misses an answer asks again.
///
/// A text is named by term and number: a revision, or with term 0 a proposal of the addressee.
public sealed interface ConfigMessage extends SyncMessage {
    int CONTENT_BYTES_MAX = 4096;
    int TEXT_BYTES_MAX = 2 << 20;
    int REASON_CHARS_MAX = 1000;

    @Override
    default int term() {
        return 0;
    }

    /// Asks for the part of a text that begins at a byte.
    record Fetch(int revisionTerm, long number, int offset) implements ConfigMessage {}

    /// A part of a text.
    ///
    /// @param total    bytes of the whole text
    /// @param content  at most [#CONTENT_BYTES_MAX]
    record Piece(int revisionTerm, long number, int offset, int total, ByteBuffer content) implements ConfigMessage {
        public Piece {
            if (content.remaining() > CONTENT_BYTES_MAX) {
                throw new IllegalArgumentException("a piece of " + content.remaining() + " bytes");
            }
            content = content.asReadOnlyBuffer();
        }

        @Override
        public ByteBuffer content() {
            return content.duplicate();
        }
    }

    /// A standby has a text that the active is to make a revision. Repeated until the answer.
    ///
    /// @param ticket  of the sender's, the same each time
    record Proposal(long ticket) implements ConfigMessage {}

    /// The active's answer to a proposal.
    ///
    /// @param revisionTerm  of the revision that was made; 0 if none was made
    /// @param number        of that revision
    /// @param reason        why none was made, or who does not have it yet; at most [#REASON_CHARS_MAX]
    record Answer(long ticket, int revisionTerm, long number, String reason) implements ConfigMessage {
        public Answer {
            reason = reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX);
        }
    }
}
