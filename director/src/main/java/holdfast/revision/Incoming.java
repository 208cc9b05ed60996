package holdfast.revision;

import holdfast.conf.RevisionId;
import holdfast.sync.ConfigMessage;
import org.jspecify.annotations.Nullable;

/// A text that is being fetched from another director, part by part.
final class Incoming {
    private static final long AGAIN_MIN = 50_000_000;
    private static final long AGAIN_MAX = 1_000_000_000;
    private static final long GIVE_UP = 2_000_000_000;

    private final String from;
    private final RevisionId name;
    private byte @Nullable [] text;
    private int have;
    private long askedAt;
    private long cameAt;
    private long interval = AGAIN_MIN;

    /// @param name  of the text: a revision, or with term 0 a proposal
    Incoming(String from, RevisionId name, long now) {
        this.from = from;
        this.name = name;
        askedAt = now;
        cameAt = now;
    }

    String from() {
        return from;
    }

    RevisionId name() {
        return name;
    }

    boolean isProposal() {
        return name.term() == 0;
    }

    ConfigMessage.Fetch question() {
        return new ConfigMessage.Fetch(name.term(), name.number(), have);
    }

    /// Takes a part, if it is the next one.
    ///
    /// @return whether it was
    boolean take(String sender, ConfigMessage.Piece piece, long now) {
        boolean isNext = sender.equals(from)
                && piece.revisionTerm() == name.term()
                && piece.number() == name.number()
                && piece.offset() == have
                && (text == null || text.length == piece.total());
        if (!isNext) {
            return false;
        }
        if (text == null) {
            text = new byte[piece.total()];
        }
        int length = piece.content().remaining();
        piece.content().get(text, have, length);
        have += length;
        askedAt = now;
        cameAt = now;
        interval = AGAIN_MIN;
        return true;
    }

    /// The whole text; null while parts are missing.
    byte @Nullable [] whole() {
        return text != null && have == text.length ? text : null;
    }

    /// ns until the question is to be repeated.
    long idleFor(long now) {
        return askedAt + interval - now;
    }

    /// Whether nothing has come for so long that the other one no longer has it.
    boolean isVain(long now) {
        return now - cameAt >= GIVE_UP;
    }

    void askedAgain(long now) {
        askedAt = now;
        interval = Math.min(2 * interval, AGAIN_MAX);
    }
}
