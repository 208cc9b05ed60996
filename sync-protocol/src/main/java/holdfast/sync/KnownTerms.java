package holdfast.sync;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// The terms seen so far, whose stream is over, and when to request a higher term.
///
/// - A stream counts until we hear of a stream in a higher term, and never in a term in which we wrote ourselves.
/// - Every hello names the highest term that its sender knows. An active that hears of a higher term must begin its
///   stream anew above it: another director may have written in that term, and whoever heard of it refuses ours.
/// - But while a proved member reports that it is active too, in our term or a higher one, or that it follows a stream
///   above ours, we request nothing: two actives that both outbid each other would never end. Their election makes one
///   of them stand by; then the other requests a term.
/// - Two members that wrote in one term name the next term as the highest known, since neither may continue in theirs.
/// - Two actives that do not hear each other learn that from a third member at the same time, and may begin the same
/// next
///   term. So an active that begins its second term within a moment waits for a time of its own before it requests
///   another: the third member follows whichever begins first, and the other active sees that.
final class KnownTerms {
    /// Delay before a request for a higher term is repeated.
    static final long AGAIN_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long NEVER = Long.MIN_VALUE;

    private final long own;
    private int lastOwn;
    private int highestStream;
    private int highest;
    private int told;
    private long toldAt = NEVER;
    private long beganAt = NEVER;
    private long restsUntil = NEVER;

    /// @param own  a number that no other member has, as far as chance goes
    KnownTerms(long own) {
        this.own = own;
    }

    /// The last term in which we wrote; 0 for none.
    int lastOwn() {
        return lastOwn;
    }

    /// The highest known term, whichever director took or reported it.
    int highest() {
        return highest;
    }

    /// The lowest term of a stream that is not over.
    int least() {
        return Math.max(highestStream, lastOwn + 1);
    }

    /// Whether a stream of a higher term exists.
    boolean isOlder(int term) {
        return term < highestStream;
    }

    /// We write in this term from now on.
    void began(int term, long now) {
        boolean isHasty = beganAt != NEVER && now - beganAt < AGAIN_INTERVAL;
        restsUntil = isHasty ? now + restInterval(term) : NEVER;
        beganAt = now;
        lastOwn = term;
        highestStream = Math.max(highestStream, term);
        highest = Math.max(highest, term);
        told = Math.max(told, term);
        toldAt = NEVER;
    }

    /// Up to [#AGAIN_INTERVAL]; differs between members and terms.
    private long restInterval(int term) {
        return new SplittableRandom(own + term).nextLong(AGAIN_INTERVAL);
    }

    /// A member knows of this term.
    void know(int term) {
        if (term > highest) {
            highest = Math.min(term, Version.TERM_MAX);
            toldAt = NEVER;
        }
    }

    /// Two members wrote in this term.
    void contested(int term) {
        know(term + 1);
    }

    /// A stream in this term was heard.
    ///
    /// @return whether it is over
    boolean isOver(int term) {
        boolean isOver = term < least();
        highestStream = Math.max(highestStream, term);
        if (term == lastOwn) {
            contested(term);
        }
        return isOver;
    }

    /// Whether to report the highest term now: on a standby each term once, on an active repeatedly until it writes
    /// in a higher one.
    ///
    /// @param writing    the term in which we write; 0 on a standby
    /// @param contested  whether another member reports now that it is active in that term or a higher one, or
    ///     follows a stream above it
    boolean isDue(int writing, boolean contested, long now) {
        boolean isDue;
        if (writing == 0) {
            isDue = highest > told;
        } else {
            boolean isRested = restsUntil == NEVER || now - restsUntil >= 0;
            boolean isTime = isRested && (toldAt == NEVER || now - toldAt >= AGAIN_INTERVAL);
            isDue = highest > writing && isTime && !contested;
        }
        if (isDue) {
            told = highest;
            toldAt = now;
        }
        return isDue;
    }
}
