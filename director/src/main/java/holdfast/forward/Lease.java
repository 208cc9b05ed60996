package holdfast.forward;

import java.util.concurrent.atomic.AtomicLong;

/// The right to act for the owned addresses, which the election renews with every advert that it sends.
///
/// Its end is the earliest moment at which a peer that hears nothing of us may take over. It is measured on the
/// boot-time clock, so it runs out while this process is frozen or its machine sleeps, and the worker notices before
/// it sends the next packet (design 5, "pause fencing"). The thread that sends adverts is the only one that renews
/// it: a worker alone that was paused for longer while adverts went on has lost nothing.
public final class Lease {
    /// An end that never comes: the lease does not count.
    private static final long UNBOUND = Long.MAX_VALUE;

    private final AtomicLong until = new AtomicLong(UNBOUND);

    /// From now on the lease counts, until `end` on the boot-time clock.
    public void renew(long end) {
        until.set(end);
    }

    /// The end as it is now; it names this renewal to [Datapath].
    public long end() {
        return until.get();
    }

    /// The lease does not count any more, unless it was renewed after `end`: then a newer promotion goes by it.
    public void unbind(long end) {
        until.compareAndSet(end, UNBOUND);
    }

    public boolean isLost(long boottime) {
        return boottime - until.get() > 0;
    }
}
