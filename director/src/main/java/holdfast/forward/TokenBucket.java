package holdfast.forward;

/// A rate limit: `burst` at once and then `perSecond`; time comes in as an argument.
final class TokenBucket {
    private final long nanosPerToken;
    private final long burstNanos;
    private long fullAt = Long.MIN_VALUE;

    TokenBucket(int perSecond, int burst) {
        nanosPerToken = 1_000_000_000L / perSecond;
        burstNanos = nanosPerToken * burst;
    }

    boolean take(long now) {
        long from = Math.max(fullAt, now - burstNanos);
        if (from + nanosPerToken > now) {
            return false;
        }
        fullAt = from + nanosPerToken;
        return true;
    }
}
