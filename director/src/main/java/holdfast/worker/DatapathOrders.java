package holdfast.worker;

import java.util.concurrent.CompletableFuture;

/// The orders of the election to a worker. Any thread; each order is only enqueued, and the worker obeys them in turn.
public interface DatapathOrders {
    /// Starts to serve, and writes changes under this term, after it has applied everything from the former active.
    ///
    /// @param notAfter  on the boot-time clock: later another director may serve, and this one does not begin;
    ///     [Long#MAX_VALUE] if there is no other director
    /// @return completed with whether it serves
    CompletableFuture<Boolean> activate(int term, long notAfter);

    /// Continues under a higher term, whose stream begins anew.
    ///
    /// @return completed with false if it does not serve, or if the term is not above its own
    CompletableFuture<Boolean> renew(int term);

    /// Stops serving and follows.
    ///
    /// @param yields  whether it yields to another active director, so that some clients may change their real
    ///     server
    void standBy(boolean yields);

    /// Leaves packets in the rings, and reports the last version to the listener.
    void hold();

    /// Serves again after a hold, the held packets first.
    void resume();

    /// Relays held and late packets to another director.
    ///
    /// @param macs  of that director, by index of the link
    void relay(long[] macs);
}
