package holdfast.forward;

/// Decides when a link's packets have queued up for so long that more arrive than the worker can handle. The worker
/// then drops first packets of connections, which costs little, so that packets of existing connections find room in
/// the ring: from a full ring the kernel drops packets of all clients.
///
/// A burst does not count, nor do packets that arrived during a pause or a hold: a worker that keeps up handles them
/// sooner.
public final class Backlog {
    private static final long PATIENCE_NS = 100_000_000;

    private boolean isBehind;
    private long since;

    /// Call it at each batch of the link.
    ///
    /// @param isBehindNow  the state of the ring
    public boolean lasts(boolean isBehindNow, long now) {
        if (!isBehind) {
            since = now;
        }
        isBehind = isBehindNow;
        return isBehind && now - since > PATIENCE_NS;
    }
}
