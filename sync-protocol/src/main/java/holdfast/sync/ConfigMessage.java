package holdfast.sync;

import holdfast.conf.AgentReport;
import java.nio.ByteBuffer;
import java.util.List;

/// A message about the shared configuration or about what is in force beside it, which only the two directors'
/// revisions read. Each may be lost: who misses an answer asks again.
///
/// A text is named by term and number: a revision, or with term 0 a proposal of the addressee.
public sealed interface ConfigMessage extends SyncMessage {
    int CONTENT_BYTES_MAX = 4096;
    int TEXT_BYTES_MAX = 2 << 20;
    int REASON_CHARS_MAX = 1000;
    int LACKING_MAX = 64;
    int REPORTS_MAX = 128;

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
    /// @param revisionTerm  of the revision that was made, or that came first; 0 for REFUSED
    /// @param number        of that revision
    /// @param lacking       directors that do not have it yet, at most [#LACKING_MAX]
    /// @param why           for REFUSED; like the remedy at most [#REASON_CHARS_MAX]
    /// @param remedy        for REFUSED
    record Answer(
            long ticket,
            Verdict verdict,
            int revisionTerm,
            long number,
            List<String> lacking,
            String why,
            String remedy)
            implements ConfigMessage {
        public Answer {
            lacking = List.copyOf(lacking.subList(0, Math.min(lacking.size(), LACKING_MAX)));
            why = cut(why);
            remedy = cut(remedy);
        }

        private static String cut(String text) {
            return text.length() <= REASON_CHARS_MAX ? text : text.substring(0, REASON_CHARS_MAX);
        }
    }

    /// Reports of agents, which the receiver adds to its own; none, to tell only the digest.
    ///
    /// @param digest   of the sender's whole list
    /// @param reports  at most [#REPORTS_MAX]
    record Reports(long digest, List<AgentReport> reports) implements ConfigMessage {
        public Reports {
            if (reports.size() > REPORTS_MAX) {
                throw new IllegalArgumentException(reports.size() + " reports in one message");
            }
            reports = List.copyOf(reports);
        }
    }

    /// What became of a proposal.
    enum Verdict {
        REFUSED,
        MADE,
        OVERTAKEN
    }
}
