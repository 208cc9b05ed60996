package holdfast.demo;

/// What a series of numbered probes says about the service they went through.
///
/// A gap counts only where a probe was lost in it: a prober that is itself held up sends late, but then nothing is lost
/// and no blackout is seen where there was none.
///
/// @param blackout  ns between the sending of the last probe answered before a gap and of the first one answered after
///                  it, less the period; of the longest gap, 0 where there is none
/// @param lost      probes without an answer
/// @param sent      probes in all
record Outage(long blackout, int lost, int sent) {
    static final long UNANSWERED = 0;

    /// @param sentAt      ns at which each probe was sent
    /// @param answeredAt  ns at which each was answered, or [#UNANSWERED]
    /// @param count       how many of these there are
    /// @param period      ns between two probes
    static Outage of(long[] sentAt, long[] answeredAt, int count, long period) {
        long blackout = 0;
        int lost = 0;
        int lastAnswered = -1;
        for (int i = 0; i < count; i++) {
            if (answeredAt[i] == UNANSWERED) {
                lost++;
                long since = lastAnswered < 0 ? sentAt[0] : sentAt[lastAnswered];
                blackout = Math.max(blackout, sentAt[i] - since); // it may last until the end
            } else {
                if (lastAnswered < i - 1) {
                    long since = lastAnswered < 0 ? sentAt[0] : sentAt[lastAnswered] + period;
                    blackout = Math.max(blackout, sentAt[i] - since);
                }
                lastAnswered = i;
            }
        }
        return new Outage(blackout, lost, count);
    }

    /// The worse of two in each respect, for two methods that fail together.
    Outage and(Outage other) {
        return new Outage(Math.max(blackout, other.blackout), lost + other.lost, sent + other.sent);
    }

    double blackoutMs() {
        return Math.round(blackout / 10_000.0) / 100.0;
    }
}
