package holdfast.forward;

/// Whether the packets of a port have queued up for so long that more arrive than the worker takes. Then first packets
/// of connections are dropped, which costs little, so that those of connections find room in the ring: what the kernel
/// drops from a full one is anybody's.
///
/// A burst or what arrived during a pause or a hold does not count: a worker that keeps up is through with it sooner.
public final class Backlog {
    private static final long PATIENCE_NS = 100_000_000;

    private boolean isBehind;
    private long since;

    /// At each batch of the port.
    ///
    /// @param isBehindNow  as the ring says
    public boolean lasts(boolean isBehindNow, long now) {
        if (!isBehind) {
            since = now;
        }
        isBehind = isBehindNow;
        return isBehind && now - since > PATIENCE_NS;
    }
}
