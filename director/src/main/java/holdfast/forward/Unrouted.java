package holdfast.forward;

import holdfast.conf.Ipv4;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The latest destination without a route, for the readout. One thread writes; any thread reads.
final class Unrouted {
    static final long RECENT_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long NEVER = Long.MIN_VALUE;

    private int destination;
    private volatile long at = NEVER;

    void saw(int missing, long now) {
        destination = missing;
        at = now;
    }

    /// Empty where every destination of the last minute had a route.
    Optional<Ipv4> recent(long now) {
        long seen = at;
        return seen != NEVER && now - seen <= RECENT_NS ? Optional.of(new Ipv4(destination)) : Optional.empty();
    }
}
