package holdfast.demo;

/// What a series of numbered probes says about the service they went through.
///
/// A gap counts only where a probe was lost in it: a prober that is itself held up sends late, but then nothing is lost
/// and no blackout is seen where there was none.
///
/// @param blackout  ns between the sending of the last probe answered before a gap and of the first one answered after
///                  it, less the period; of the longest gap, 0 where there is none
/// @param from      ns from the first probe to the beginning of that gap
/// @param lost      probes without an answer
/// @param sent      probes in all
record Outage(long blackout, long from, int lost, int sent) {
    static final long UNANSWERED = 0;

    /// @param sentAt      ns at which each probe was sent
    /// @param answeredAt  ns at which each was answered, or [#UNANSWERED]
    /// @param count       how many of these there are
    /// @param period      ns between two probes
    static Outage of(long[] sentAt, long[] answeredAt, int count, long period) {
        long blackout = 0;
        long from = 0;
        int lost = 0;
        long since = count == 0 ? 0 : sentAt[0];
        for (int i = 0; i < count; i++) {
            boolean answered = answeredAt[i] != UNANSWERED;
            boolean inGap = !answered || (i > 0 && answeredAt[i - 1] == UNANSWERED);
            long until = answered ? sentAt[i] : sentAt[i] + period;
            if (inGap && until - since > blackout) {
                blackout = until - since;
                from = since - sentAt[0];
            }
            if (answered) {
                since = sentAt[i] + period;
            } else {
                lost++;
            }
        }
        return new Outage(blackout, from, lost, count);
    }

    /// The worse of two in each respect, for two methods that fail together.
    Outage and(Outage other) {
        var worse = blackout >= other.blackout ? this : other;
        return new Outage(worse.blackout, worse.from, lost + other.lost, sent + other.sent);
    }

    double blackoutMs() {
        return Math.round(blackout / 10_000.0) / 100.0;
    }
}
