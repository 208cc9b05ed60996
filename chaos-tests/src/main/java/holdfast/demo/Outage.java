package holdfast.demo;

/// The result of a series of numbered probes for the service behind them.
///
/// Only lost probes are evidence: a delayed prober sends late, and then nothing is known of the service meanwhile.
///
/// @param blackout  ns from the sending of the first to the sending of the last of the probes that were lost in a row,
///     plus one period; of the longest such gap, 0 without one
/// @param from      ns from the first probe to the beginning of that gap
/// @param lost      probes without an answer
/// @param sent      all probes
record Outage(long blackout, long from, int lost, int sent) {
    static final long UNANSWERED = 0;

    /// @param sentAt      ns at which each probe was sent
    /// @param answeredAt  ns at which each was answered, or [#UNANSWERED]
    /// @param count       number of probes
    /// @param period      ns between two probes
    static Outage of(long[] sentAt, long[] answeredAt, int count, long period) {
        long blackout = 0;
        long from = 0;
        int lost = 0;
        int firstLost = 0;
        for (int i = 0; i < count; i++) {
            if (answeredAt[i] != UNANSWERED) {
                firstLost = i + 1;
                continue;
            }
            lost++;
            long gap = sentAt[i] + period - sentAt[firstLost];
            if (gap > blackout) {
                blackout = gap;
                from = sentAt[firstLost] - sentAt[0];
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
