package holdfast.sync;

import java.util.concurrent.TimeUnit;

/// Which terms were seen, whose stream is over, and when a higher term is to be asked for.
///
/// - A stream counts while nobody wrote a higher one that we heard, and not in a term in which we wrote ourselves.
/// - Every Hello tells the highest term that its sender knows. An active that hears of a higher one must begin its
///   stream anew above it, because somebody may have written there, and whoever heard that refuses ours.
/// - But while a proved member says now that it is active too, in our term or a higher one, or that it follows a stream
///   above ours, nothing is asked for: two actives that both went above each other would never end. Their election
///   makes one stand by; then the other asks.
/// - Two members that wrote in one term name the next one as the highest known, since nobody may go on in theirs.
final class Terms {
    /// Until a request for a higher term is repeated.
    static final long AGAIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long NEVER = Long.MIN_VALUE;

    private int lastOwn;
    private int highestStream;
    private int highest;
    private int told;
    private long toldAt = NEVER;

    /// The last term in which we wrote; 0 for none.
    int lastOwn() {
        return lastOwn;
    }

    /// The highest that is known, whoever took it and whoever said so.
    int highest() {
        return highest;
    }

    /// The term that a stream must reach so that it is not over.
    int least() {
        return Math.max(highestStream, lastOwn + 1);
    }

    /// Whether somebody wrote a stream in a higher one.
    boolean isOlder(int term) {
        return term < highestStream;
    }

    /// We write in this one from now on.
    void began(int term) {
        lastOwn = term;
        highestStream = Math.max(highestStream, term);
        highest = Math.max(highest, term);
        told = Math.max(told, term);
        toldAt = NEVER;
    }

    /// Somebody knows of this one.
    void know(int term) {
        if (term > highest) {
            highest = Math.min(term, Version.TERM_MAX);
            toldAt = NEVER;
        }
    }

    /// Two members wrote in this one.
    void contested(int term) {
        know(term + 1);
    }

    /// A stream in this term was heard; whether it is over.
    boolean isOver(int term) {
        boolean isOver = term < least();
        highestStream = Math.max(highestStream, term);
        if (term == lastOwn) {
            contested(term);
        }
        return isOver;
    }

    /// Whether the highest term is to be told now: on a standby each one once, on an active again and again until it
    /// writes in a higher one.
    ///
    /// @param writing    the term in which we write; 0 on a standby
    /// @param contested  whether another member says now that it is active in that term or a higher one, or that it
    ///     follows a stream above it
    boolean isDue(int writing, boolean contested, long now) {
        boolean isDue;
        if (writing == 0) {
            isDue = highest > told;
        } else {
            boolean isTime = toldAt == NEVER || now - toldAt >= AGAIN_INTERVAL;
            isDue = highest > writing && isTime && !contested;
        }
        if (isDue) {
            told = highest;
            toldAt = now;
        }
        return isDue;
    }
}
