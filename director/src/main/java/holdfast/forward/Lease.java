package holdfast.forward;

import java.util.concurrent.atomic.AtomicLong;

/// The right to act for the owned addresses, which the election renews with every advert that it sends.
///
/// It ends at the earliest moment at which a peer that hears nothing of us may take over. The boot-time clock measures
/// it, so that it runs out while this process is frozen or its machine sleeps, and the worker notices before it sends
/// the next packet (design 5, "pause fencing"). Only the thread that sends adverts renews it: if the worker alone was
/// paused while adverts continued, the lease is still valid.
public final class Lease {
    /// An end that never comes: the lease is not in force.
    private static final long UNBOUND = Long.MAX_VALUE;

    private final AtomicLong until = new AtomicLong(UNBOUND);

    /// Puts the lease into force until `end` on the boot-time clock.
    public void renew(long end) {
        until.set(end);
    }

    /// The present end, which identifies this renewal to [Datapath].
    public long end() {
        return until.get();
    }

    /// Ends the force of the lease, unless it was renewed after `end` for a newer promotion.
    public void unbind(long end) {
        until.compareAndSet(end, UNBOUND);
    }

    /// Whether the lease has ended. Any thread.
    ///
    /// @param boottime  ns of the boot-time clock
    public boolean isLost(long boottime) {
        return boottime - until.get() > 0;
    }
}
