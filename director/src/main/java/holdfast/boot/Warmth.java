package holdfast.boot;

/// How warm a rehearsal has made the code, as a pure value. Laps run until they hardly get faster, but never more than
/// [#LAPS_MAX], so that the rehearsal ends on a slow machine too.
///
/// The first lap loads and links, and costs ten times the second; a first failover no longer pays for this. Two hundred
/// rounds, enough to compile everything, made no first failover shorter than five did.
///
/// @param laps       run so far
/// @param best       CPU time of the fastest lap, in ns
/// @param noFaster  how many of the last laps were hardly faster than the earlier ones
record Warmth(int laps, long best, int noFaster) {
    /// Rounds in a lap.
    static final int ROUNDS = 5;

    static final int LAPS_MAX = 20;

    private static final int NO_FASTER_MIN = 2;
    private static final int HARDLY = 4; // a gain below this part of a lap

    /// Before the first lap.
    static final Warmth COLD = new Warmth(0, Long.MAX_VALUE, 0);

    /// After one more lap, which took so much CPU time.
    Warmth after(long lap) {
        boolean isFaster = lap < best - best / HARDLY;
        return new Warmth(laps + 1, Math.min(best, lap), isFaster ? 0 : noFaster + 1);
    }

    boolean isReached() {
        return noFaster >= NO_FASTER_MIN || laps >= LAPS_MAX;
    }
}
