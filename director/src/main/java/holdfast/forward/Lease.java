package holdfast.forward;

/// The right to act for the owned addresses, which the election renews with every advert that it sends.
///
/// Its end is the earliest moment at which a peer that hears nothing of us may take over. It is measured on the
/// boot-time clock, so it runs out while this process is frozen or its machine sleeps, and the worker notices before
/// it sends the next packet (design 5, "pause fencing"). The thread that sends adverts is the only one that renews
/// it: a worker alone that was paused for longer while adverts went on has lost nothing.
public final class Lease {
    private volatile long until = Long.MAX_VALUE;
    private volatile boolean bound;

    /// From now on the lease counts, until `until` on the boot-time clock.
    public void renew(long until) {
        this.until = until;
        bound = true;
    }

    /// The lease does not count: this director sends nothing of its own for the owned addresses anyway.
    public void unbind() {
        bound = false;
    }

    boolean isLost(long boottime) {
        return bound && boottime - until > 0;
    }
}
